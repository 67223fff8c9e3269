#include "uci/waiting_calls.h"

#include <chrono>
#include <utility>

#include "uci/codes.h"

namespace sfteams::uci {

WaitingCalls::WaitingCalls(transport::Scheduler& scheduler, transport::Duration patience,
                           std::function<Error()> why)
    : scheduler_(scheduler), patience_(patience), why_(std::move(why)) {}

Result<void> WaitingCalls::add(OutgoingCall& call) {
  if (waiting_.size() >= kMost)
    return fail(codes::kTooManyWaiting, "too many calls of the user wait to be sent to the PBX",
                "wait for answers before calling again");
  waiting_.push_back({std::move(call), scheduler_.now()});
  if (!timer_) give_up_late();
  return {};
}

OutgoingCall WaitingCalls::take() {
  OutgoingCall call = std::move(waiting_.front().call);
  waiting_.pop_front();
  if (waiting_.empty()) timer_.reset();
  return call;
}

std::deque<OutgoingCall> WaitingCalls::take_all() {
  std::deque<OutgoingCall> all;
  while (!waiting_.empty())
    all.push_back(take());
  return all;
}

/// In their order, so that those at the front have waited longest.
void WaitingCalls::give_up_late() {
  const auto now = scheduler_.now();
  std::vector<OutgoingCall> late;
  while (!waiting_.empty() && now >= waiting_.front().since + patience_)
    late.push_back(take());
  timer_.reset();
  if (!waiting_.empty()) {
    const auto left = waiting_.front().since + patience_ - now;
    timer_ =
        scheduler_.after(std::chrono::ceil<transport::Duration>(left), [this] { give_up_late(); });
  }
  if (late.empty()) return;
  const Error why = why_();
  // From here on this object may be destroyed by any of the callbacks.
  for (const OutgoingCall& call : late)
    call.answer(fail(why));
}

}  // namespace sfteams::uci
