#include "transport/background_thread.h"

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <thread>

namespace sfteams::transport {
/// One piece of work, between the loop and the thread.
struct BackgroundThread::Piece {
  std::function<void()> work;  ///< the thread's, once it has been handed over
  std::function<void()> done;  ///< the loop's
  std::atomic<bool> given_up = false;

  /// On the loop, when the work has ended.
  void finish() {
    const std::function<void()> callback = std::exchange(done, nullptr);
    if (!given_up && callback) callback();
  }
};

class BackgroundThread::Handle final : public BackgroundWork {
 public:
  explicit Handle(std::shared_ptr<Piece> piece) : piece_(std::move(piece)) {}
  ~Handle() override { piece_->given_up = true; }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

 private:
  std::shared_ptr<Piece> piece_;
};

struct BackgroundThread::State {
  explicit State(Loop& the_loop) : loop(the_loop) {}

  Loop& loop;
  std::thread thread;
  std::mutex mutex;  // for what follows
  std::condition_variable changed;
  std::deque<std::shared_ptr<Piece>> queue;
  bool closing = false;

  /// nullptr: it is over.
  std::shared_ptr<Piece> take() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return closing || !queue.empty(); });
    if (closing) return nullptr;
    std::shared_ptr<Piece> piece = std::move(queue.front());
    queue.pop_front();
    return piece;
  }

  void work() {
    while (std::shared_ptr<Piece> piece = take()) {
      if (!piece->given_up) piece->work();
      piece->work = nullptr;
      loop.post([piece = std::move(piece)] { piece->finish(); });
    }
  }

  /// Signals are for the loop's thread.
  void begin() {
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    thread = std::thread([this] { work(); });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
};

BackgroundThread::BackgroundThread(Loop& loop) : state_(std::make_unique<State>(loop)) {}

BackgroundThread::~BackgroundThread() {
  {
    const std::lock_guard guard(state_->mutex);
    state_->closing = true;
  }
  state_->changed.notify_one();
  if (state_->thread.joinable()) state_->thread.join();
}

std::unique_ptr<BackgroundWork> BackgroundThread::run(std::function<void()> work,
                                                      std::function<void()> done) {
  if (!state_->thread.joinable()) state_->begin();
  const auto piece = std::make_shared<Piece>();
  piece->work = std::move(work);
  piece->done = std::move(done);
  {
    const std::lock_guard guard(state_->mutex);
    state_->queue.push_back(piece);
  }
  state_->changed.notify_one();
  return std::make_unique<Handle>(piece);
}

}  // namespace sfteams::transport
