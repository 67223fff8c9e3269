#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <utility>

#include "transport/background.h"

namespace sfteams::test {

/// Work beside the loop that is done when the test says so, in the order in which it was asked for.
class FakeBackground final : public transport::Background {
 public:
  [[nodiscard]] std::unique_ptr<transport::BackgroundWork> run(
      std::function<void()> work, std::function<void()> done) override {
    pieces_.push_back(std::make_shared<Piece>(Piece{std::move(work), std::move(done)}));
    return std::make_unique<Handle>(pieces_.back());
  }

  /// What has been asked for and is not done.
  [[nodiscard]] std::size_t waiting() const { return pieces_.size(); }
  /// How often work was really called.
  [[nodiscard]] int called() const { return called_; }

  /// The thread's part of the oldest piece.
  void work_one() {
    Piece& piece = *pieces_.front();
    if (!piece.given_up) {
      ++called_;
      piece.work();
    }
    piece.work = nullptr;
  }
  /// The loop's part of it.
  void finish_one() {
    const std::shared_ptr<Piece> piece = std::move(pieces_.front());
    pieces_.pop_front();
    const auto done = std::exchange(piece->done, nullptr);
    if (!piece->given_up) done();
  }
  void do_one() {
    work_one();
    finish_one();
  }
  void do_all() {
    while (!pieces_.empty())
      do_one();
  }

 private:
  struct Piece {
    std::function<void()> work;
    std::function<void()> done;
    bool given_up = false;
  };
  struct Handle final : transport::BackgroundWork {
    explicit Handle(std::shared_ptr<Piece> the_piece) : piece(std::move(the_piece)) {}
    ~Handle() override { piece->given_up = true; }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    std::shared_ptr<Piece> piece;
  };

  std::deque<std::shared_ptr<Piece>> pieces_;
  int called_ = 0;
};

}  // namespace sfteams::test
