#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/log/log.h"

namespace sfteams::test {

/// What is logged from `level` on while it lives.
struct LogLines {
  explicit LogLines(log::Level level = log::Level::info) {
    log::start(level);
    log::observe([this](log::Level of, std::string_view, std::string_view message) {
      lines.push_back(std::string(log::to_string(of)) + " " + std::string(message));
      messages.emplace_back(message);
    });
  }
  ~LogLines() {
    log::observe(nullptr);
    log::set_level(log::Level::error);
  }
  LogLines(const LogLines&) = delete;
  LogLines& operator=(const LogLines&) = delete;

  std::vector<std::string> lines;     ///< "warn the disk is full"
  std::vector<std::string> messages;  ///< the same without their levels
};

}  // namespace sfteams::test
