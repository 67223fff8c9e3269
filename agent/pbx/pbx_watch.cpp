#include "agent/pbx/pbx_watch.h"

#include <utility>

#include "base/log/log.h"

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
  const bool first = !std::exchange(known_, true);
  const std::optional<Error> before = std::exchange(problem_, problem);
  if (problem) {
    // By its code: the words of a failure may differ each time.
    if (before && before->code == problem->code) return;
    return log::warn("uci", "{}: {}", is_doubt(*problem) ? "about the PBX" : "no UCI",
                     describe(*problem));
  }
  if (first || !before) return;
  log::info(
      "uci", "{}",
      is_doubt(*before) ? "nothing is doubtful about the PBX any more" : "the PBX answers again");
}

}  // namespace sfteams::agent
