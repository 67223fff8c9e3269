#include "connector/cluster/log_writer.h"

#include <array>
#include <utility>

#include "connector/cluster/codes.h"

namespace sfteams::connector {

using transport::Duration;

Error log_away(const std::string& why) {
  return {codes::kRegistryLogAway, "the log of names cannot be written now: " + why,
          "try again in a few seconds; `status` shows how the log stands", std::chrono::seconds(5)};
}

void LogWriter::soon(std::function<void()> task) {
  const std::uint64_t number = ++next_;
  soon_[number] = scheduler_.after(Duration(0), [this, number, task = std::move(task)] {
    // The task outlives its timer, and may destroy this.
    const auto timer = soon_.extract(number);
    task();
  });
}

void LogWriter::write(const LogEntry& entry, Done done) {
  auto sealed = seal_.seal(entry);
  if (!sealed) {
    soon([done = std::move(done), error = sealed.error()] { done(fail(error)); });
    return;
  }
  const std::uint64_t number = ++next_;
  writing_.emplace(number, Writing{std::move(*sealed), std::move(done)});
  publish(number);
}

void LogWriter::look(const LogEntry& entry, std::function<void()> done) {
  const std::uint64_t number = ++next_;
  looking_[number] = streams_.last(
      seal_.names_stream(), seal_.subject(entry),
      [this, number, done = std::move(done)](const StreamReply<StreamMessage>& reply) {
        const auto request = looking_.extract(number);
        if (reply.outcome == StreamOutcome::ok)
          static_cast<void>(memory_.take_names({&reply.value, 1}, 0));
        done();
      });
}

void LogWriter::publish(std::uint64_t number) {
  Writing& writing = writing_.at(number);
  ++writing.tries;
  writing.request =
      streams_.publish(seal_.names_stream(), writing.stored.subject, writing.stored.value,
                       [this, number](const auto&) { read_back(number); });
}

void LogWriter::read_back(std::uint64_t number) {
  Writing& writing = writing_.at(number);
  writing.request = streams_.last(
      seal_.names_stream(), writing.stored.subject,
      [this, number](const StreamReply<StreamMessage>& reply) { take(number, reply); });
}

void LogWriter::take(std::uint64_t number, const StreamReply<StreamMessage>& reply) {
  Writing& writing = writing_.at(number);
  if (reply.outcome == StreamOutcome::no_message && writing.tries < kTries) {
    writing.timer = scheduler_.after(kAgainAfter, [this, number] { publish(number); });
    return;
  }
  if (reply.outcome != StreamOutcome::ok || reply.value.subject != writing.stored.subject) {
    finish(number, fail(log_away(to_string(reply.outcome))));
    return;
  }
  auto entry = seal_.open(reply.value.subject, reply.value.value);
  const bool taken = memory_.take_names({&reply.value, 1}, 0);
  if (!entry) {
    finish(number, fail(codes::kRegistryLogForeign,
                        "something that no node of this cluster has written stands in the log in "
                        "the place of " +
                            writing.stored.entry.name,
                        "check who has credentials for the NATS servers; then forget the name"));
  } else if (!taken) {
    finish(number, fail(*memory_.problem()));
  } else {
    const bool ours = reply.value.value == writing.stored.value;
    finish(number, Standing{std::move(*entry), ours});
  }
}

void LogWriter::finish(std::uint64_t number, Result<Standing> result) {
  const auto writing = writing_.extract(number);
  writing.mapped().done(std::move(result));
}

}  // namespace sfteams::connector
