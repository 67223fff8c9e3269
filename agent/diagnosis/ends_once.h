#pragma once

#include <memory>

#include "agent/diagnosis/step.h"
#include "transport/scheduler.h"

namespace sfteams::diagnosis {

/// A step that takes its time and ends once, whatever comes to end it a second time: an answer and
/// the end of its connection, a failure and a timer. It ends in a later turn, because what ends it
/// is on the stack of the connection that let_go() gives up.
class EndsOnce : public Work {
 protected:
  EndsOnce(Context& context, Found found, Done done);

  /// Only before the end.
  void tell(const Finding& finding);
  /// Tells it, with how long the connector took if that was long, and ends.
  void end(const Finding& finding);
  void end();
  [[nodiscard]] bool ended() const { return end_ != nullptr; }

  /// From now on an answer of the connector is awaited, which holds an address back for up to five
  /// seconds after failed attempts. When it takes kLong, somebody who waits is told why.
  void await_connector();
  void connector_answered();
  /// Whether end() will say so: nothing else has to tell of the time spent.
  [[nodiscard]] bool was_held_back() const { return held_back_ >= kLong; }

  static constexpr transport::Duration kLong{1'000};

  Context& context_;

 private:
  /// In the turn of the end, before anybody is told that it is done.
  virtual void let_go() {}

  Found found_;
  Done done_;
  std::unique_ptr<transport::Timer> awaiting_;
  transport::TimePoint awaited_since_{};
  bool awaited_ = false;
  transport::Duration held_back_{0};
  std::unique_ptr<transport::Timer> end_;
};

}  // namespace sfteams::diagnosis
