#include "client/contacts_task.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "base/json/json.h"
#include "base/json/view.h"

namespace sfteams::client {
namespace {

constexpr std::size_t kColumns = 3;
using Row = std::array<std::string, kColumns>;

std::string text_of(const Json::Value& value, const char* name) {
  return std::string(json::string_member(value, name).value_or(""));
}

std::string name_of(const Json::Value& contact) {
  std::string name = text_of(contact, "title");
  for (const char* const part : {"firstName", "lastName"}) {
    const std::string text = text_of(contact, part);
    if (!text.empty()) name += (name.empty() ? "" : " ") + text;
  }
  return name;
}

std::vector<std::string> numbers_of(const Json::Value& contact) {
  std::vector<std::string> numbers;
  const Json::Value& list = json::part(contact, "numbers");
  if (list.isArray()) {
    for (const Json::Value& one : list)
      numbers.push_back(text_of(one, "number") + " (" + text_of(one, "kind") + ")");
  }
  const std::string internal = text_of(contact, "internalNumber");
  if (!internal.empty()) numbers.push_back(internal + " (internal)");
  const std::string external = text_of(contact, "externalNumber");
  if (!external.empty()) numbers.push_back(external + " (external)");
  return numbers;
}

void add_rows(std::vector<Row>& rows, const Json::Value& contact) {
  const std::vector<std::string> numbers = numbers_of(contact);
  rows.push_back({name_of(contact), text_of(contact, "company"),
                  numbers.empty() ? std::string() : numbers.front()});
  for (std::size_t i = 1; i < numbers.size(); ++i)
    rows.push_back({"", "", numbers[i]});
}

/// In characters, as a terminal counts most of them.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

std::string contacts_table(const Json::Value& result) {
  std::vector<Row> rows{{"NAME", "COMPANY", "NUMBER"}};
  const Json::Value& contacts = json::part(result, "contacts");
  if (contacts.isArray()) {
    for (const Json::Value& contact : contacts)
      add_rows(rows, contact);
  }
  if (rows.size() == 1) return "nobody was found";
  std::array<std::size_t, kColumns> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < kColumns; ++i)
      widths.at(i) = std::max(widths.at(i), width(row.at(i)));
  }
  std::string table;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < kColumns; ++i) {
      line += row.at(i);
      line.append(widths.at(i) - width(row.at(i)) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    table += (table.empty() ? "" : "\n") + line;
  }
  return table;
}

void ContactsTask::start(Program& program) {
  constexpr int kAtOnce = 100;
  Json::Value params(Json::objectValue);
  params["text"] = text_;
  params["page"] = Json::UInt64{page_};
  params["size"] = kAtOnce;
  program.call("contacts.search", params, [this, &program](const Json::Value& result) {
    if (program.json()) {
      program.print(json::write(result));
      return program.finish();
    }
    program.print(contacts_table(result));
    const Json::Value& more = json::part(result, "more");
    if (more.isBool() && more.asBool())
      program.print("… there are more: --page " + std::to_string(page_ + 1));
    program.finish();
  });
}

}  // namespace sfteams::client
