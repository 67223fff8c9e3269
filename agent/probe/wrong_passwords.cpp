#include "agent/probe/wrong_passwords.h"

#include <array>
#include <cstdint>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/crypto/random.h"
#include "base/text/encoding.h"

namespace sfteams::probe {

Finding try_wrong_passwords(const PbxLine& line, Grants& grants, const std::string& user,
                            const crypto::Secret& password) {
  constexpr int kTimes = 3;
  std::vector<std::string> wrong;
  for (int time = 0; time < kTimes; ++time) {
    std::array<std::uint8_t, 12> random{};
    if (!crypto::fill_random_private(random))
      return not_found_out(kNotBlocked, "no random numbers for a wrong password");
    const crypto::Secret made_up = crypto::Secret::from_text(text::to_base64url(random));
    wrong.push_back(grants.by_password(user, made_up).form);
    // Who ends it does not want more of them; how many there were counts for the blacklist.
    if (line.broken_off()) {
      return not_found_out(kNotBlocked, "broken off",
                           {{"wrong ones", fmt::format("{}", fmt::join(wrong, "; "))}});
    }
  }
  const TokenReply right = grants.by_password(user, password);
  if (right.tokens) static_cast<void>(grants.revoke(right.tokens->refresh));
  return judge_wrong_passwords(wrong, right);
}

Finding judge_wrong_passwords(const std::vector<std::string>& wrong, const TokenReply& right) {
  std::vector<Fact> facts{{"wrong ones", fmt::format("{}", fmt::join(wrong, "; "))},
                          {"the right one", right.form}};
  return found(kNotBlocked, right.tokens.has_value(), std::move(facts));
}

}  // namespace sfteams::probe
