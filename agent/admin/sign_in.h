#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <string>
#include <string_view>

#include "base/crypto/secret.h"
#include "base/error/error.h"

namespace sfteams::admin {

/// Who may use the page: whoever came by a link that was used once, for as long as the session
/// lasts. All tokens are 256 random bits in base64url, compared in constant time; time is passed
/// in.
class SignIn {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::minutes kLinkLife{5};
  /// When a person has done nothing for so long, a session is over.
  static constexpr std::chrono::minutes kIdle{30};
  static constexpr std::chrono::hours kLongest{8};
  static constexpr std::size_t kMostLinks = 8;
  static constexpr std::size_t kMostSessions = 8;

  /// What a browser gets: the cookie, which scripts cannot read, and the token against requests of
  /// other pages, which only scripts of our own page can send. Neither is worth anything alone:
  /// cookies are shared by all ports of a host.
  struct Session {
    std::string cookie;
    std::string csrf;
  };

  /// A token that signs in once. The oldest unused link gives way to a ninth. Fails with
  /// crypto.no-randomness.
  [[nodiscard]] Result<std::string> new_link(TimePoint now);
  /// Of too many sessions, the one that was not used for the longest time ends. Fails with
  /// admin.bad-link.
  [[nodiscard]] Result<Session> redeem(std::string_view token, TimePoint now);
  /// Who has sent a request.
  enum class By {
    person,
    script,  ///< the open page by itself, which looks for news even where nobody sits any more
  };
  /// Whether both belong to one session that is not over; by a person it then goes on from now.
  [[nodiscard]] bool admits(std::string_view cookie, std::string_view csrf, TimePoint now,
                            By by = By::person);
  void sign_out(std::string_view cookie);

 private:
  struct Link {
    crypto::Secret token;
    TimePoint end;
  };
  struct Entry {
    crypto::Secret cookie;
    crypto::Secret csrf;
    TimePoint idle_end;
    TimePoint end;
  };
  void drop_old(TimePoint now);

  std::list<Link> links_;
  std::list<Entry> sessions_;
};

}  // namespace sfteams::admin
