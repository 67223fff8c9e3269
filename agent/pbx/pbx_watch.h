#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "agent/pbx/pbx_probe.h"
#include "base/error/error.h"
#include "transport/scheduler.h"

namespace sfteams::agent {

/// Whether the PBX answers, and whether it is UCI, known at any moment: it is asked every ten
/// seconds, however often somebody wants to know. What has changed is logged.
class PbxWatch {
 public:
  static constexpr transport::Duration kInterval{10'000};
  /// As PbxProbe::ask(); need not be answered.
  using Ask = std::function<void(PbxProbe::Answer)>;

  PbxWatch(transport::Scheduler& scheduler, Ask ask);
  PbxWatch(const PbxWatch&) = delete;
  PbxWatch& operator=(const PbxWatch&) = delete;

  /// The PBX is another one now, or reached another way: forgets what was known, and asks at once.
  void start_anew();

  /// False until the first answer.
  [[nodiscard]] bool known() const { return known_; }
  /// Why it does not answer as UCI should, or what makes that doubtful (is_doubt()).
  [[nodiscard]] const std::optional<Error>& problem() const { return problem_; }

 private:
  void ask();
  void on_answer(const std::optional<Error>& problem);

  transport::Scheduler& scheduler_;
  Ask ask_;
  bool known_ = false;
  std::optional<Error> problem_;
  /// Of the question that counts; answers to older ones, and after the end, find it gone.
  std::shared_ptr<bool> question_;
  std::unique_ptr<transport::Timer> next_;
};

}  // namespace sfteams::agent
