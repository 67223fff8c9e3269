#include "simulator/reply.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace sfteams::simulator {
namespace {

std::string huge_array(std::int64_t elements) {
  constexpr std::string_view kElement = "<value><int>1</int></value>";
  constexpr std::string_view kHead =
      "<?xml version=\"1.0\" "
      "encoding=\"UTF-8\"?><methodResponse><params><param><value><array><data>";
  constexpr std::string_view kTail = "</data></array></value></param></params></methodResponse>";
  std::string body(kHead);
  body.reserve(kHead.size() + kTail.size() + static_cast<std::size_t>(elements) * kElement.size());
  for (std::int64_t i = 0; i < elements; ++i)
    body += kElement;
  body += kTail;
  return body;
}

}  // namespace

Reply html_reply(int status, const std::string& title) {
  Reply reply;
  reply.status = status;
  reply.content_type = "text/html; charset=UTF-8";
  reply.body = fmt::format(
      "<!DOCTYPE html>\n<html><head><title>{0}</title></head><body><h1>{0}</h1>"
      "<p>This is starface-uci-simulator, a stand-in for a PBX.</p></body></html>\n",
      title);
  return reply;
}

Reply redirect_reply(std::string location) {
  Reply reply = html_reply(302, "Moved");
  reply.location = std::move(location);
  return reply;
}

Reply json_reply(int status, std::string body) {
  Reply reply;
  reply.status = status;
  reply.content_type = "application/json;charset=UTF-8";
  reply.body = std::move(body);
  reply.no_store = true;
  return reply;
}

Reply empty_reply(int status) {
  Reply reply;
  reply.status = status;
  reply.content_type.clear();
  return reply;
}

void spoil(Reply& reply, Misbehaviour kind, const Options& options) {
  const transport::Duration delay = reply.delay;
  switch (kind) {
    case Misbehaviour::close:
      reply.way = Reply::Way::close;
      break;
    case Misbehaviour::close_mid_reply:
      reply.way = Reply::Way::cut;
      break;
    case Misbehaviour::no_answer:
      reply.way = Reply::Way::hold;
      break;
    case Misbehaviour::slow_drip:
      reply.way = Reply::Way::drip;
      break;
    case Misbehaviour::html:
      reply = html_reply(200, "Something went wrong");
      break;
    case Misbehaviour::http_500:
      reply = html_reply(500, "Internal error");
      break;
    case Misbehaviour::bad_xml:
      reply.body.resize(reply.body.size() / 2);
      break;
    case Misbehaviour::huge_array:
      reply.body = huge_array(options.huge_array);
      break;
  }
  reply.delay = delay;
}

}  // namespace sfteams::simulator
