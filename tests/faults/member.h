#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/connection.h"
#include "tests/faults/fleet.h"
#include "tests/faults/sign_ins.h"

namespace sfteams::faults {

/// One user at one device: a session after the other.
class Member final : public client::ConnectionHandler {
 public:
  /// `fleet` outlives this.
  Member(Fleet& fleet, std::size_t number);

  void open();
  /// The session is over for the fleet; `to_the_end`: it was there when all had come to rest.
  void write_down(bool to_the_end);
  void close();
  void ask_for_much();

  [[nodiscard]] bool signed_in() const { return signed_in_; }
  /// Signed in, with a password that has not changed since.
  [[nodiscard]] bool settled() const { return signed_in_ && sign_ins_.up_to_date(); }
  [[nodiscard]] bool interrupted() const { return interrupted_since_.has_value(); }
  [[nodiscard]] std::size_t calls() const { return under_way_.size() + large_; }
  [[nodiscard]] transport::Duration longest_out() const { return sign_ins_.longest_out(); }

 private:
  using TimePoint = transport::TimePoint;

  void on_open() override;
  void on_interrupted(const Error& why, transport::Duration left) override;
  void on_resumed() override;
  void on_notification(const std::string& method, const Json::Value& params) override;
  void on_closed(const std::optional<Error>& error) override;

  void on_login(const Result<Json::Value>& result);
  void on_signed_out(const Json::Value& params);
  void lost(std::string_view code);
  void turned_away(std::string_view code);
  void rest();
  void call_after_a_while();
  void call();
  void on_answer(const std::string& token, const Result<Json::Value>& result);
  void on_much(const Result<Json::Value>& result, TimePoint since);
  /// Whether it failed because the session goes, which has to follow.
  [[nodiscard]] bool took_along(std::string_view code);
  void note(const std::optional<std::string>& broken);
  [[nodiscard]] TimePoint now() const { return fleet_.setup_.loop.now(); }

  Fleet& fleet_;
  std::size_t number_;
  std::string user_;
  SignIns sign_ins_;
  std::unique_ptr<client::Connection> connection_;
  std::unique_ptr<transport::Timer> again_;
  std::unique_ptr<transport::Timer> calls_;
  std::map<std::string, TimePoint> under_way_;  ///< tokens, and when they were sent
  std::vector<std::uint64_t> events_;
  std::uint64_t after_ = 0;  ///< the last event when the session was signed in
  std::uint64_t count_ = 0;
  std::size_t large_ = 0;            ///< requests for much, under way
  std::optional<TimePoint> left_{};  ///< when the last session ended
  std::optional<TimePoint> interrupted_since_{};
  std::string has_to_close_{};  ///< the code by which a call said that the session is over
  bool signed_in_ = false;
  bool signed_out_ = false;  ///< by the agent: the connection is being closed from here
};

}  // namespace sfteams::faults
