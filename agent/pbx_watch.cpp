#include "agent/pbx_watch.h"

#include <utility>

#include "log/log.h"

namespace sfteams::agent {

PbxWatch::PbxWatch(transport::Scheduler& scheduler, Ask ask)
    : scheduler_(scheduler), ask_(std::move(ask)) {
  start_anew();
}

void PbxWatch::start_anew() {
  known_ = false;
  problem_.reset();
  ask();
}

void PbxWatch::ask() {
  next_ = scheduler_.after(kInterval, [this] { ask(); });
  question_ = std::make_shared<bool>(true);
  ask_([this, asked = std::weak_ptr(question_)](const std::optional<Error>& problem) {
    if (!asked.expired()) on_answer(problem);
  });
}

void PbxWatch::on_answer(const std::optional<Error>& problem) {
  const bool changed = !known_ || problem.has_value() != problem_.has_value();
  const bool first = !std::exchange(known_, true);
  problem_ = problem;
  if (!changed) return;
  if (problem) {
    log::warn("uci", "the PBX does not answer: {}", describe(*problem));
  } else if (!first) {
    log::info("uci", "the PBX answers again");
  }
}

}  // namespace sfteams::agent
