#include "simulator/oauth_form.h"

#include <cstddef>
#include <set>
#include <utility>

#include "base/text/ascii.h"
#include "base/text/encoding.h"
#include "base/text/percent.h"

namespace sfteams::simulator {
namespace {

constexpr std::size_t kMostBody = 16UL * 1024;
constexpr std::size_t kMostFields = 32;
constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

/// The part of `text` up to the first `end`; both are taken away.
std::string_view take_until(std::string_view& text, char end) {
  const std::string_view part = text.substr(0, text.find(end));
  text.remove_prefix(part.size() == text.size() ? part.size() : part.size() + 1);
  return part;
}

std::string* text_field(OauthForm& form, std::string_view name) {
  if (name == "grant_type") return &form.grant_type;
  if (name == "client_id") return &form.client_id;
  if (name == "username") return &form.username;
  if (name == "scope") return &form.scope;
  return nullptr;
}

crypto::Secret* secret_field(OauthForm& form, std::string_view name) {
  if (name == "client_secret") return &form.client_secret;
  if (name == "password") return &form.password;
  if (name == "refresh_token") return &form.refresh_token;
  if (name == "token") return &form.token;
  return nullptr;
}

void read_body(OauthForm& form, std::string_view body) {
  std::set<std::string, std::less<>> seen;
  while (!body.empty()) {
    std::string_view pair = take_until(body, '&');
    if (pair.empty()) continue;
    const std::string name = text::percent_decode(take_until(pair, '='), true);
    if (!seen.insert(name).second) form.problem = "a parameter is there twice";
    if (seen.size() > kMostFields) form.problem = "there are too many parameters";
    if (!form.problem.empty()) return;
    std::string value = text::percent_decode(pair, true);
    if (std::string* const field = text_field(form, name)) {
      *field = std::move(value);
    } else if (crypto::Secret* const secret = secret_field(form, name)) {
      *secret = crypto::Secret::from_text(value);
    }
    crypto::wipe(value);
  }
}

/// RFC 6749 section 2.3.1: id and secret are encoded as in a form, then as RFC 7617 has it.
void read_header(OauthForm& form, std::string_view authorization) {
  const std::string_view scheme = take_until(authorization, ' ');
  const auto decoded = text::from_base64(authorization);
  if (text::lower_case(scheme) != "basic" || !decoded) {
    form.problem = "the header Authorization is not Basic with a name and a secret";
    return;
  }
  const crypto::Secret credentials{*decoded};
  std::string_view secret = credentials.text();
  if (secret.find(':') == std::string_view::npos) {
    form.problem = "the header Authorization is not Basic with a name and a secret";
  } else if (!form.client_id.empty() || !form.client_secret.empty()) {
    form.problem = "the client says twice who it is";
  } else {
    form.client_id = text::percent_decode(take_until(secret, ':'), true);
    std::string plain = text::percent_decode(secret, true);
    form.client_secret = crypto::Secret::from_text(plain);
    crypto::wipe(plain);
    form.client_in_header = true;
  }
}

}  // namespace

OauthForm read_oauth_form(std::string_view content_type, std::string_view authorization,
                          std::string_view body) {
  OauthForm form;
  std::string_view type = take_until(content_type, ';');
  while (type.ends_with(' '))
    type.remove_suffix(1);
  if (text::lower_case(type) != kFormType) {
    form.problem = "the body is no form";
  } else if (body.size() > kMostBody) {
    form.problem = "the body is too large";
  } else {
    read_body(form, body);
    if (form.problem.empty() && !authorization.empty()) read_header(form, authorization);
  }
  return form;
}

}  // namespace sfteams::simulator
