#include "agent/diagnosis/round_trip_step.h"

#include <fmt/format.h>

#include "agent/diagnosis/client_work.h"
#include "base/json/json.h"

namespace sfteams::diagnosis {
namespace {

constexpr const char* kRoundTripStep = "round-trip";

using std::chrono::steady_clock;

std::string milliseconds(steady_clock::duration spent) {
  return fmt::format("{:.1f} ms", std::chrono::duration<double, std::milli>(spent).count());
}

class RoundTripWork final : public ClientWork {
 public:
  RoundTripWork(Context& context, Found found, Done done)
      : ClientWork(kRoundTripStep, context, std::move(found), std::move(done)) {}

 private:
  void on_session() override {
    opened_ = steady_clock::now();
    connection().call("system.info", Json::Value(), kPatience,
                      [this](const Result<Json::Value>& info) { on_info(info); });
  }

  void on_info(const Result<Json::Value>& info) {
    if (ended()) return;
    if (!info) return end(failure(kRoundTripStep, info.error()));
    const auto now = steady_clock::now();
    const std::string agent(json::string_member(*info, "software").value_or("?"));
    const std::string there_and_back = milliseconds(now - opened_);
    if (was_held_back())
      return end(well(kRoundTripStep,
                      said("through the connector to {0} and back: {1}", {agent, there_and_back})));
    end(well(kRoundTripStep,
             said("through the connector to {0} and back: {1}, {2} for the first connection",
                  {agent, there_and_back, milliseconds(opened_ - started_)})));
  }

  steady_clock::time_point started_ = steady_clock::now();
  steady_clock::time_point opened_;
};

}  // namespace

Step check_round_trip() {
  return {{kRoundTripStep},
          [](Context& context, const Found& found, const Done& done) -> std::unique_ptr<Work> {
            if (const std::optional<Sentence> reason = why_no_session(context)) {
              found(skipped(kRoundTripStep, *reason));
              done();
              return nullptr;
            }
            if (!context.configuration || !context.key || !context.registered) {
              found(skipped(kRoundTripStep,
                            said("it takes a system key and an agent that is registered")));
              done();
              return nullptr;
            }
            auto work = std::make_unique<RoundTripWork>(context, found, done);
            work->start();
            return work;
          }};
}

}  // namespace sfteams::diagnosis
