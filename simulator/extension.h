#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "simulator/directory.h"

namespace sfteams::simulator {

/// UTC. In milliseconds, which hold every year that XML-RPC can write.
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;
/// The time of day; injected, so that tests choose it.
using WallClock = std::function<WallTime()>;
/// Makes identifiers: random UUIDs in the program.
using IdSource = std::function<std::string()>;

enum class RedirectType { always, busy, timeout };
inline constexpr std::array kRedirectTypes{RedirectType::always, RedirectType::busy,
                                           RedirectType::timeout};

/// Where calls go instead.
struct Redirect {
  bool enabled = false;
  bool to_voicemail = false;
  std::string destination;           ///< a number, unless to_voicemail
  std::chrono::seconds timeout{20};  ///< of the type `timeout`
};

struct CallListEntry {
  std::string id;
  bool inbound = false;
  bool answered = false;
  std::string caller_number;
  std::string called_number;
  std::string description;  ///< the other side's name
  WallTime start{};
  std::chrono::seconds duration{0};
  std::string group_id;
  bool called_back = false;
};

struct Voicemail {
  std::string id;
  std::string description;
  std::string caller_number;
  std::string called_number;
  std::string folder = "INBOX";
  WallTime start{};
  std::chrono::seconds duration{0};
};

/// What a user may change about himself, and what has come in for him.
struct Extension {
  bool do_not_disturb = false;
  bool call_waiting = true;
  std::string chat_message;
  std::string primary_phone;   ///< empty: none chosen
  std::string display_number;  ///< shown to those who are called
  std::array<Redirect, kRedirectTypes.size()> redirects;
  std::set<std::string> left_groups;  ///< groups whose calls he does not want now
  std::deque<CallListEntry> calls;    ///< the newest in front
  std::deque<Voicemail> voicemails;

  [[nodiscard]] Redirect& redirect(RedirectType type) {
    return redirects[static_cast<std::size_t>(type)];
  }
  [[nodiscard]] const Redirect& redirect(RedirectType type) const {
    return redirects[static_cast<std::size_t>(type)];
  }
  /// Keeps the newest 10,000.
  void add_call(CallListEntry entry);
  void add_voicemail(Voicemail entry);
};

/// One for each user, by User::index.
class Extensions {
 public:
  explicit Extensions(const Directory& directory);
  /// All as at the start: nothing set, empty lists.
  void reset();
  [[nodiscard]] Extension& of(const User& user) { return all_[user.index]; }
  [[nodiscard]] const Extension& of(const User& user) const { return all_[user.index]; }

 private:
  const Directory& directory_;
  std::vector<Extension> all_;
};

}  // namespace sfteams::simulator
