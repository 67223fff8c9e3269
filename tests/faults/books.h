#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <json/value.h>

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
  bool to_the_end = false;  ///< the session was there when everything had come to rest
};

/// Keeps what the clients and the PBX say of the same requests and events, and compares it.
class Books {
 public:
  // What the clients say. A token names one request.
  void asked(const std::string& token) { fates_[token] = Fate::waiting; }
  void ended(const std::string& token, Fate fate) { fates_[token] = fate; }
  /// Something that was never to happen, seen as it happened.
  void broke(std::string promise) { seen_.push_back(std::move(promise)); }
  void heard(Hearing hearing) { hearings_.push_back(std::move(hearing)); }

  /// The PBX's journal entries in order: requests by `method` with their token as parameter, and
  /// events with their number as parameter.
  void take_journal(const Json::Value& entries, const std::string& method);

  /// Compares; each text is one broken promise.
  [[nodiscard]] std::vector<std::string> broken_promises() const;
  /// Lines of "what: how many".
  [[nodiscard]] std::string tallies() const;

 private:
  /// Events by number, and whether one arrived for certain: otherwise it was sent, and nobody can
  /// say, because its login ended meanwhile. The PBX sends one to each login of the user, the last
  /// agent's included, which nobody answers for any more.
  using Sent = std::map<std::uint64_t, bool>;
  void check_requests(std::vector<std::string>& broken) const;
  void check_hearing(const Hearing& hearing, std::vector<std::string>& broken) const;

  std::unordered_map<std::string, Fate> fates_;
  std::unordered_map<std::string, std::size_t> executions_;
  std::map<std::string, Sent> sent_;  ///< by user
  std::vector<Hearing> hearings_;
  std::vector<std::string> seen_;
};

}  // namespace sfteams::faults
