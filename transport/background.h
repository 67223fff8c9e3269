#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace sfteams::transport {

/// A piece of work beside the loop. Gives it up when destroyed: its `done` is then not called.
class BackgroundWork {
 public:
  virtual ~BackgroundWork() = default;
};

/// Beside the loop: for work that takes more than a few milliseconds and needs nothing but what it
/// brings with it, such as reading a document of some megabytes. A thread in a program (Network has
/// it), by hand in a test.
class Background {
 public:
  virtual ~Background() = default;

  /// `work` is called once, on another thread, after what was asked for before; it owns all that it
  /// touches and does not throw. Then `done` is called in a later turn of the loop.
  ///
  /// What `work` holds is destroyed beside the loop, what `done` holds is destroyed on the loop,
  /// and always after `work` has ended, also when the work is given up: a reservation in `done`
  /// covers exactly the time during which memory is in use. Work that is given up before it begins
  /// is never called. Whoever asks goes before the Background does.
  [[nodiscard]] virtual std::unique_ptr<BackgroundWork> run(std::function<void()> work,
                                                            std::function<void()> done) = 0;
};

/// The same for work that makes something: `done` gets what `work` has returned.
template <typename Work, typename Done>
[[nodiscard]] std::unique_ptr<BackgroundWork> run_beside(Background& background, Work work,
                                                         Done done) {
  using Made = decltype(work());
  const auto slot = std::make_shared<std::optional<Made>>();
  return background.run([slot, work = std::move(work)]() mutable { slot->emplace(work()); },
                        [slot, done = std::move(done)]() mutable { done(std::move(**slot)); });
}

}  // namespace sfteams::transport
