#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sfteams::uci {

/// An event service, and the method that subscribes it: a client may speak another version of UCI
/// than the connection does, and what it subscribed is subscribed again the same way.
struct Subscription {
  std::string method;
  std::string service;
  friend bool operator==(const Subscription&, const Subscription&) = default;
};

/// Which event services one connection wants, and which of them the PBX has granted since the last
/// login. Several sessions of a user share the connection, so their wishes are counted: a service
/// is given up only with the last wish for it. Knows no I/O.
class Subscriptions {
 public:
  static constexpr std::size_t kMost = 64;
  /// Bytes of a service's name. The names are told at each sign-in, so both together bound that.
  static constexpr std::size_t kMaxName = 128;

  /// Whether a client may name a service so: 1 to kMaxName bytes of printable ASCII, no blanks.
  [[nodiscard]] static bool is_name(std::string_view service);

  /// `permanent` are wanted for good, whatever clients give up.
  explicit Subscriptions(const std::vector<Subscription>& permanent);

  /// True when `wanted` is there already, or there is room for one more.
  [[nodiscard]] bool has_room_for(const Subscription& wanted) const;
  /// The PBX granted what a client asked for: one more wish.
  void add(const Subscription& granted);

  enum class GivingUp {
    kept,     ///< others still want it: one wish less, the PBX is not told
    last,     ///< nobody else wants it: tell the PBX, then remove()
    unknown,  ///< nobody asked for it
  };
  [[nodiscard]] GivingUp give_up(std::string_view service);
  void remove(std::string_view service);

  /// A new login: the PBX has forgotten everything.
  void forget_granted();
  void granted(const Subscription& subscription);
  /// Not asked for again before the next login.
  void refused(const Subscription& subscription);

  /// The next to ask for: neither granted nor refused since the last login.
  [[nodiscard]] std::optional<Subscription> next() const;
  /// Every service wanted by that method, for a method that takes them all at once.
  [[nodiscard]] std::vector<std::string> services_by(std::string_view method) const;
  /// The services that the PBX has granted.
  [[nodiscard]] std::vector<std::string> active() const;

 private:
  enum class Standing { open, granted, refused };
  struct Entry {
    Subscription what{};
    bool permanent = false;
    int wishes = 0;  // of clients
    Standing standing = Standing::open;
  };
  [[nodiscard]] Entry* find(const Subscription& subscription);
  [[nodiscard]] Entry* find_service(std::string_view service);

  std::vector<Entry> entries_;  // a handful, in the order of the wishes
};

}  // namespace sfteams::uci
