#include "tests/tunnel/protocol_document.h"

#include <cctype>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "base/text/encoding.h"

namespace sfteams::tunnel {
namespace {

constexpr std::string_view kFence = "```";
constexpr std::string_view kName = " name=";
constexpr std::string_view kTalk = "talk ";

std::string without_comment_and_space(const std::string& line) {
  std::string out;
  for (const char c : line.substr(0, line.find('#'))) {
    if (std::isspace(static_cast<unsigned char>(c)) == 0) out += c;
  }
  return out;
}

}  // namespace

ProtocolDocument::ProtocolDocument() {
  std::ifstream file(SFTEAMS_SOURCE_DIR "/docs/protocol.md");
  REQUIRE(file);
  std::string open;
  for (std::string line; std::getline(file, line);) {
    text_ += line + "\n";
    if (!line.starts_with(kFence)) {
      if (open.starts_with("hex ")) blocks_[open] += without_comment_and_space(line);
      if (open.starts_with("json ")) blocks_[open] += line;
      if (open.starts_with(kTalk)) blocks_[open] += line + "\n";
      continue;
    }
    const std::size_t name = line.find(kName);
    open.clear();
    if (name == std::string::npos) continue;
    const std::string kind = line.substr(kFence.size(), name - kFence.size());
    open = kind + " " + line.substr(name + kName.size());
    INFO("two examples are named " << open);
    REQUIRE_FALSE(blocks_.contains(open));
    blocks_[open];
  }
}

const std::string& ProtocolDocument::block(const std::string& key) {
  checked_.insert(key);
  return blocks_[key];
}

std::vector<std::uint8_t> ProtocolDocument::bytes(const std::string& name) {
  const auto bytes = text::from_hex(block("hex " + name));
  INFO(name << " is no hexadecimal text");
  REQUIRE(bytes);
  return *bytes;
}

std::string ProtocolDocument::json(const std::string& name) {
  return block("json " + name);
}

std::map<std::string, std::vector<std::string>> ProtocolDocument::talks() const {
  std::map<std::string, std::vector<std::string>> talks;
  for (const auto& [key, content] : blocks_) {
    if (!key.starts_with(kTalk)) continue;
    std::istringstream lines(content);
    std::vector<std::string>& talk = talks[key.substr(kTalk.size())];
    for (std::string line; std::getline(lines, line);)
      talk.push_back(line);
  }
  return talks;
}

std::set<std::string> ProtocolDocument::unchecked() const {
  std::set<std::string> out;
  for (const auto& [key, content] : blocks_) {
    if (!key.starts_with(kTalk) && !checked_.contains(key)) out.insert(key);
  }
  return out;
}

}  // namespace sfteams::tunnel
