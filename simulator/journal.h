#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include <json/value.h>

#include "simulator/options.h"
#include "transport/scheduler.h"

namespace sfteams::simulator {

/// One thing that came in or went out. Never holds a password, a token or a callback's path.
struct JournalEntry {
  enum class Kind {
    login,    ///< an attempt to log in, right or wrong
    request,  ///< any other request
    event,    ///< sent to a callback
    ended,    ///< a login that the PBX has ended
    token,    ///< a request for OAuth tokens, or their revocation
    rest,     ///< a request below /rest
  };
  std::uint64_t number = 0;  ///< from 1, without gaps
  std::int64_t at_ms = 0;    ///< since the start
  Kind kind = Kind::request;
  std::string address;  ///< whence, or the callback's origin
  std::string user;     ///< as claimed, when refused
  std::string method;
  std::string params;        ///< shortened
  std::string outcome;       ///< "ok", "refused", "ignored", "fault: …", "delivered", …
  std::string misbehaviour;  ///< what the answer was replaced by
  int attempts = 0;          ///< of an event
  int status = 0;            ///< HTTP, of an event's last attempt
};

/// What happened, in order, so that a test or the demonstration can ask what reached the PBX.
class Journal {
 public:
  /// Both outlive this.
  Journal(const Options& options, const transport::Scheduler& scheduler);

  /// Gives the entry its number and time and keeps it; the number.
  std::uint64_t add(JournalEntry entry);
  /// The entry, to say how it went on; nullptr when it has been dropped since.
  [[nodiscard]] JournalEntry* find(std::uint64_t number);
  void count(std::string_view counter, std::uint64_t more = 1);
  void count_method(std::string_view method);

  /// Entries after number `since`, the oldest first, at most `limit`; all counters.
  [[nodiscard]] Json::Value report(std::uint64_t since, std::size_t limit) const;
  [[nodiscard]] Json::Value counters() const;
  /// Forgets entries and counters; numbers go on.
  void clear();

 private:
  const Options& options_;
  const transport::Scheduler& scheduler_;
  transport::TimePoint start_;
  std::uint64_t last_ = 0;
  std::uint64_t dropped_ = 0;
  std::deque<JournalEntry> entries_;
  std::map<std::string, std::uint64_t, std::less<>> counters_;
  std::map<std::string, std::uint64_t, std::less<>> methods_;
};

}  // namespace sfteams::simulator
