#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <json/value.h>

#include "client/program.h"

namespace sfteams::client {

/// Searches the PBX's address book and prints one page of what it finds.
class ContactsTask final : public Task {
 public:
  /// `text`: at most 128 bytes of UTF-8; `page` from 0.
  ContactsTask(std::string text, std::uint64_t page) : text_(std::move(text)), page_(page) {}
  void start(Program& program) override;

 private:
  std::string text_;
  std::uint64_t page_;
};

/// The result of contacts.search as a table: name, company, and a line for each number, of which the
/// first stands beside the name. No line end at the end.
[[nodiscard]] std::string contacts_table(const Json::Value& result);

}  // namespace sfteams::client
