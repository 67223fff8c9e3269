#include "rest/credential.h"

#include <string>

namespace sfteams::rest {

std::unique_ptr<Asking> BearerCredential::get(Ready ready) {
  return source_.get([ready = std::move(ready)](Result<Token> token) {
    if (!token) return ready(fail(token.error()));
    std::string value;
    value.reserve(token->token.size() + 8);
    value.append("Bearer ").append(token->token.text());
    Shown shown{{"Authorization", crypto::Secret::from_text(value)}, token->number};
    crypto::wipe(value);
    ready(std::move(shown));
  });
}

}  // namespace sfteams::rest
