#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error/error.h"
#include "rest/asking.h"
#include "rest/avatar.h"
#include "rest/contact.h"
#include "rest/credential.h"
#include "rest/permission.h"
#include "rest/person.h"
#include "transport/background.h"
#include "transport/http_client.h"
#include "transport/scheduler.h"
#include "transport/url.h"

namespace sfteams::rest {

/// Asks a STARFACE's REST interface for one user.
///
/// Requests wait for their turn: few at once, and not more often than the pace allows. Pictures wait
/// among themselves and hold up nothing else. A request that is turned away (HTTP 401, a redirect or
/// a web page) is sent once more with another sign-in, where the credential has one. What the PBX does not offer to the user is not asked for again for a
/// while, and neither is anything while no sign-in is taken.
///
/// Every callback comes once, in a later turn, or never when its Asking, or the client, goes first;
/// it may destroy both. It brings what was read, or one of rest.not-offered, rest.not-signed-in,
/// rest.broken-reply, rest.too-large, rest.pbx-error, rest.busy (too many requests wait),
/// transport.timeout, what the HTTP client fails with, and what the credential fails with.
class Client {
 public:
  using Duration = transport::Duration;

  struct Limits {
    std::size_t at_once = 2;        ///< requests that run
    std::size_t waiting = 16;       ///< requests that wait for their turn
    unsigned burst = 10;            ///< requests that may follow each other at once, at least 1 …
    Duration every{500};            ///< … and how often there may be another one, above 0
    unsigned picture_burst = 20;    ///< likewise of pictures, of which one runs, at `every`
    Duration patience{10'000};      ///< for one request, waiting and signing in included
    Duration not_offered{600'000};  ///< so long it is not asked for again
    Duration not_signed_in{60'000};  ///< likewise, for everything
  };

  /// The references outlive the client.
  struct Setup {
    transport::HttpClient& http;
    transport::Scheduler& scheduler;
    transport::Background& background;  ///< reads answers beyond 32 KiB
    transport::Url pbx;                 ///< http or https; its path is not used
    std::optional<std::filesystem::path> ca_file;
    std::string sender;  ///< the user: when calls to the PBX have to wait, senders take turns
    std::unique_ptr<Credential> credential;
    Limits limits{};
    /// By which pictures are asked for: those of all users may be many, and keep no search waiting.
    /// nullptr: by `http`, too.
    transport::HttpClient* pictures = nullptr;
  };

  template <typename T>
  using Got = std::function<void(Result<T>)>;

  explicit Client(Setup setup);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Bytes of a search text that are sent.
  static constexpr std::size_t kMostSearch = 128;
  /// Pages that may be asked for.
  static constexpr std::int64_t kMostPages = 10'000;

  /// One page of the user's address book. `text` is UTF-8, of which kMostSearch bytes are taken; an
  /// empty one finds everything. `page` counts from 0 and `size` is 1 to kMostContacts; values
  /// beyond are brought to the nearest.
  [[nodiscard]] std::unique_ptr<Asking> search(std::string_view text, std::int64_t page,
                                               std::int64_t size, Got<ContactPage> got);
  [[nodiscard]] std::unique_ptr<Asking> me(Got<Me> got);
  /// `got` gets what `write` makes of them: of thousands that takes some ten milliseconds, so it is
  /// done beside the loop where the answer is large. `write` uses what it holds and nothing else.
  [[nodiscard]] std::unique_ptr<Asking> colleagues(
      std::function<std::string(const Colleagues&)> write, Got<std::string> got);
  /// Bytes of an identifier of a user.
  static constexpr std::size_t kMostUserId = 64;
  /// Whether it can be one: letters, digits, - and _.
  [[nodiscard]] static bool is_user_id(std::string_view id);
  /// The picture of the user with that Colleague::account_id or Me::id (is_user_id()). None is also
  /// the answer where the PBX has one that is not passed on (Avatar::refused).
  [[nodiscard]] std::unique_ptr<Asking> avatar(std::string_view id, Got<Avatar> got);
  /// The user's own rights. Where the PBX does not show them, they are not visible, which is no
  /// failure.
  [[nodiscard]] std::unique_ptr<Asking> permissions(Got<Permissions> got);

  /// Gives up all that was asked, and the sign-in, where the PBX keeps one for four hours. `done`
  /// comes in a later turn, whatever the PBX says, unless the client goes first. Nothing is asked
  /// afterwards: no callback would come.
  void sign_out(std::function<void()> done);

 private:
  class State;
  class Rights;

  std::shared_ptr<State> state_;
};

}  // namespace sfteams::rest
