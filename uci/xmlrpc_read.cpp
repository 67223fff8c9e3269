#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "crypto/encoding.h"
#include "uci/codes.h"
#include "uci/xml_screen.h"
#include "uci/xmlrpc.h"

namespace sfteams::uci {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

bool is_element(const pugi::xml_node& node) {
  return node.type() == pugi::node_element;
}

/// The types of the extensions are taken with any namespace prefix, those of the standard without.
std::string_view type_of(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const std::size_t colon = name.find(':');
  if (colon == std::string_view::npos) return name;
  const std::string_view local = name.substr(colon + 1);
  const bool extension =
      local == "nil" || local == "i8" || local == "i1" || local == "i2" || local == "float";
  return extension ? local : name;
}

template <typename Number>
bool read_number(std::string_view text, Number& out) {
  text = trim(text);
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, out);
  return failure == std::errc{} && stop == end && !text.empty();
}

bool has_duplicate(const Struct& members) {
  std::vector<std::string_view> names;
  names.reserve(members.size());
  for (const Member& member : members)
    names.emplace_back(member.name);
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

/// Builds values from the parsed document. Every function is false after the first error.
class Reader {
 public:
  explicit Reader(const XmlLimits& limits) : limits_(limits) {}

  [[nodiscard]] tl::unexpected<Error> error() { return tl::unexpected<Error>(std::move(error_)); }

  bool parse(std::string_view xml, pugi::xml_node& root) {
    if (auto screened = screen_xml(xml, limits_); !screened)
      return hand_on(std::move(screened.error()));
    buffer_.assign(xml);
    constexpr unsigned kOptions =
        pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol | pugi::parse_ws_pcdata;
    const pugi::xml_parse_result parsed = document_.load_buffer_inplace(
        buffer_.data(), buffer_.size(), kOptions, pugi::encoding_utf8);
    if (!parsed)
      return reject(codes::kXmlSyntax, fmt::format("the XML document is broken: {} (at byte {})",
                                                   parsed.description(), parsed.offset));
    root = document_.document_element();
    return true;
  }

  /// The only element inside `parent`, or an error that names what was due.
  bool only_child(const pugi::xml_node& parent, std::string_view name, pugi::xml_node& out) {
    out = {};
    for (const pugi::xml_node child : parent.children()) {
      if (!is_element(child)) {
        if (!white(child)) return not_rpc(fmt::format("text beside <{}>", name));
      } else if (out || name != child.name()) {
        return not_rpc(fmt::format("something else than one <{}> inside <{}>", name,
                                   std::string_view(parent.name())));
      } else {
        out = child;
      }
    }
    return static_cast<bool>(out) || not_rpc(fmt::format("no <{}>", name));
  }

  bool params(const pugi::xml_node& parent, Array& out) {
    for (const pugi::xml_node child : parent.children()) {
      if (!is_element(child)) {
        if (!white(child)) return not_rpc("text inside <params>");
        continue;
      }
      if (std::string_view("param") != child.name())
        return not_rpc("something else than <param> inside <params>");
      pugi::xml_node value;
      if (!only_child(child, "value", value) || !read(value, out.emplace_back(), 0)) return false;
    }
    return true;
  }

  bool read(const pugi::xml_node& value, Value& out, int depth) {
    pugi::xml_node typed;
    for (const pugi::xml_node child : value.children()) {
      if (!is_element(child)) continue;
      if (typed) return bad_value("a <value> holds two values");
      typed = child;
    }
    if (!typed) return read_string(value, out);
    if (typed != value.first_child() || typed.next_sibling()) {
      for (const pugi::xml_node child : value.children()) {
        if (!is_element(child) && !white(child))
          return bad_value("a <value> holds text beside its type");
      }
    }
    return read_typed(typed, out, depth);
  }

  /// The text of an element without elements inside.
  bool text(const pugi::xml_node& node, std::string& out) {
    for (const pugi::xml_node child : node.children()) {
      if (is_element(child))
        return bad_value("an element that holds plain text holds another element");
      out += child.value();
    }
    return true;
  }

  bool not_rpc(std::string_view what) {
    return reject(codes::kXmlNotRpc, fmt::format("the document is not XML-RPC: {}", what));
  }

 private:
  static bool white(const pugi::xml_node& node) {
    return node.type() == pugi::node_pcdata && trim(node.value()).empty();
  }

  bool hand_on(Error error) {
    error_ = std::move(error);
    return false;
  }
  bool reject(Code code, std::string message) {
    return hand_on(Error{code, std::move(message), {}});
  }
  bool bad_value(std::string message) { return reject(codes::kXmlBadValue, std::move(message)); }

  bool read_string(const pugi::xml_node& node, Value& out) {
    std::string content;
    if (!text(node, content)) return false;
    out = Value(std::move(content));
    return true;
  }

  bool read_typed(const pugi::xml_node& node, Value& out, int depth) {
    const std::string_view type = type_of(node);
    if (type == "string") return read_string(node, out);
    if (type == "struct") return enter(depth) && read_struct(node, out, depth + 1);
    if (type == "array") return enter(depth) && read_array(node, out, depth + 1);
    std::string content;
    if (!text(node, content)) return false;
    return read_scalar(type, content, out);
  }

  bool read_scalar(std::string_view type, std::string_view content, Value& out) {
    if (type == "int" || type == "i4" || type == "i8" || type == "i1" || type == "i2") {
      std::int64_t number = 0;
      if (!read_number(content, number)) return bad_value("an <int> holds no whole number");
      out = Value(number);
    } else if (type == "boolean") {
      return read_boolean(trim(content), out);
    } else if (type == "double" || type == "float") {
      double number = 0;
      if (!read_number(content, number) || !std::isfinite(number))
        return bad_value("a <double> holds no number");
      out = Value(number);
    } else if (type == "dateTime.iso8601") {
      const auto date = parse_date_time(trim(content));
      if (!date) return bad_value("a <dateTime.iso8601> holds no date");
      out = Value(*date);
    } else if (type == "base64") {
      auto bytes = crypto::from_base64(content, true);
      if (!bytes) return bad_value("a <base64> holds something else");
      out = Value(std::move(*bytes));
    } else if (type == "nil") {
      if (!trim(content).empty()) return bad_value("a <nil> holds text");
      out = Nil{};
    } else {
      return bad_value("a <value> has a type that XML-RPC does not know");
    }
    return true;
  }

  bool read_boolean(std::string_view content, Value& out) {
    const bool yes = content == "1" || content == "true";
    if (!yes && content != "0" && content != "false")
      return bad_value("a <boolean> is neither 0 nor 1");
    out = Value(yes);
    return true;
  }

  bool enter(int depth) {
    return depth < limits_.depth ||
           reject(codes::kXmlTooDeep, "the XML-RPC values are nested too deeply");
  }

  bool read_array(const pugi::xml_node& node, Value& out, int depth) {
    Array items;
    // Some writers leave <data> out of an empty array.
    if (node.first_child()) {
      pugi::xml_node data;
      if (!only_child(node, "data", data)) return false;
      for (const pugi::xml_node child : data.children()) {
        if (!is_element(child)) {
          if (!white(child)) return not_rpc("text inside <data>");
          continue;
        }
        if (std::string_view("value") != child.name())
          return not_rpc("something else than <value> inside <data>");
        if (!read(child, items.emplace_back(), depth)) return false;
      }
    }
    out = Value(std::move(items));
    return true;
  }

  bool read_struct(const pugi::xml_node& node, Value& out, int depth) {
    Struct members;
    for (const pugi::xml_node child : node.children()) {
      if (!is_element(child)) {
        if (!white(child)) return not_rpc("text inside <struct>");
        continue;
      }
      if (std::string_view("member") != child.name())
        return not_rpc("something else than <member> inside <struct>");
      if (!read_member(child, members.emplace_back(), depth)) return false;
    }
    if (has_duplicate(members)) return bad_value("a <struct> has two members of one name");
    out = Value(std::move(members));
    return true;
  }

  bool read_member(const pugi::xml_node& node, Member& out, int depth) {
    pugi::xml_node name;
    pugi::xml_node value;
    for (const pugi::xml_node child : node.children()) {
      const std::string_view part = child.name();
      if (is_element(child) && part == "name" && !name) {
        name = child;
      } else if (is_element(child) && part == "value" && !value) {
        value = child;
      } else if (is_element(child) || !white(child)) {
        return not_rpc("something else than one <name> and one <value> inside <member>");
      }
    }
    if (!name || !value) return not_rpc("a <member> without <name> or <value>");
    return text(name, out.name) && read(value, out.value, depth);
  }

  const XmlLimits& limits_;
  std::string buffer_;
  pugi::xml_document document_;
  Error error_{codes::kXmlSyntax, {}, {}};
};

bool read_fault(Reader& reader, const pugi::xml_node& node, Response& out) {
  pugi::xml_node holder;
  Value value;
  if (!reader.only_child(node, "value", holder) || !reader.read(holder, value, 0)) return false;
  if (value.as_struct() == nullptr) return reader.not_rpc("a <fault> without a struct");
  Fault fault;
  if (const Value* code = value.find("faultCode")) {
    if (const std::int64_t* number = code->as_int()) fault.code = *number;
    if (const std::string* text = code->as_string()) read_number(*text, fault.code);
  }
  if (const Value* text = value.find("faultString"); text != nullptr && text->as_string())
    fault.text = *text->as_string();
  out = std::move(fault);
  return true;
}

bool read_response(Reader& reader, const pugi::xml_node& root, Response& out) {
  const pugi::xml_node fault = root.child("fault");
  pugi::xml_node inner;
  if (!reader.only_child(root, fault ? "fault" : "params", inner)) return false;
  if (fault) return read_fault(reader, fault, out);
  Array values;
  if (!reader.params(inner, values)) return false;
  if (values.size() > 1) return reader.not_rpc("an answer of several values");
  out = values.empty() ? Value() : std::move(values.front());
  return true;
}

bool read_call(Reader& reader, const pugi::xml_node& root, Call& out) {
  pugi::xml_node name;
  pugi::xml_node params;
  for (const pugi::xml_node child : root.children()) {
    const std::string_view part = child.name();
    if (!is_element(child)) continue;
    if (part == "methodName" && !name) {
      name = child;
    } else if (part == "params" && !params) {
      params = child;
    } else {
      return reader.not_rpc("something else than <methodName> and <params> inside <methodCall>");
    }
  }
  std::string method;
  if (!reader.text(name, method)) return false;
  out.method = trim(method);
  if (out.method.empty()) return reader.not_rpc("a call without a method name");
  return reader.params(params, out.params);
}

}  // namespace

Result<Call> parse_call(std::string_view xml, const XmlLimits& limits) {
  xml = without_mark(xml);
  Reader reader(limits);
  pugi::xml_node root;
  Call call;
  if (!reader.parse(xml, root)) return reader.error();
  if (std::string_view("methodCall") != root.name()) {
    reader.not_rpc("its root is not <methodCall>");
    return reader.error();
  }
  if (!read_call(reader, root, call)) return reader.error();
  return call;
}

Result<Response> parse_response(std::string_view xml, const XmlLimits& limits) {
  if (looks_like_html(xml)) return fail(codes::kReplyIsHtml, "the reply is a web page");
  xml = without_mark(xml);
  Reader reader(limits);
  pugi::xml_node root;
  Response response;
  if (!reader.parse(xml, root)) return reader.error();
  if (std::string_view("methodResponse") != root.name()) {
    reader.not_rpc("its root is not <methodResponse>");
    return reader.error();
  }
  if (!read_response(reader, root, response)) return reader.error();
  return response;
}

}  // namespace sfteams::uci
