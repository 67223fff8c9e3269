#include "keygen/system_name.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include <arpa/inet.h>

#include "base/text/invisible.h"
#include "keygen/codes.h"

namespace sfteams::keygen {
namespace {

constexpr std::size_t kLongestName = 253;
constexpr std::size_t kLongestLabel = 63;
constexpr std::string_view kExampleHint = "write a host name such as pbx.example.com";

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

tl::unexpected<Error> bad_name(const std::string& what, std::string_view hint = kExampleHint) {
  return fail(codes::kBadName, "the system name " + what, std::string(hint));
}

bool is_address(std::string_view text) {
  std::string host(text);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

/// The host name inside a URL or behind which a port stands, empty when there is none.
std::string_view host_inside(std::string_view text) {
  if (const auto scheme = text.find("://"); scheme != std::string_view::npos) {
    text.remove_prefix(scheme + 3);
  }
  text = text.substr(0, text.find_first_of("/?#"));
  if (const auto user = text.rfind('@'); user != std::string_view::npos)
    text.remove_prefix(user + 1);
  return text.substr(0, text.find(':'));
}

tl::unexpected<Error> more_than_a_host(std::string_view text, const std::string& what,
                                       const std::string& remove) {
  if (const auto host = canonical_system_name(host_inside(text))) {
    return bad_name(what, "remove " + remove + " and write only " + *host);
  }
  return bad_name(what, "remove " + remove + "; " + std::string(kExampleHint));
}

// The mistakes that people make, each with its own advice; nothing when it is none of them.
Result<void> refuse_known_mistakes(std::string_view text) {
  if (text.empty()) return bad_name("is empty");
  if (std::ranges::any_of(text, is_space)) {
    return bad_name("has a space or line break in it", "remove the spaces, also at both ends");
  }
  if (const auto invisible = text::find_invisible(text))
    return bad_name("has " + invisible->describe(), text::kInvisibleHint);
  if (is_address(text)) {
    return bad_name("is an IP address",
                    "write a host name such as pbx.example.com; it need not resolve");
  }
  if (const auto scheme = text.find("://"); scheme != std::string_view::npos) {
    const std::string_view word = text.substr(0, scheme);
    const bool plain = word.size() <= 8 && std::ranges::all_of(word, is_letter_or_digit);
    return more_than_a_host(text, "is a URL",
                            plain ? std::string(word) + "://" : "everything before the host name");
  }
  if (text.find('/') != std::string_view::npos) {
    return more_than_a_host(text, "has a path behind it", "everything from the first / on");
  }
  if (text.find('@') != std::string_view::npos) {
    return more_than_a_host(text, "has an @ in it", "everything up to the @");
  }
  if (text.find(':') != std::string_view::npos) {
    return more_than_a_host(text, "has a port behind it", "everything from the : on");
  }
  if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
    return bad_name("has letters that are not ASCII, such as umlauts",
                    "write its DNS form, which begins with xn--, or another name");
  }
  return {};
}

Result<void> check_label(std::string_view label, std::size_t number) {
  const std::string which = "part " + std::to_string(number) + " of it ";
  if (label.empty()) return bad_name("has an empty part: two dots side by side, or one in front");
  if (label.size() > kLongestLabel) {
    return bad_name("is wrong: " + which + "has " + std::to_string(label.size()) +
                    " characters, and 63 is the most between two dots");
  }
  for (std::size_t i = 0; i < label.size(); ++i) {
    if (is_letter_or_digit(label[i]) || label[i] == '-') continue;
    return bad_name("is wrong: character " + std::to_string(i + 1) + " of " + which +
                        "is none that a host name can have",
                    "use letters, digits, '-' and dots only");
  }
  if (label.front() == '-' || label.back() == '-') {
    return bad_name("is wrong: " + which + "begins or ends with '-'");
  }
  return {};
}

Result<void> check_labels(std::string_view name) {
  std::size_t number = 1;
  for (std::string_view rest = name;; ++number) {
    const std::size_t dot = rest.find('.');
    const std::string_view label = rest.substr(0, dot);
    if (auto checked = check_label(label, number); !checked) return checked;
    if (dot != std::string_view::npos) {
      rest.remove_prefix(dot + 1);
      continue;
    }
    if (std::ranges::all_of(label, is_digit)) {
      return bad_name("ends with a number, so that it could be taken for an IP address");
    }
    return {};
  }
}

}  // namespace

Result<std::string> canonical_system_name(std::string_view text) {
  if (const auto plausible = refuse_known_mistakes(text); !plausible) {
    return fail(plausible.error());
  }
  if (text.size() > 1 && text.back() == '.') text.remove_suffix(1);
  if (text.size() > kLongestName) {
    return bad_name("has " + std::to_string(text.size()) + " characters, and 253 is the most");
  }
  if (auto checked = check_labels(text); !checked) return fail(checked.error());
  std::string name(text);
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return name;
}

bool is_canonical_system_name(std::string_view name) {
  const auto canonical = canonical_system_name(name);
  return canonical && *canonical == name;
}

}  // namespace sfteams::keygen
