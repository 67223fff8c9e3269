#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace sfteams::tunnel {

/// docs/protocol.md and the examples in it: fenced blocks whose opening line is
/// "```hex name=NAME" (hexadecimal in groups, '#' begins a comment), "```json name=NAME" (one
/// line), or "```talk name=NAME": what a client (">") and the agent ("<") say to each other, a
/// message a line, and what happens meanwhile ("#"); tests/agent/sessions/protocol_talks_test.cpp
/// plays these.
class ProtocolDocument {
 public:
  ProtocolDocument();

  [[nodiscard]] const std::string& text() const { return text_; }
  /// The example of that name, marked as checked; empty when there is none.
  [[nodiscard]] std::vector<std::uint8_t> bytes(const std::string& name);
  [[nodiscard]] std::string json(const std::string& name);
  /// The lines of every talk, by name.
  [[nodiscard]] std::map<std::string, std::vector<std::string>> talks() const;
  /// Examples other than talks that nobody has asked for.
  [[nodiscard]] std::set<std::string> unchecked() const;

 private:
  [[nodiscard]] const std::string& block(const std::string& key);

  std::string text_;
  std::map<std::string, std::string> blocks_;  ///< by "hex NAME" or "json NAME"
  std::set<std::string> checked_;
};

}  // namespace sfteams::tunnel
