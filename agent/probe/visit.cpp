#include "agent/probe/visit.h"

#include <algorithm>
#include <utility>

#include "uci/codes.h"
#include "uci/reply.h"
#include "uci/xmlrpc.h"

namespace sfteams::probe {

Reply call_uci(PbxLine& line, const uci::Dialect& dialect, const std::string& user,
               uci::TokenParameter parameter, const crypto::Secret& token,
               const std::optional<uci::CallbackAddress>& callback, const std::string& method,
               const uci::Array& params) {
  Result<std::string> body = uci::write_call(method, params, dialect.nil);
  if (!body) return fail(body.error());
  transport::HttpCall call;
  call.url =
      uci::request_url(line.settings().url, dialect, user, token, callback, parameter).clone();
  call.content_type = dialect.content_type;
  call.body = std::move(*body);
  return line.ask(std::move(call));
}

Visit::Visit(PbxLine& line, std::unique_ptr<PbxLine::Ear> ear, const uci::Dialect& dialect,
             std::string user, uci::TokenParameter parameter, Token token)
    : line_(line),
      ear_(std::move(ear)),
      dialect_(dialect),
      user_(std::move(user)),
      parameter_(parameter),
      token_(std::move(token)) {}

Reply Visit::call(const std::string& method, const uci::Array& params) {
  Reply reply =
      call_uci(line_, dialect_, user_, parameter_, token_(), ear_->address(), method, params);
  form_ = form_of(reply);
  refused_ = is_turned_away(reply);
  answered_ = reply.has_value();
  return reply;
}

bool Visit::log_in() {
  const auto value = value_of(call(dialect_.login));
  // Some PBXs may have no result for it.
  refused_ = !value || uci::is_false(*value);
  return !refused_;
}

bool Visit::subscribe() {
  const bool list = dialect_.version == uci::Version::v20;
  uci::Array params;
  if (list) {
    uci::Array services(dialect_.services.begin(), dialect_.services.end());
    params.emplace_back(std::move(services));
  } else {
    params.emplace_back(uci::event_service(dialect_.version, "call"));
  }
  const auto value = value_of(call(dialect_.subscribe, params));
  return value && !uci::is_false(*value);
}

bool Visit::keep_alive() {
  const auto value = value_of(call(dialect_.keep_alive));
  return value && uci::is_true(*value);
}

void Visit::log_out() {
  static_cast<void>(call(dialect_.logout));
}

bool Visit::wait(transport::Duration most, transport::Duration interval,
                 const std::function<bool()>& enough, const std::function<void(bool)>& kept) {
  const transport::TimePoint end = line_.now() + most;
  while (true) {
    const auto left = std::chrono::ceil<transport::Duration>(end - line_.now());
    if (line_.wait(std::min(left, interval), enough)) return true;
    if (line_.broken_off() || line_.now() >= end) return false;
    kept(keep_alive());
  }
}

}  // namespace sfteams::probe
