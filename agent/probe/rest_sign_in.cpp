#include "agent/probe/rest_sign_in.h"

#include <utility>

#include "rest/answer.h"
#include "rest/login.h"
#include "uci/token.h"

namespace sfteams::probe {
namespace {

Reply ask(PbxLine& line, const char* path, const std::string& header, const crypto::Secret& value) {
  const std::string_view whole(path);
  const std::size_t query = whole.find('?');
  transport::HttpCall call = rest::rest_call(line.settings().url, whole.substr(0, query));
  if (query != std::string_view::npos)
    call.url = crypto::Secret::from_text(std::string(call.url.text()) + (path + query));
  call.secret_header = {header, value.clone()};
  return line.ask(std::move(call));
}

void ask_all(PbxLine& line, const std::string& header, const crypto::Secret& value,
             RestTrial& trial) {
  for (const char* const path : kRestPaths) {
    if (line.broken_off()) return;
    trial.answers.emplace_back(path, ask(line, path, header, value));
    // Each request that is not signed in may count as a wrong password.
    const Reply& answer = trial.answers.back().second;
    if (answer && answer->status == 401) return;
  }
}

}  // namespace

RestTrial try_rest(PbxLine& line, const crypto::Secret& access) {
  RestTrial trial{.by = "a token of OAuth", .login = {}};
  std::string bearer;
  bearer.reserve(access.size() + 8);
  bearer.append("Bearer ").append(access.text());
  const crypto::Secret header = crypto::Secret::from_text(bearer);
  crypto::wipe(bearer);
  ask_all(line, "Authorization", header, trial);
  return trial;
}

RestTrial try_rest(PbxLine& line, const std::string& user, const crypto::Secret& password) {
  RestTrial trial{.by = "a nonce", .login = {}, .signed_in = false};
  const transport::Url& pbx = line.settings().url;
  Reply asked = line.ask(rest::rest_call(pbx, rest::kLoginPath));
  trial.login = form_of(asked);
  trial.unanswered = !asked;
  if (!asked) return trial;
  const Result<std::string> nonce = rest::read_nonce(*asked);
  if (!nonce) return trial;
  transport::HttpCall call = rest::rest_call(pbx, rest::kLoginPath);
  call.method = "POST";
  call.content_type = "application/json";
  call.secret_body = rest::login_body(user, *nonce, uci::hash_password(password));
  Reply answer = line.ask(std::move(call));
  trial.login = form_of(answer);
  trial.unanswered = !answer;
  if (!answer) return trial;
  const Result<crypto::Secret> token = rest::read_token(*answer);
  if (!token) return trial;
  trial.signed_in = true;
  ask_all(line, std::string(rest::kTokenHeader), *token, trial);
  transport::HttpCall out = rest::rest_call(pbx, rest::kLoginPath);
  out.method = "DELETE";
  out.secret_header = {std::string(rest::kTokenHeader), token->clone()};
  static_cast<void>(line.ask(std::move(out)));
  return trial;
}

}  // namespace sfteams::probe
