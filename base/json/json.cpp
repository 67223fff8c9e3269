#include "base/json/json.h"

#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <sstream>

#include <fmt/format.h>
#include <json/reader.h>
#include <json/writer.h>

#include "base/crypto/secret.h"
#include "base/json/codes.h"
#include "base/json/lexical.h"
#include "base/text/encoding.h"

namespace sfteams::json {
namespace {

Json::CharReaderBuilder strict_reader() {
  Json::CharReaderBuilder builder;
  Json::CharReaderBuilder::strictMode(&builder.settings_);
  builder["strictRoot"] = false;  // RFC 8259 allows any value at the top
  builder["allowTrailingCommas"] = false;
  builder["skipBom"] = false;
  builder["stackLimit"] = 1000;  // Limits::depth is checked before, and is smaller
  return builder;
}

Json::StreamWriterBuilder writer_settings(const std::string& indentation) {
  Json::StreamWriterBuilder builder;
  builder["indentation"] = indentation;
  builder["emitUTF8"] = true;
  builder["precision"] = 17;
  return builder;
}

std::string place(std::size_t line, std::size_t column) {
  return fmt::format(" in line {}, column {}", line, column);
}

/// What jsoncpp found wrong. Its text quotes the document, so only the kind is taken from it.
Error structure_error(const std::string& errors) {
  if (errors.find("uplicate key") != std::string::npos) {
    return {codes::kSyntax, "a member of an object stands twice in the JSON text", {}};
  }
  constexpr std::string_view kLine = "Line ";
  constexpr std::string_view kColumn = ", Column ";
  const std::size_t line = errors.find(kLine);
  const std::size_t column = errors.find(kColumn);
  std::string where;
  if (line != std::string::npos && column != std::string::npos && line < column) {
    constexpr const char* kDigits = "0123456789";
    const std::size_t begin = column + kColumn.size();
    const std::size_t end = errors.find_first_not_of(kDigits, begin);
    where = " in line " + errors.substr(line + kLine.size(), column - line - kLine.size()) +
            ", column " + errors.substr(begin, end - begin);
  }
  return {codes::kSyntax, "the text is no JSON: something is missing or misplaced" + where, {}};
}

Error lexical_error(const LexicalFault& fault, const Limits& limits) {
  const std::string where = place(fault.line, fault.column);
  switch (fault.kind) {
    case LexicalFault::Kind::too_deep:
      return {codes::kTooDeep,
              fmt::format("the JSON text nests arrays and objects deeper than {}{}", limits.depth,
                          where),
              {}};
    case LexicalFault::Kind::large_number:
      return {codes::kNumberTooLarge, "a whole number has more than 64 bits" + where,
              "write it as a text"};
    case LexicalFault::Kind::symbol:
      break;
  }
  return {codes::kSyntax, std::string("the text is no JSON: ") + fault.what + where, {}};
}

Result<Json::Value> read(std::string_view text, const Limits& limits, bool exact) {
  if (text.size() > limits.bytes) {
    return fail(codes::kTooLarge,
                fmt::format("the JSON text has {} bytes, more than the {} allowed", text.size(),
                            limits.bytes));
  }
  if (!text::is_utf8(text)) return fail(codes::kNotUtf8, "the JSON text is not UTF-8");
  if (const auto fault = find_lexical_fault(text, limits.depth, exact))
    return fail(lexical_error(*fault, limits));
  // Making one costs more than reading a small message, so each thread keeps its own.
  thread_local const std::unique_ptr<Json::CharReader> reader(strict_reader().newCharReader());
  Json::Value value;
  std::string errors;
  try {
    if (!reader->parse(text.data(), text.data() + text.size(), &value, &errors)) {
      return fail(structure_error(errors));
    }
  } catch (const std::exception&) {
    return fail(codes::kSyntax, "the text is no JSON");
  }
  return value;
}

}  // namespace

Result<Json::Value> parse(std::string_view text, const Limits& limits) {
  return read(text, limits, true);
}

Result<Json::Value> parse_rounding(std::string_view text, const Limits& limits) {
  return read(text, limits, false);
}

std::string write(const Json::Value& value) {
  // Making one costs more than writing a small message, so each thread keeps its own.
  thread_local const std::unique_ptr<Json::StreamWriter> writer(
      writer_settings("").newStreamWriter());
  std::ostringstream out;
  writer->write(value, &out);
  return std::move(out).str();
}

std::string write_pretty(const Json::Value& value) {
  static const Json::StreamWriterBuilder settings = writer_settings("  ");
  return Json::writeString(settings, value) + "\n";
}

std::optional<std::string_view> text_of(const Json::Value& value) {
  const char* begin = nullptr;
  const char* end = nullptr;
  if (!value.isString()) return std::nullopt;
  if (!value.getString(&begin, &end)) return std::string_view{};
  return std::string_view(begin, static_cast<std::size_t>(end - begin));
}

std::optional<std::string_view> string_member(const Json::Value& value, const char* name) {
  const Json::Value* found = member(value, name);
  return found == nullptr ? std::nullopt : text_of(*found);
}

const Json::Value* member(const Json::Value& value, const char* name) {
  if (!value.isObject()) return nullptr;
  const std::string_view key(name);
  return value.find(key.data(), key.data() + key.size());
}

void wipe(Json::Value& text) noexcept {
  const char* begin = nullptr;
  const char* end = nullptr;
  if (text.isString() && text.getString(&begin, &end) && begin != end) {
    // jsoncpp shows its own buffer only as const; the value is ours, and not const.
    auto* bytes = reinterpret_cast<std::uint8_t*>(const_cast<char*>(begin));
    crypto::wipe(std::span<std::uint8_t>(bytes, static_cast<std::size_t>(end - begin)));
  }
  text = Json::Value();
}

}  // namespace sfteams::json
