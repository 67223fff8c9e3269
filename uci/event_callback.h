#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "uci/value.h"
#include "uci/xmlrpc.h"

namespace sfteams::uci {

/// Finds out for whom an event of the PBX is. Each connection has a path that cannot be guessed,
/// and the PBX proves itself by sending the user's token back, where it has a lasting one. Does no I/O; uci/callback_listener.h
/// is its edge.
class EventCallback {
  struct Entry;

 public:
  using Handler = std::function<void(const std::string& method, const Array& params)>;
  /// An event came that could not be taken, so the user has missed one.
  using Lost = std::function<void()>;
  /// A request was refused, and why: uci.callback-…, or a code of parse_call(). Its texts hold no
  /// path, token, number or name.
  using Refused = std::function<void(const Error&)>;

  /// An event is a small document; a call has some twenty fields.
  static constexpr XmlLimits kLimits{.bytes = 262'144, .elements = 10'000, .depth = 32};

  /// As long as it lives, events arrive. The EventCallback outlives it.
  class Registration {
   public:
    ~Registration();
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;
    /// "/events/" and 192 random bits; to be named to the PBX.
    [[nodiscard]] const std::string& path() const { return path_; }

   private:
    friend class EventCallback;
    Registration(EventCallback& owner, std::string path);
    EventCallback& owner_;
    std::string path_;
  };

  /// What the PBX gets to read.
  struct Reply {
    int status = 200;
    std::string content_type;
    std::string body;
  };

  /// `refused` is called for every request that is not taken, whoever sent it.
  explicit EventCallback(Refused refused = {});
  ~EventCallback();
  EventCallback(const EventCallback&) = delete;
  EventCallback& operator=(const EventCallback&) = delete;

  /// Fails with crypto.no-randomness. `handler` and `lost` may end registrations, their own too.
  [[nodiscard]] Result<std::unique_ptr<Registration>> add(const crypto::Secret& token,
                                                          Handler handler, Lost lost = {});
  /// The same where the path alone proves the PBX, whatever the query says: access tokens change,
  /// and what a PBX sends back of them is not known.
  [[nodiscard]] Result<std::unique_ptr<Registration>> add_without_token(Handler handler,
                                                                        Lost lost = {});

  /// Takes one POST: its path, its raw query without '?', its body. 200 and the boolean true once
  /// the handler was called, 404 for an unknown path, 403 for a wrong or missing token, 400 for a
  /// body that is no call within kLimits. An unknown path costs as much time as a wrong token.
  /// The latter means that an event is lost.
  [[nodiscard]] Reply handle(std::string_view path, std::string_view query, std::string_view body);

  /// A request that HTTP refused with that status before it was read whole, or whose method is not
  /// POST. When the path is known an event is lost: nobody but the PBX knows one.
  void refuse(std::string_view path, int status);
  /// A connection of `peer` that did not come to TLS, and why.
  void refuse_tls(const std::string& peer, const std::string& why);

 private:
  using Digest = std::array<std::uint8_t, 32>;
  [[nodiscard]] Result<std::unique_ptr<Registration>> enter(Entry entry);

  // Only digests of paths and tokens are kept: nothing to steal, and all of one length to compare.
  std::map<Digest, std::shared_ptr<Entry>> entries_;
  Refused refused_;
};

}  // namespace sfteams::uci
