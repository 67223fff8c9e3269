#include "transport/turn_end.h"

#include <utility>

#include <uv.h>

#include "transport/loop_impl.h"

namespace sfteams::transport {

/// The check handle is called after the sockets; the idle handle, while it is active, keeps the
/// loop from waiting for them.
struct TurnEnd::Handles {
  uv_check_t check{};
  uv_idle_t idle{};
  TurnEnd* owner = nullptr;
  int open = 2;

  static void on_closed(uv_handle_t* handle) {
    auto* self = static_cast<Handles*>(handle->data);
    if (--self->open == 0) delete self;
  }
};

TurnEnd::TurnEnd(Loop& loop) : handles_(new Handles) {
  handles_->owner = this;
  uv_check_init(uv_of(loop), &handles_->check);
  uv_idle_init(uv_of(loop), &handles_->idle);
  handles_->check.data = handles_;
  handles_->idle.data = handles_;
}

TurnEnd::~TurnEnd() {
  handles_->owner = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(&handles_->check), Handles::on_closed);
  uv_close(reinterpret_cast<uv_handle_t*>(&handles_->idle), Handles::on_closed);
}

void TurnEnd::add(std::function<void()> task) {
  if (tasks_.empty()) {
    uv_idle_start(&handles_->idle, [](uv_idle_t* /*idle*/) {});
    uv_check_start(&handles_->check, [](uv_check_t* check) {
      auto* handles = static_cast<Handles*>(check->data);
      if (handles->owner != nullptr) handles->owner->run();
    });
  }
  tasks_.push_back(std::move(task));
}

void TurnEnd::run() {
  uv_check_stop(&handles_->check);
  uv_idle_stop(&handles_->idle);
  for (std::function<void()>& task : std::exchange(tasks_, {}))
    task();
}

}  // namespace sfteams::transport
