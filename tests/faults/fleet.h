#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "client/connection.h"
#include "tests/faults/books.h"
#include "transport/loop.h"
#include "transport/network.h"

namespace sfteams::faults {

/// Users who sign in, call and listen, and sign in again when they have lost their session. What
/// they saw goes into the books.
class Fleet {
 public:
  struct Setup {
    transport::Loop& loop;
    transport::Network& network;
    Books& books;
    std::shared_ptr<const client::Access> access;
    std::filesystem::path ca_file;
    std::string password;
    std::string method;  ///< with one text parameter
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
  [[nodiscard]] std::size_t signed_in() const;
  [[nodiscard]] std::size_t interrupted() const;
  [[nodiscard]] std::size_t calls_under_way() const;
  /// Writes down what the sessions that are still there have heard, and closes them.
  void end();

  [[nodiscard]] std::size_t resumptions() const { return resumptions_; }
  /// How often a session ended by which code.
  [[nodiscard]] const std::map<std::string, std::size_t>& losses() const { return losses_; }
  /// How often a call failed by which code, its session going on, or a sign-in.
  [[nodiscard]] const std::map<std::string, std::size_t>& failures() const { return failures_; }

 private:
  class Member;
  friend class Member;

  Setup setup_;
  std::mt19937_64 random_;
  bool calm_ = false;
  std::size_t resumptions_ = 0;
  std::map<std::string, std::size_t> losses_;
  std::map<std::string, std::size_t> failures_;
  std::vector<std::unique_ptr<Member>> members_;
};

}  // namespace sfteams::faults
