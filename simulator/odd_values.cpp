#include "simulator/odd_values.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include <fmt/format.h>

namespace sfteams::simulator {
namespace {

constexpr std::string_view kDeclaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

/// As they stand in a document.
constexpr std::array<std::string_view, 22> kMembers{
    "<name>odd</name><value><string>&#55356;&#57140;</string></value>",
    "<name>odd</name><value><string>&#27;[0m</string></value>",
    "<name>odd</name><value><string>\x01</string></value>",
    "<name>odd</name><value><string>&#55356;</string></value>",
    "<name>odd</name><value><string>&auml; & so on</string></value>",
    "<name>odd</name><value><dateTime.iso8601/></value>",
    "<name>odd</name><value><dateTime.iso8601>00000000T00:00:00</dateTime.iso8601></value>",
    "<name>odd</name><value><ex:dateTime>2026-11-23T10:00:00.000+01:00</ex:dateTime></value>",
    "<name>odd</name><value><ex:bigdecimal>12.50</ex:bigdecimal></value>",
    "<name>odd</name><value><ex:biginteger>123456789012345678901</ex:biginteger></value>",
    "<name>odd</name><value><ex:serializable>rO0ABQ==</ex:serializable></value>",
    "<name>odd</name><value><double>NaN</double></value>",
    "<name>odd</name><value><double>0,5</double></value>",
    "<name>odd</name><value><int>99999999999999999999</int></value>",
    "<name>odd</name><value><int/></value>",
    "<name>odd</name><value><boolean>true</boolean></value>",
    "<name>odd</name><value><unknown><a>b</a></unknown></value>",
    "<name>odd</name><value>text<int>1</int><int>2</int></value>",
    "<name>odd</name>",
    "<value>nameless</value>",
    "<name>odd</name><value><struct><member/>text</struct></value>",
    "<name>odd</name><value><array><int>1</int></array></value>",
};

enum class Form { references, latin_1, utf_16, cesu_8 };
constexpr std::uint64_t kForms = 4;

/// The characters of a text that is UTF-8, as the writer of XML-RPC makes it.
template <typename Put>
void each_character(std::string_view text, const Put& put) {
  while (!text.empty()) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t wanted = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    const std::size_t bytes = std::min(wanted, text.size());
    char32_t c = bytes == 1 ? lead : lead & (0xFFU >> (bytes + 1));
    for (const char follower : text.substr(1, bytes - 1))
      c = (c << 6U) | (static_cast<unsigned char>(follower) & 0x3FU);
    put(c);
    text.remove_prefix(bytes);
  }
}

struct Pair {
  char32_t high;
  char32_t low;
};
Pair surrogates(char32_t c) {
  return {0xD800 + ((c - 0x10000) >> 10U), 0xDC00 + ((c - 0x10000) & 0x3FFU)};
}

void put_reference(std::string& out, char32_t c) {
  out += fmt::format("&#{};", static_cast<std::uint32_t>(c));
}

void put_unit(std::string& out, char32_t unit) {
  out += static_cast<char>(unit & 0xFFU);
  out += static_cast<char>(unit >> 8U);
}

/// Three bytes, as UTF-8 would have it for a character that a surrogate is not.
void put_cesu(std::string& out, char32_t half) {
  out += static_cast<char>(0xE0U | (half >> 12U));
  out += static_cast<char>(0x80U | ((half >> 6U) & 0x3FU));
  out += static_cast<char>(0x80U | (half & 0x3FU));
}

std::string in_references(std::string_view text, char32_t last_plain) {
  std::string out;
  each_character(text, [&](char32_t c) {
    if (c >= 0x10000) {
      put_reference(out, surrogates(c).high);
      put_reference(out, surrogates(c).low);
    } else if (c > last_plain) {
      put_reference(out, c);
    } else {
      out += static_cast<char>(c);
    }
  });
  return out;
}

std::string in_utf16(std::string_view text) {
  std::string out;
  put_unit(out, 0xFEFF);
  each_character(text, [&out](char32_t c) {
    if (c < 0x10000) return put_unit(out, c);
    put_unit(out, surrogates(c).high);
    put_unit(out, surrogates(c).low);
  });
  return out;
}

std::string in_cesu8(std::string_view text) {
  std::string out;
  std::size_t copied = 0;
  for (std::size_t at = 0; at + 4 <= text.size(); ++at) {
    if (static_cast<unsigned char>(text[at]) < 0xF0) continue;
    out += text.substr(copied, at - copied);
    each_character(text.substr(at, 4), [&out](char32_t c) {
      put_cesu(out, surrogates(c).high);
      put_cesu(out, surrogates(c).low);
    });
    at += 3;
    copied = at + 1;
  }
  out += text.substr(copied);
  return out;
}

std::string with_encoding(std::string_view document, std::string_view name) {
  if (document.starts_with(kDeclaration)) document.remove_prefix(kDeclaration.size());
  return fmt::format("<?xml version=\"1.0\" encoding=\"{}\"?>{}", name, document);
}

std::string in_form(Form form, const std::string& document) {
  switch (form) {
    case Form::latin_1:
      return in_references(with_encoding(document, "ISO-8859-1"), 0xFF);
    case Form::utf_16:
      return in_utf16(with_encoding(document, "UTF-16"));
    case Form::cesu_8:
      return in_cesu8(document);
    case Form::references:
      break;
  }
  return in_references(document, 0x7F);
}

}  // namespace

std::string OddValues::write(std::string document) {
  if (!options_.odd_values) return document;
  constexpr std::string_view kStruct = "<struct>";
  std::string odd;
  std::size_t from = 0;
  for (std::size_t at = document.find(kStruct); at != std::string::npos;
       at = document.find(kStruct, from)) {
    odd.append(document, from, at + kStruct.size() - from);
    odd.append("<member>").append(kMembers.at(members_++ % kMembers.size())).append("</member>");
    from = at + kStruct.size();
  }
  odd.append(document, from);
  return in_form(static_cast<Form>(documents_++ % kForms), odd);
}

}  // namespace sfteams::simulator
