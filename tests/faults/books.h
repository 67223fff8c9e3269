#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <json/value.h>

#include "tests/faults/arrival.h"
#include "tests/faults/troubles.h"

namespace sfteams::faults {

/// What became of a request as its client saw it.
enum class Fate {
  waiting,   ///< no answer yet
  answered,  ///< with a result
  failed,    ///< with an error of the PBX or the agent: the session went on
  unknown,   ///< its session was lost: it ran once or not at all
};

/// The events that one session heard, in order.
struct Hearing {
  std::string user;
  std::vector<std::uint64_t> events;
  /// The last event that the PBX had been given when the session was signed in: what came after it
  /// is for this session.
  std::uint64_t after = 0;
  bool to_the_end = false;  ///< the session was there when everything had come to rest
};

/// Keeps what the clients and the PBX say of the same requests and events, and compares it.
class Books {
 public:
  // What the clients say. A token names one request.
  void asked(const std::string& token) { endings_[token] = {}; }
  void ended(const std::string& token, Fate fate) { endings_[token].fate = fate; }
  /// Fate::failed after that time; `during`: what was wrong while it was under way.
  void failed(const std::string& token, std::string code, Troubles during,
              transport::Duration after = transport::Duration(0)) {
    endings_[token] = {Fate::failed, std::move(code), during, after};
  }
  /// Something that was never to happen, seen as it happened.
  void broke(std::string promise) { seen_.push_back(std::move(promise)); }
  void heard(Hearing hearing) { hearings_.push_back(std::move(hearing)); }

  /// The PBX's journal entries in order: requests by `method` with their token as parameter, and
  /// events with their number as parameter.
  void take_journal(const Json::Value& entries, const std::string& method);

  /// Compares; each text is one broken promise.
  [[nodiscard]] std::vector<std::string> broken_promises() const;

  struct Tally {
    std::size_t asked = 0;
    std::size_t answered = 0;
    std::size_t failed = 0;
    std::size_t unknown = 0;
    std::size_t waiting = 0;
    std::size_t executed = 0;   ///< by the PBX
    std::size_t delivered = 0;  ///< events, for certain
    std::size_t heard = 0;      ///< by all sessions together
    std::size_t sessions = 0;
    std::size_t to_the_end = 0;
  };
  [[nodiscard]] Tally tally() const;

 private:
  struct Ending {
    Fate fate = Fate::waiting;
    std::string code{};
    Troubles during{};
    transport::Duration after{0};
  };
  struct Execution {
    std::size_t times = 0;
    bool spoilt = false;  ///< the PBX was told to break the answer off
  };
  /// Events by number. The PBX sends one to each login of the user, the last agent's included,
  /// which nobody answers for any more: the best of its arrivals counts.
  using Sent = std::map<std::uint64_t, Arrival>;

  void take_event(const Json::Value& entry);
  void check_request(const std::string& token, const Ending& ending,
                     std::vector<std::string>& broken) const;
  void check_hearing(const Hearing& hearing, std::vector<std::string>& broken) const;

  std::unordered_map<std::string, Ending> endings_;
  std::unordered_map<std::string, Execution> executions_;
  std::map<std::string, Sent> sent_;  ///< by user
  std::vector<Hearing> hearings_;
  std::vector<std::string> seen_;
};

}  // namespace sfteams::faults
