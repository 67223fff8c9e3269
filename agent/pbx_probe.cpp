#include "agent/pbx_probe.h"

#include <utility>

#include <fmt/format.h>

#include "uci/codes.h"

namespace sfteams::agent {
namespace {

constexpr int kServerFailed = 500;

/// As uci/reply.cpp judges it, so that who signs in and who watches are told the same.
std::optional<Error> judge(const Result<transport::HttpReply>& reply, const transport::Url& url) {
  if (!reply) return reply.error();
  if (reply->status < kServerFailed) return std::nullopt;
  return Error{uci::codes::kPbxError,
               fmt::format("{} answers, but has failed (HTTP {})", url.to_string(), reply->status),
               "the PBX is starting, or in trouble: look at its own administration"};
}

}  // namespace

PbxProbe::PbxProbe(transport::HttpClient& http, transport::Url url,
                   std::optional<std::filesystem::path> ca_file)
    : http_(http), url_(std::move(url)), ca_file_(std::move(ca_file)) {}

void PbxProbe::ask(Answer answer) {
  transport::HttpCall call;
  call.method = "GET";
  call.url = crypto::Secret::from_text(url_.to_string());
  call.ca_file = ca_file_;
  call.connect_timeout = kPatience;
  call.timeout = kPatience;
  pending_.push_back({std::move(answer), nullptr});
  const auto place = std::prev(pending_.end());
  place->call =
      http_.send(std::move(call), [this, place](const Result<transport::HttpReply>& reply) {
        // Kept to the end: the call may not go while its callback runs.
        const Question done = std::move(*place);
        pending_.erase(place);
        done.answer(judge(reply, url_));
      });
}

void PbxProbe::give_up(const Error& why) {
  const std::list<Question> left = std::exchange(pending_, {});
  for (const Question& question : left)
    question.answer(why);
}

}  // namespace sfteams::agent
