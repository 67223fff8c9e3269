#include "transport/reopening.h"

#include <utility>

#include <fmt/format.h>

#include "base/log/log.h"

namespace sfteams::transport {

Reopening::Reopening(Scheduler& scheduler, std::string area, std::string what, Open open)
    : scheduler_(scheduler),
      area_(std::move(area)),
      what_(std::move(what)),
      open_(std::move(open)) {}

void Reopening::open() {
  again_.reset();
  const Result<void> opened = open_();
  if (opened) {
    if (error_) log::write(log::Level::info, area_, fmt::format("{} is open now", what_));
    error_.reset();
    return;
  }
  const log::Level level = error_ ? log::Level::debug : log::Level::error;
  if (log::enabled(level)) {
    log::write(level, area_,
               fmt::format("{} cannot be opened, and is tried again every {} seconds: {}", what_,
                           kAgain / std::chrono::seconds(1), describe(opened.error())));
  }
  error_ = opened.error();
  again_ = scheduler_.after(kAgain, [this] { open(); });
}

void Reopening::settle() {
  error_.reset();
  again_.reset();
}

}  // namespace sfteams::transport
