#include "tests/printers.h"

#include <json/writer.h>

namespace sfteams::printing {

std::string json_text(const Json::Value& value) {
  Json::StreamWriterBuilder one_line;
  one_line["indentation"] = "";
  one_line["emitUTF8"] = true;
  return Json::writeString(one_line, value);
}

std::string byte_text(const unsigned char* bytes, std::size_t count) {
  constexpr std::size_t kShown = 64;
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = std::to_string(count) + " bytes ";
  for (std::size_t i = 0; i < count && i < kShown; ++i) {
    text += kDigits[bytes[i] >> 4U];
    text += kDigits[bytes[i] & 0xFU];
  }
  return count > kShown ? text + "…" : text;
}

std::string error_text(const Error& error) {
  std::string text = "[" + std::string(error.code.id) + "] " + error.message;
  return error.hint.empty() ? text : text + " — " + error.hint;
}

}  // namespace sfteams::printing

namespace Catch {

std::string StringMaker<std::filesystem::perms>::convert(std::filesystem::perms value) {
  std::string digits;
  auto bits = static_cast<unsigned>(value) & 07777U;
  for (int i = 0; i < 4; ++i, bits >>= 3U)
    digits.insert(digits.begin(), static_cast<char>('0' + (bits & 7U)));
  return digits;
}

std::string StringMaker<std::filesystem::path>::convert(const std::filesystem::path& value) {
  return Detail::stringify(value.string());
}

}  // namespace Catch
