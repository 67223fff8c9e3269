#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/pbx/account.h"
#include "base/error/error.h"
#include "transport/scheduler.h"

namespace sfteams::agent {

/// Asks the PBX whether users who sign in have a right, each with that user's own sign-in, and
/// remembers for the administrator that this could not be known.
class RightsDesk {
 public:
  using Duration = transport::Duration;
  /// How long a user who signs in waits for the answer.
  static constexpr Duration kPatience{6'000};
  /// Between two attempts while too many users sign in at the PBX's REST interface at once.
  static constexpr Duration kRetry{500};
  /// How long an administrator is shown that it could not be known, and how often it is logged.
  static constexpr std::int64_t kShown = 86'400;  ///< seconds

  struct Setup {
    transport::Scheduler& scheduler;
    std::function<std::int64_t()> unix_now;
  };

  /// true: one of the rights is there. Fails, when it cannot be known, with rest.not-offered (the
  /// PBX shows this user no rights), rest.disabled, session.signed-out, transport.timeout and as
  /// rest::Client does.
  using Answer = std::function<void(const Result<bool>&)>;
  /// Of one user; destroyed, the answer does not come. It may be destroyed inside of it.
  class Question {
   public:
    virtual ~Question() = default;
  };

  explicit RightsDesk(Setup setup) : setup_(std::move(setup)) {}
  RightsDesk(const RightsDesk&) = delete;
  RightsDesk& operator=(const RightsDesk&) = delete;

  /// `answer` comes once, in a later turn, after kPatience at the latest. The desk and the seat
  /// outlive the question. The PBX is asked only where REST is `enabled`.
  [[nodiscard]] std::unique_ptr<Question> ask(Seat& seat, std::string user,
                                              std::vector<std::string> rights, bool enabled,
                                              Answer answer);

  struct Unknown {
    Error why;
    std::int64_t at = 0;  ///< Unix seconds
  };
  /// The last user of whom it could not be known, unless that user has had an answer since, or it is
  /// longer ago than kShown.
  [[nodiscard]] std::optional<Unknown> unknown() const;
  /// After a change of what decides over it.
  void forget() { unknown_.reset(); }

 private:
  class Asked;
  void note(const std::string& user, const Result<bool>& answer);

  Setup setup_;
  std::optional<Unknown> unknown_;
  std::string user_;                             ///< of whom that was not known
  std::map<std::string, std::int64_t> told_at_;  ///< when each code was logged
};

}  // namespace sfteams::agent
