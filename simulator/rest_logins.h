#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "base/crypto/hash.h"
#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "simulator/directory.h"
#include "simulator/gate.h"
#include "simulator/options.h"
#include "transport/scheduler.h"

namespace sfteams::simulator {

/// Who has signed in at /rest/login, and the nonces for those who are about to.
class RestLogins {
 public:
  struct Parts {
    const Directory& directory;
    const Options& options;
    const Gate& gate;
    const transport::Scheduler& scheduler;
  };
  struct Outcome {
    enum class Kind { granted, malformed, refused };
    Kind kind = Kind::granted;
    std::string_view why;  ///< unless granted
    std::string claimed;   ///< the login that a refused secret names, at most 64 bytes
    const User* user = nullptr;
    crypto::Secret token;
  };
  enum class State { unknown, dead, live };
  struct Found {
    State state = State::unknown;
    const User* user = nullptr;  ///< unless unknown
  };

  /// All parts outlive this.
  explicit RestLogins(Parts parts) : parts_(parts) {}

  /// For one attempt within five minutes; the newest 1,000 are kept. Fails with
  /// crypto.no-randomness, as log_in() does.
  [[nodiscard]] Result<std::string> make_nonce();
  /// Takes the body of a POST. The newest 20,000 logins are kept.
  [[nodiscard]] Result<Outcome> log_in(std::string_view body);
  [[nodiscard]] Found find(std::string_view token) const;
  /// Nothing happens when it is nobody's.
  void log_out(std::string_view token);

 private:
  struct Nonce {
    std::string text;
    transport::TimePoint until{};
  };
  struct Token {
    const User* user = nullptr;
    transport::TimePoint until{};
    std::uint64_t number = 0;  ///< in the order in which they were given out
  };

  [[nodiscard]] bool take_nonce(std::string_view text);
  [[nodiscard]] const User* check(std::string_view nonce, const crypto::Secret& secret) const;
  [[nodiscard]] const User* check_hash(std::string_view nonce, const crypto::Secret& secret) const;
  [[nodiscard]] const User* check_password(std::string_view nonce,
                                           const crypto::Secret& secret) const;
  void keep(const crypto::Secret& token, const User& user);

  Parts parts_;
  std::deque<Nonce> nonces_;  ///< the oldest in front
  /// By their digest, which keeps the tree from telling how much of a guess is right.
  std::map<crypto::Sha256Digest, Token> tokens_;
  std::uint64_t last_ = 0;
};

/// "Internal" or "ActiveDirectory".
[[nodiscard]] std::string_view login_type(const Options& options);

}  // namespace sfteams::simulator
