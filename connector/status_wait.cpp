#include "connector/status_wait.h"

#include <algorithm>

#include "connector/status.h"

namespace sfteams::connector {

StatusWait::Answer StatusWait::run(std::chrono::seconds patience) const {
  const Clock::time_point end = now() + patience;
  for (;;) {
    Answer answer = ask();
    if (answer && exit_status(*answer) == 0) return answer;
    const Clock::time_point before = now();
    if (before >= end) return answer;
    pause(std::min(kPause, std::chrono::ceil<std::chrono::milliseconds>(end - before)));
  }
}

}  // namespace sfteams::connector
