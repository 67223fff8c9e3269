#include "simulator/ring.h"

#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/json/json.h"
#include "simulator/codes.h"
#include "transport/http_client.h"
#include "transport/network.h"
#include "transport/url.h"

namespace sfteams::simulator {
namespace {

Result<std::string> read_answer(const transport::HttpReply& reply) {
  const Result<Json::Value> answer = json::parse(reply.body);
  if (!answer) return fail(codes::kUnreachable, "whoever answered is no simulator");
  if (reply.status != 200) {
    const Json::Value* error = json::member(*answer, "error");
    const auto message = error == nullptr ? std::nullopt : json::string_member(*error, "message");
    return fail(codes::kRefused, std::string(message.value_or("the simulator refused")));
  }
  std::string ids;
  const Json::Value* calls = json::member(*answer, "callIds");
  if (calls == nullptr || !calls->isArray()) {
    return fail(codes::kUnreachable, "whoever answered is no simulator");
  }
  for (const Json::Value& id : *calls)
    ids += fmt::format("{}\n", json::text_of(id).value_or(""));
  return ids;
}

}  // namespace

Result<std::string> ring(transport::Loop& loop, const RingOrder& order) {
  const Result<transport::Url> url = transport::parse_url(order.control);
  if (!url) return fail(url.error());
  auto network = transport::Network::create(loop);
  if (!network) return fail(network.error());
  auto http = transport::HttpClient::create(**network);
  if (!http) return fail(http.error());

  Json::Value body(Json::objectValue);
  body["to"] = order.to;
  body["from"] = order.from;
  if (!order.name.empty()) body["name"] = order.name;
  transport::HttpCall call;
  call.url = crypto::Secret::from_text(
      fmt::format("{}://{}/control/incoming", url->scheme, url->authority()));
  call.content_type = "application/json";
  call.body = json::write(body);

  Result<transport::HttpReply> outcome = fail(codes::kUnreachable, "no answer came");
  const std::unique_ptr<transport::HttpPending> pending =
      (*http)->send(std::move(call), [&](Result<transport::HttpReply> reply) {
        outcome = std::move(reply);
        loop.stop();
      });
  loop.run();
  if (!outcome) {
    return fail(codes::kUnreachable,
                fmt::format("no simulator at {}: {}", url->to_string(), outcome.error().message),
                "--control takes the address that the simulator has printed");
  }
  return read_answer(*outcome);
}

}  // namespace sfteams::simulator
