#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "client/connection.h"
#include "tests/faults/books.h"
#include "tests/faults/passwords.h"
#include "tests/faults/sign_ins.h"
#include "tests/faults/stranger.h"
#include "tests/faults/troubles.h"
#include "tests/faults/verdicts.h"
#include "transport/loop.h"
#include "transport/network.h"

namespace sfteams::faults {

class Member;

/// Users who sign in, call and listen, and sign in again when they have lost their session. What
/// they saw goes into the books.
class Fleet {
 public:
  using Counts = std::map<std::string, std::size_t>;

  struct Setup {
    transport::Loop& loop;
    transport::Network& network;
    Books& books;
    const Passwords& passwords;
    const TroubleLog& troubles;
    std::shared_ptr<const client::Access> access;
    std::filesystem::path ca_file;
    std::string method{};        ///< with one text parameter
    std::string large_method{};  ///< with large_params; answers {"entries":[…]}
    Json::Value large_params{};
    std::size_t large_entries = 0;                ///< that its answer has to have
    std::function<std::uint64_t()> last_event{};  ///< that the PBX was given
    SignIns::Patience patience{};
    int first_user = 1001;
    int users = 100;  ///< the sessions are spread over them
    std::size_t sessions = 200;
    std::uint64_t seed = 1;
  };

  explicit Fleet(Setup setup);
  ~Fleet();
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  void start();
  /// No new calls and no new sessions: what is under way comes to its end.
  void calm_down() { calm_ = true; }
  /// So many members ask for something large at once, each time others.
  void ask_for_much(std::size_t members);
  /// Somebody tries a wrong password of this user.
  void guess(const std::string& user);
  [[nodiscard]] std::string user_of(std::size_t member) const {
    return std::to_string(setup_.first_user + static_cast<int>(member) % setup_.users);
  }
  [[nodiscard]] std::size_t signed_in() const;
  /// Of them, those who will not be signed out because their password has changed.
  [[nodiscard]] std::size_t settled() const;
  [[nodiscard]] std::size_t interrupted() const;
  [[nodiscard]] std::size_t calls_under_way() const;
  /// Writes down what the sessions that are still there have heard, and closes them.
  void end();

  /// What is told to people; all of it was judged as it came (verdicts.h).
  struct Seen {
    std::size_t resumptions = 0;
    transport::Duration longest_absence{0};  ///< without a session, the first sign-ins left out
    Counts losses{};                         ///< how often a session ended by which code
    Counts failures{};  ///< how often a call failed by which code, or a sign-in
    Counts large_failures{};
    Counts guesses{};
    std::size_t large_answers = 0;
  };
  [[nodiscard]] const Seen& seen() const { return seen_; }
  /// The longest that anybody was kept out while nothing was wrong.
  [[nodiscard]] transport::Duration longest_out() const;

 private:
  friend class Member;
  [[nodiscard]] client::ConnectionOptions connection_options() const;

  Setup setup_;
  std::mt19937_64 random_;
  bool calm_ = false;
  Seen seen_;
  std::size_t next_for_much_ = 0;
  std::vector<std::unique_ptr<Member>> members_;
  std::vector<std::unique_ptr<Stranger>> strangers_;
};

}  // namespace sfteams::faults
