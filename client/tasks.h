#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/program.h"

namespace sfteams::client {

/// Signs in and prints what it got.
class LoginTask final : public Task {
 public:
  void start(Program& program) override;
};

/// Calls one method and prints its result.
class CallTask final : public Task {
 public:
  /// Each argument is one positional parameter in JSON; what is no JSON is taken as a text. A
  /// single object holds named parameters, as the agent's own methods take them; UCI's have none.
  CallTask(std::string method, const std::vector<std::string>& arguments);
  void start(Program& program) override;

 private:
  std::string method_;
  Json::Value params_{Json::arrayValue};
};

/// Prints events as they come.
class WatchTask final : public Task {
 public:
  struct Limits {
    std::uint64_t events = 0;     ///< 0: no end
    transport::Duration time{0};  ///< 0: no end
  };
  explicit WatchTask(Limits limits) : limits_(limits) {}
  void start(Program& program) override;
  void on_event(Program& program, const std::string& method, const Json::Value& params) override;

 private:
  Limits limits_;
  std::uint64_t seen_ = 0;
  std::unique_ptr<transport::Timer> timer_;
};

/// Places a call and follows it to its end; Ctrl-C hangs up.
class DialTask final : public Task {
 public:
  DialTask(std::string number, std::string phone)
      : number_(std::move(number)), phone_(std::move(phone)) {}
  void start(Program& program) override;
  void on_event(Program& program, const std::string& method, const Json::Value& params) override;
  void on_interrupt(Program& program) override;

 private:
  void placed(Program& program, const Json::Value& result);

  std::string number_;
  std::string phone_;
  std::string call_id_;
  std::string state_;
  std::unique_ptr<transport::Timer> timer_;
  bool hanging_up_ = false;
};

/// Shows who holds the seats of the floating licences.
class ListSeatsTask final : public Task {
 public:
  void start(Program& program) override;
};

/// Withdraws a user's seat.
class RevokeSeatTask final : public Task {
 public:
  explicit RevokeSeatTask(std::string user) : user_(std::move(user)) {}
  void start(Program& program) override;

 private:
  std::string user_;
};

/// "receiveCallState 1001 → 1002 RINGBACK" for an event of a call; otherwise method and JSON.
[[nodiscard]] std::string readable_event(const std::string& method, const Json::Value& params);

}  // namespace sfteams::client
