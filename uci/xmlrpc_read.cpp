#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "uci/codes.h"
#include "uci/xml_mend.h"
#include "uci/xml_scalar.h"
#include "uci/xml_screen.h"
#include "uci/xml_space.h"
#include "uci/xmlrpc.h"

namespace sfteams::uci {
namespace {

bool is_element(const pugi::xml_node& node) {
  return node.type() == pugi::node_element;
}

/// The name without its namespace prefix: whether that was bound, and to what, makes no difference.
std::string_view name_of(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

bool is(const pugi::xml_node& node, std::string_view name) {
  return is_element(node) && name_of(node) == name;
}

/// The first element of that name inside, or a null node.
pugi::xml_node first_of(const pugi::xml_node& parent, std::string_view name) {
  return parent.find_child([name](const pugi::xml_node& child) { return is(child, name); });
}

/// All text inside, that of elements inside included.
void append_text(const pugi::xml_node& node, std::string& out) {
  for (const pugi::xml_node child : node.children()) {
    if (is_element(child)) {
      append_text(child, out);
    } else {
      out += child.value();
    }
  }
}

std::string text_of(const pugi::xml_node& node) {
  std::string text;
  append_text(node, text);
  return text;
}

bool is_known_type(const pugi::xml_node& node) {
  const std::string_view type = name_of(node);
  return type == "struct" || type == "array" || is_scalar_type(type);
}

/// Of members of one name the last one counts, as in the maps of most languages.
void drop_duplicates(Struct& members) {
  std::set<std::string_view> names;
  for (const Member& member : members)
    names.insert(member.name);
  if (names.size() == members.size()) return;
  names.clear();
  Struct kept;
  for (auto member = members.rbegin(); member != members.rend(); ++member) {
    if (!names.insert(member->name).second) continue;
    kept.push_back(*member);  // not moved: `names` looks at its name
  }
  std::reverse(kept.begin(), kept.end());
  members = std::move(kept);
}

/// Builds values from the parsed document. What is odd costs itself and nothing beside it: it
/// becomes the text that stands there, nil, or nothing where it has no name. Every function is
/// false after an error, which only nesting that is too deep can be.
class Reader {
 public:
  explicit Reader(const XmlLimits& limits) : limits_(limits) {}

  [[nodiscard]] tl::unexpected<Error> error() { return tl::unexpected<Error>(std::move(error_)); }

  bool parse(std::string_view xml, std::string_view root_name, pugi::xml_node& root) {
    auto mended = mend_document(xml, limits_.bytes);
    if (!mended) return hand_on(std::move(mended.error()));
    buffer_ = std::move(*mended);
    if (root_name == "methodResponse" && looks_like_html(buffer_))
      return reject(codes::kReplyIsHtml, "the reply is a web page");
    if (auto screened = screen_xml(buffer_, limits_); !screened)
      return hand_on(std::move(screened.error()));
    constexpr unsigned kOptions =
        pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol | pugi::parse_ws_pcdata;
    const pugi::xml_parse_result parsed = document_.load_buffer_inplace(
        buffer_.data(), buffer_.size(), kOptions, pugi::encoding_utf8);
    if (!parsed)
      return reject(codes::kXmlSyntax, fmt::format("the XML document is broken: {} (at byte {})",
                                                   parsed.description(), parsed.offset));
    root = document_.document_element();
    return is(root, root_name) || not_rpc(fmt::format("its root is not <{}>", root_name));
  }

  /// What <params> or <data> holds, in its order.
  bool list(const pugi::xml_node& parent, std::string_view item, Array& out, int depth) {
    for (const pugi::xml_node child : parent.children()) {
      if (!is_element(child)) continue;
      const bool read_well = is(child, item) ? holder(child, out.emplace_back(), depth)
                                             : element(child, out.emplace_back(), depth);
      if (!read_well) return false;
    }
    return true;
  }

  /// What has one <value> inside: <param> and <fault>; a <value> itself, too.
  bool holder(const pugi::xml_node& node, Value& out, int depth) {
    if (is(node, "value")) return value(node, out, depth);
    if (const pugi::xml_node inner = first_of(node, "value")) return value(inner, out, depth);
    // A type without the <value> around it.
    if (const pugi::xml_node typed = node.find_child(is_element)) return element(typed, out, depth);
    out = scalar_of({}, text_of(node));
    return true;
  }

  bool not_rpc(std::string_view what) {
    return reject(codes::kXmlNotRpc, fmt::format("the document is not XML-RPC: {}", what));
  }

 private:
  bool hand_on(Error error) {
    error_ = std::move(error);
    return false;
  }
  bool reject(Code code, std::string message) {
    return hand_on(Error{code, std::move(message), {}});
  }

  bool value(const pugi::xml_node& node, Value& out, int depth) {
    pugi::xml_node typed = node.find_child(is_element);
    if (!typed) {
      out = Value(text_of(node));
      return true;
    }
    // Of two values the one that is understood.
    if (const pugi::xml_node known = node.find_child(is_known_type)) typed = known;
    return element(typed, out, depth);
  }

  /// An element that stands for a type, or a <value> where none should be.
  bool element(const pugi::xml_node& node, Value& out, int depth) {
    const std::string_view type = name_of(node);
    if (type == "value") return value(node, out, depth);
    if (type == "struct") return enter(depth) && structure(node, out, depth + 1);
    if (type == "array") return enter(depth) && array(node, out, depth + 1);
    out = scalar_of(type, text_of(node));
    return true;
  }

  bool enter(int depth) {
    return depth < limits_.depth ||
           reject(codes::kXmlTooDeep, "the XML-RPC values are nested too deeply");
  }

  bool array(const pugi::xml_node& node, Value& out, int depth) {
    Array items;
    // Some writers leave <data> out.
    if (!first_of(node, "data")) {
      if (!list(node, "value", items, depth)) return false;
    } else {
      for (const pugi::xml_node data : node.children()) {
        if (is(data, "data") && !list(data, "value", items, depth)) return false;
      }
    }
    out = Value(std::move(items));
    return true;
  }

  bool structure(const pugi::xml_node& node, Value& out, int depth) {
    Struct members;
    for (const pugi::xml_node child : node.children()) {
      const pugi::xml_node name = is(child, "member") ? first_of(child, "name") : pugi::xml_node();
      if (!name) continue;
      members.push_back({text_of(name), Value()});
      if (!member_value(child, name, members.back().value, depth)) return false;
    }
    drop_duplicates(members);
    out = Value(std::move(members));
    return true;
  }

  bool member_value(const pugi::xml_node& member, const pugi::xml_node& name, Value& out,
                    int depth) {
    if (const pugi::xml_node inner = first_of(member, "value")) return value(inner, out, depth);
    const pugi::xml_node typed = member.find_child(
        [&name](const pugi::xml_node& child) { return is_element(child) && child != name; });
    return !typed || element(typed, out, depth);
  }

  const XmlLimits& limits_;
  std::string buffer_;
  pugi::xml_document document_;
  Error error_{codes::kXmlSyntax, {}, {}};
};

/// A fault is never taken for an answer, whatever it holds.
bool read_fault(Reader& reader, const pugi::xml_node& node, Response& out) {
  Value value;
  if (!reader.holder(node, value, 0)) return false;
  Fault fault;
  if (const Value* code = value.find("faultCode")) {
    if (const std::int64_t* number = code->as_int()) fault.code = *number;
    // A number that does not fit keeps 0.
    if (const std::string* text = code->as_string()) (void)read_integer(*text, fault.code);
  }
  const Value* text = value.as_struct() != nullptr ? value.find("faultString") : &value;
  if (text != nullptr && text->as_string() != nullptr) fault.text = *text->as_string();
  out = std::move(fault);
  return true;
}

bool read_response(Reader& reader, const pugi::xml_node& root, Response& out) {
  if (const pugi::xml_node fault = first_of(root, "fault")) return read_fault(reader, fault, out);
  Array values;
  if (const pugi::xml_node params = first_of(root, "params")) {
    if (!reader.list(params, "param", values, 0)) return false;
  } else if (root.find_child(is_element) || !is_xml_space(text_of(root))) {
    return reader.not_rpc("neither <params> nor <fault> inside <methodResponse>");
  }
  out = values.empty() ? Value() : std::move(values.front());
  return true;
}

bool read_call(Reader& reader, const pugi::xml_node& root, Call& out) {
  const std::string method = text_of(first_of(root, "methodName"));
  if (is_xml_space(method)) return reader.not_rpc("a call without a method name");
  out.method = without_xml_space(method);
  return reader.list(first_of(root, "params"), "param", out.params, 0);
}

}  // namespace

Result<Call> parse_call(std::string_view xml, const XmlLimits& limits) {
  Reader reader(limits);
  pugi::xml_node root;
  Call call;
  if (!reader.parse(xml, "methodCall", root) || !read_call(reader, root, call))
    return reader.error();
  return call;
}

Result<Response> parse_response(std::string_view xml, const XmlLimits& limits) {
  Reader reader(limits);
  pugi::xml_node root;
  Response response;
  if (!reader.parse(xml, "methodResponse", root) || !read_response(reader, root, response))
    return reader.error();
  return response;
}

}  // namespace sfteams::uci
