#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/crypto/hash.h"
#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "simulator/directory.h"
#include "simulator/extension.h"
#include "simulator/options.h"
#include "transport/scheduler.h"

namespace sfteams::simulator {

/// The tokens that the PBX has given out. All that come of one sign-in are a family: the first
/// pair, and every pair that took its place.
class OauthTokens {
 public:
  struct Issued {
    crypto::Secret access;
    crypto::Secret refresh;  ///< empty: none
  };
  struct Refreshed {
    const User* user = nullptr;    ///< nullptr: nobody's token
    std::optional<Issued> issued;  ///< nullopt: refused
    std::string_view why;          ///< it was refused
  };
  enum class State { unknown, dead, live };
  struct Found {
    State state = State::unknown;
    const User* user = nullptr;  ///< unless unknown
  };

  /// All outlive this.
  OauthTokens(const Options& options, const transport::Scheduler& scheduler, WallClock wall);

  /// The first pair of a family. `issuer` stands in the access token. Fails with
  /// crypto.no-randomness, as refresh() does.
  [[nodiscard]] Result<Issued> grant(const User& user, std::string_view issuer);
  /// A further pair, as Options::oauth.refresh has it.
  [[nodiscard]] Result<Refreshed> refresh(const crypto::Secret& token, std::string_view issuer);
  [[nodiscard]] Found access(const crypto::Secret& token) const;
  /// A refresh token with its whole family, or one access token; nullptr: nobody's.
  const User* revoke(const crypto::Secret& token);
  /// All of a user, or of everybody; how many were live.
  std::size_t end(const User* user);

  [[nodiscard]] std::size_t live_access() const { return count(access_); }
  [[nodiscard]] std::size_t live_refresh() const { return count(refresh_); }

 private:
  struct Token {
    const User* user = nullptr;
    std::uint64_t number = 0;  ///< in the order in which they were given out
    std::uint64_t family = 0;
    transport::TimePoint until{};
    bool ended = false;
  };
  using Tokens = std::map<crypto::Sha256Digest, Token>;

  [[nodiscard]] Result<Issued> issue(const User& user, std::uint64_t family, bool with_refresh,
                                     std::string_view issuer);
  void keep(Tokens& tokens, const crypto::Secret& text, Token token);
  std::size_t end_family(std::uint64_t family);
  [[nodiscard]] bool is_live(const Token& token) const;
  [[nodiscard]] std::size_t count(const Tokens& tokens) const;
  [[nodiscard]] transport::TimePoint in(std::int64_t seconds) const;

  const Options& options_;
  const transport::Scheduler& scheduler_;
  WallClock wall_;
  // By their digest, which keeps the tree from telling how much of a guess is right.
  Tokens access_;
  Tokens refresh_;
  std::uint64_t last_ = 0;  ///< number and family
};

}  // namespace sfteams::simulator
