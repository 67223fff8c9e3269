#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/text/encoding.h"
#include "uci/codes.h"
#include "uci/xml_screen.h"
#include "uci/xmlrpc.h"

namespace sfteams::uci {
namespace {

constexpr std::string_view kHead = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
constexpr std::size_t kMaxMethodName = 255;
constexpr int kMaxDepth = 32;

bool is_method_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == ':' || c == '/';
}

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view kSpecial = "&<>\r";
  while (true) {
    const std::size_t at = text.find_first_of(kSpecial);
    out += text.substr(0, at);
    if (at == std::string_view::npos) return;
    switch (text[at]) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += "&#13;";
        break;  // a bare CR would be read as LF (XML 1.0 section 2.11)
    }
    text.remove_prefix(at + 1);
  }
}

/// Appends values to a document; false after the first error.
class Writer {
 public:
  explicit Writer(NilHabit nil) : nil_(nil) {}

  std::string out;

  [[nodiscard]] tl::unexpected<Error> error() { return tl::unexpected<Error>(std::move(error_)); }

  bool value(const Value& value, int depth = 0) {
    out += "<value>";
    if (!content(value, depth)) return false;
    out += "</value>";
    return true;
  }

 private:
  bool reject(Code code, std::string message) {
    error_ = {code, std::move(message), {}};
    return false;
  }

  bool content(const Value& value, int depth) {
    switch (value.type()) {
      case Value::Type::nil:
        out += nil_ == NilHabit::element ? "<nil/>" : "<string></string>";
        return true;
      case Value::Type::boolean:
        out += *value.as_bool() ? "<boolean>1</boolean>" : "<boolean>0</boolean>";
        return true;
      case Value::Type::integer:
        return integer(*value.as_int());
      case Value::Type::real:
        return real(*value.as_double());
      case Value::Type::string:
        return element("string", *value.as_string());
      case Value::Type::date_time:
        return element("dateTime.iso8601", to_xmlrpc(*value.as_date_time()));
      case Value::Type::base64:
        return element("base64", text::to_base64(*value.as_base64()));
      case Value::Type::array:
        return array(*value.as_array(), depth + 1);
      case Value::Type::structure:
        return structure(*value.as_struct(), depth + 1);
    }
    return true;
  }

  bool element(std::string_view name, std::string_view text) {
    out += '<';
    out += name;
    out += '>';
    if (!escaped(text)) return false;
    out += "</";
    out += name;
    out += '>';
    return true;
  }

  bool escaped(std::string_view text) {
    switch (text_flaw(text)) {
      case TextFlaw::none:
        break;
      case TextFlaw::not_utf8:
        return reject(codes::kTextNotAllowed, "a text is not UTF-8");
      case TextFlaw::bad_character:
        return reject(codes::kTextNotAllowed,
                      "a text holds a control character that XML cannot carry");
    }
    append_escaped(out, text);
    return true;
  }

  bool integer(std::int64_t number) {
    if (number < std::numeric_limits<std::int32_t>::min() ||
        number > std::numeric_limits<std::int32_t>::max())
      return reject(codes::kIntOutOfRange,
                    fmt::format("the whole number {} has more than 32 bits", number));
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return element("int", std::string_view(digits.data(), end));
  }

  bool real(double number) {
    if (!std::isfinite(number))
      return reject(codes::kNotFinite, "a number is infinite or no number at all");
    // Without an exponent, as the specification has it: 309 digits before the point, 1,074 behind
    // it.
    std::array<char, 1500> digits{};
    char* end = std::to_chars(digits.data(), digits.data() + digits.size(), number,
                              std::chars_format::fixed)
                    .ptr;
    std::string text(digits.data(), end);
    if (text.find('.') == std::string::npos) text += ".0";
    return element("double", text);
  }

  bool deep(int depth) {
    return depth <= kMaxDepth ||
           reject(codes::kValueTooDeep,
                  fmt::format("arrays and structs are nested more than {} deep", kMaxDepth));
  }

  bool array(const Array& items, int depth) {
    if (!deep(depth)) return false;
    out += "<array><data>";
    for (const Value& item : items) {
      if (!value(item, depth)) return false;
    }
    out += "</data></array>";
    return true;
  }

  bool structure(const Struct& members, int depth) {
    if (!deep(depth)) return false;
    out += "<struct>";
    for (const Member& member : members) {
      out += "<member><name>";
      if (!escaped(member.name)) return false;
      out += "</name>";
      if (!value(member.value, depth)) return false;
      out += "</member>";
    }
    out += "</struct>";
    return true;
  }

  NilHabit nil_;
  Error error_{codes::kTextNotAllowed, {}, {}};
};

}  // namespace

Result<std::string> write_call(std::string_view method, std::span<const Value> params,
                               NilHabit nil) {
  if (method.empty() || method.size() > kMaxMethodName ||
      !std::all_of(method.begin(), method.end(), is_method_char))
    return fail(codes::kBadMethodName,
                "the method name is empty, too long or holds other "
                "characters than letters, digits, '_', '.', ':' and '/'");
  Writer writer(nil);
  writer.out.reserve(512);
  writer.out.append(kHead).append("<methodCall><methodName>").append(method);
  writer.out += "</methodName><params>";
  for (const Value& param : params) {
    writer.out += "<param>";
    if (!writer.value(param)) return writer.error();
    writer.out += "</param>";
  }
  writer.out += "</params></methodCall>";
  return std::move(writer.out);
}

Result<std::string> write_response(const Value& value, NilHabit nil) {
  Writer writer(nil);
  writer.out.reserve(512);
  writer.out.append(kHead).append("<methodResponse><params><param>");
  if (!writer.value(value)) return writer.error();
  writer.out += "</param></params></methodResponse>";
  return std::move(writer.out);
}

std::string write_fault(const Fault& fault) {
  std::string text = fault.text;
  if (text_flaw(text) != TextFlaw::none) {
    const auto foreign = [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return byte >= 0x80 || (byte < 0x20 && c != '\n' && c != '\t');
    };
    std::replace_if(text.begin(), text.end(), foreign, '?');
  }
  const std::int64_t code =
      std::clamp<std::int64_t>(fault.code, std::numeric_limits<std::int32_t>::min(),
                               std::numeric_limits<std::int32_t>::max());
  std::string out(kHead);
  out += "<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>";
  out += std::to_string(code);
  out += "</int></value></member><member><name>faultString</name><value><string>";
  append_escaped(out, text);
  out += "</string></value></member></struct></value></fault></methodResponse>";
  return out;
}

}  // namespace sfteams::uci
