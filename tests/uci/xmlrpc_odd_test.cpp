// What a PBX may write that is odd. What it answers has happened, so one odd part costs itself at
// most: it becomes the text that stands there, nil or U+FFFD.

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "tests/contains.h"
#include "tests/seed.h"
#include "tests/uci/value_of_document.h"
#include "uci/codes.h"
#include "uci/json_mapping.h"
#include "uci/xml_mend.h"
#include "uci/xmlrpc.h"

using namespace std::string_literals;  // NOLINT: only for texts that hold a NUL
using sfteams::uci::Array;
using sfteams::uci::Bytes;
using sfteams::uci::DateTime;
using sfteams::uci::Fault;
using sfteams::uci::Nil;
using sfteams::uci::parse_call;
using sfteams::uci::parse_response;
using sfteams::uci::Struct;
using sfteams::uci::Value;
using sfteams::uci::value_of_document;

namespace {

std::string response_of(const std::string& value) {
  return "<methodResponse><params><param>" + value + "</param></params></methodResponse>";
}

/// What stands inside <value>.
Value read(const std::string& content) {
  return value_of_document(response_of("<value>" + content + "</value>"));
}

Value text(const std::string& content) {
  return read("<string>" + content + "</string>");
}

struct Odd {
  std::string xml;  // inside <value>
  Value read;
};

const std::vector<Odd>& odd_values() {
  constexpr double kHalf = 0.5;
  static const std::vector<Odd> kOdd{
      // Whole numbers.
      {"<int/>", Nil{}},
      {"<int> </int>", Nil{}},
      {"<int>x</int>", "x"},
      {"<int>1 2</int>", "1 2"},
      {"<int>+-1</int>", "+-1"},
      {"<int>0x10</int>", "0x10"},
      {"<int>444.0</int>", 444.0},
      {"<int>0,5</int>", kHalf},
      {"<int>2147483648</int>", INT64_C(2147483648)},
      {"<int>99999999999999999999</int>", "99999999999999999999"},
      {"<i8>9223372036854775807</i8>", std::numeric_limits<std::int64_t>::max()},
      {"<i8>9223372036854775808</i8>", "9223372036854775808"},
      {"<int><int>1</int></int>", 1},
      // The extensions of Apache ws-xmlrpc, and names of other libraries.
      {"<ex:i1>-128</ex:i1>", -128},
      {"<ex:i2> 32767 </ex:i2>", 32767},
      {"<ex:i8>5</ex:i8>", 5},
      {"<ex:float>0.5</ex:float>", kHalf},
      {"<ex:bigdecimal>12.50</ex:bigdecimal>", 12.5},
      {"<ex:bigdecimal>1234567890123456.5</ex:bigdecimal>", "1234567890123456.5"},
      {"<ex:bigdecimal/>", Nil{}},
      {"<ex:biginteger>12345678901234567</ex:biginteger>", INT64_C(12345678901234567)},
      {"<ex:biginteger>123456789012345678901</ex:biginteger>", "123456789012345678901"},
      {"<ex:dateTime>2026-11-23T10:00:00.000+01:00</ex:dateTime>",
       DateTime{2026, 11, 23, 10, 0, 0, 60}},
      {"<ex:dateTime>2026-11-23+01:00</ex:dateTime>", "2026-11-23+01:00"},
      {"<ex:serializable>AAE=</ex:serializable>", Bytes{0, 1}},
      {"<ex:dom><a>b<c>d</c></a></ex:dom>", "bd"},
      {"<ex:nil/>", Nil{}},
      {"<nil>x</nil>", Nil{}},
      {"<long>5</long>", 5},
      {"<short>5</short>", 5},
      {"<byte>5</byte>", 5},
      {"<x:string> a </x:string>", " a "},
      {"<x:boolean xmlns:x='urn:x'>1</x:boolean>", true},
      // Truth.
      {"<boolean>true</boolean>", true},
      {"<boolean> FALSE </boolean>", false},
      {"<boolean>2</boolean>", "2"},
      {"<boolean>yes</boolean>", "yes"},
      {"<boolean/>", Nil{}},
      // Numbers with a point.
      {"<double>NaN</double>", "NaN"},
      {"<double>nan</double>", "nan"},
      {"<double>INF</double>", "INF"},
      {"<double>-Infinity</double>", "-Infinity"},
      {"<double>1e999</double>", "1e999"},
      {"<double> 5E-1 </double>", kHalf},
      {"<double>0,5</double>", kHalf},
      {"<double>1.234,5</double>", "1.234,5"},
      {"<double/>", Nil{}},
      {"<double>\n</double>", Nil{}},
      // Dates.
      {"<dateTime.iso8601/>", Nil{}},
      {"<dateTime.iso8601>00000000T00:00:00</dateTime.iso8601>", "00000000T00:00:00"},
      {"<dateTime.iso8601>today</dateTime.iso8601>", "today"},
      {"<dateTime.iso8601>20261131T10:00:00</dateTime.iso8601>", "20261131T10:00:00"},
      {"<dateTime.iso8601>2026-11-23T10:00:00</dateTime.iso8601>",
       DateTime{2026, 11, 23, 10, 0, 0, {}}},
      {"<dateTime.iso8601>20261123T10:00:00.123Z</dateTime.iso8601>",
       DateTime{2026, 11, 23, 10, 0, 0, 0}},
      {"<dateTime.iso8601> 20261123T100000-0130 </dateTime.iso8601>",
       DateTime{2026, 11, 23, 10, 0, 0, -90}},
      // Bytes.
      {"<base64/>", Bytes{}},
      {"<base64>YQ</base64>", Bytes{'a'}},
      {"<base64>!</base64>", "!"},
      // Shapes.
      {"<text>x</text>", "x"},
      {"<text><b>x</b>y</text>", "xy"},
      {"<text/>", Nil{}},
      {"text<int>1</int>", 1},
      {"<int>1</int>text", 1},
      {"<int>1</int><int>2</int>", 1},
      {"<comment>x</comment><int>2</int>", 2},
      {"<string>a<b>c</b></string>", "ac"},
      {"<value><int>1</int></value>", 1},
      {"<array><value>a</value></array>", Array{"a"}},
      {"<array><data><int>1</int></data></array>", Array{1}},
      {"<array><data/><data><value>a</value></data></array>", Array{"a"}},
      {"<array><data>text<value>a</value></data></array>", Array{"a"}},
      {"<struct><value/></struct>", Struct{}},
      {"<struct>text</struct>", Struct{}},
      {"<struct><member><name>a</name></member></struct>", Struct{{"a", Nil{}}}},
      {"<struct><member><value>a</value></member></struct>", Struct{}},
      {"<struct><member><name>a</name><int>1</int></member></struct>", Struct{{"a", 1}}},
      {"<struct><member><name>a</name><name>b</name><value/></member></struct>", Struct{{"a", ""}}},
      {"<struct><member><name>a</name><value>1</value><value>2</value></member></struct>",
       Struct{{"a", "1"}}},
      {"<struct><member>text<name>a</name><value/></member></struct>", Struct{{"a", ""}}},
      {"<struct><member><name>a</name><value>1</value></member><member><name>b</name><value/>"
       "</member><member><name>a</name><value>2</value></member></struct>",
       Struct{{"b", ""}, {"a", "2"}}},
      {"<x:struct><x:member><x:name>a</x:name><x:value><x:int>1</x:int></x:value></x:member>"
       "</x:struct>",
       Struct{{"a", 1}}},
      // Characters and entities.
      {"<string>&#55356;&#57140;</string>", "🌴"},
      {"<string>&#xd83c;&#xDF34;</string>", "🌴"},
      {"<string>&#55356;</string>", "\uFFFD"},
      {"<string>&#57140;&#55356;x</string>", "\uFFFD\uFFFDx"},
      {"<string>&#27;[0m</string>", "\uFFFD[0m"},
      {"<string>&#0;</string>", "\uFFFD"},
      {"<string>&#xFFFF;</string>", "\uFFFD"},
      {"<string>&#99999999999999999999999;</string>", "\uFFFD"},
      {"<string>&#000000000000000000000065;</string>", "A"},
      {"<string>a\x1b\x01</string>", "a\uFFFD\uFFFD"},
      {"<string>a\0b</string>"s, "a\uFFFDb"},
      {"<string>\xEF\xBF\xBF</string>", "\uFFFD"},
      {"<string>&lol; &nbsp; & &amp &#; &#x; &#1F; &#-1;</string>",
       "&lol; &nbsp; & &amp &#; &#x; &#1F; &#-1;"},
      {"<string><![CDATA[&#27;]]>&#27;</string>", "&#27;\uFFFD"},
      {"<string a=\"&#27;&lol;\">x</string>", "x"},
      // CESU-8, modified UTF-8 and what is no UTF-8 at all.
      {"<string>\xED\xA0\xBC\xED\xBC\xB4</string>", "🌴"},
      {"<string>\xED\xA0\xBCx</string>", "\uFFFDx"},
      {"<string>a\xC0\x80</string>", "a\uFFFD"},
      {"<string>M\xFCller \x80\x81</string>", "Müller €\uFFFD"},
      {"<string>M\xFCller und M\xC3\xBCller</string>", "Müller und Müller"},
      {"<string>\xC3</string>", "Ã"},
      {"<string>\xF5\x80\x80\x80</string>", "õ€€€"},
  };
  return kOdd;
}

}  // namespace

TEST_CASE("every odd value is read as what can be kept of it") {
  for (const Odd& odd : odd_values()) {
    CAPTURE(odd.xml);
    CHECK(read(odd.xml) == odd.read);
  }
}

TEST_CASE("what was read of an odd value can be written, read again and told in JSON") {
  for (const Odd& odd : odd_values()) {
    CAPTURE(odd.xml);
    const auto json = sfteams::json::write(sfteams::uci::to_json(odd.read));
    CHECK(sfteams::json::parse(json));
    const std::int64_t* number = odd.read.as_int();
    if (number != nullptr && *number > std::numeric_limits<std::int32_t>::max()) continue;
    const auto written = sfteams::uci::write_response(odd.read);
    REQUIRE(written);
    // A date with a zone is written in UTC, without it.
    CHECK(sfteams::uci::write_response(value_of_document(*written)).value() == *written);
  }
}

TEST_CASE("one odd member anywhere in a call list leaves all others intact") {
  // Every way in which a member can be odd: its value, its name, its shape.
  std::vector<std::string> odd{"<member/>",
                               "<member><value>x</value></member>",
                               "<member><name>odd</name></member>",
                               "<member>text</member>",
                               "text",
                               "<x/>",
                               "<value>x</value>",
                               "<name>odd</name>",
                               "\x01",
                               "\xFC",
                               "<member><name>odd\x01</name><value/></member>",
                               "<member><name>od<b>d</b></name><value/></member>"};
  for (const Odd& value : odd_values())
    odd.push_back("<member><name>odd</name><value>" + value.xml + "</value></member>");
  for (const char* content : {"&#55356;", "\xED\xA0\xBC", "\xF0\x9F", "&#27", "]]>"})
    odd.push_back("<member><name>odd</name><value>"s + content + "</value></member>");

  const std::vector<std::string> members{
      "<member><name>id</name><value><string>7\u00fc🌴</string></value></member>",
      "<member><name>duration</name><value><int>17</int></value></member>",
      "<member><name>startTime</name><value><dateTime.iso8601>20261123T10:00:00"
      "</dateTime.iso8601></value></member>"};
  const Struct kept{
      {"id", "7\u00fc🌴"}, {"duration", 17}, {"startTime", DateTime{2026, 11, 23, 10, 0, 0, {}}}};
  for (const std::string& one : odd) {
    CAPTURE(one);
    for (std::size_t entry = 0; entry < 3; ++entry) {
      for (std::size_t place = 0; place <= members.size(); ++place) {
        std::string list;
        for (std::size_t i = 0; i < 3; ++i) {
          list += "<value><struct>";
          for (std::size_t at = 0; at <= members.size(); ++at) {
            if (i == entry && at == place) list += one;
            if (at < members.size()) list += members[at];
          }
          list += "</struct></value>";
        }
        const Value read_list = value_of_document(
            response_of("<value><struct><member><name>entries</name><value><array><data>" + list +
                        "</data></array></value></member><member><name>totalCount</name><value>"
                        "<int>3</int></value></member></struct></value>"));
        REQUIRE(read_list.find("totalCount") != nullptr);
        CHECK(*read_list.find("totalCount") == Value(3));
        const auto* entries = read_list.find("entries")->as_array();
        REQUIRE(entries != nullptr);
        REQUIRE(entries->size() == 3);
        for (const Value& item : *entries) {
          for (const auto& member : kept) {
            REQUIRE(item.find(member.name) != nullptr);
            REQUIRE(*item.find(member.name) == member.value);
          }
        }
      }
    }
  }
}

TEST_CASE("a document is decoded as it declares itself") {
  const auto declared = [](const std::string& encoding, const std::string& content) {
    return value_of_document("<?xml version=\"1.0\" encoding=\"" + encoding + "\"?>\n" +
                             response_of("<value>" + content + "</value>"));
  };
  for (const char* name : {"ISO-8859-1", "iso-8859-1", "ISO8859_1", "windows-1252", "Cp1252"}) {
    CAPTURE(name);
    CHECK(declared(name, "M\xFCller \x80") == Value("Müller €"));
    CHECK(declared(name, "\xC3\xBC \xFC") == Value("Ã¼ ü"));
    // The declaration is wrong: no German text looks like this by chance.
    CHECK(declared(name, "Müller") == Value("Müller"));
  }
  CHECK(declared("ISO-8859-15", "M\xFCller \xA4 \xBD") == Value("Müller € œ"));
  CHECK(declared("UTF-8", "Müller") == Value("Müller"));
  CHECK(declared("US-ASCII", "M\xFCller") == Value("Müller"));
  CHECK(declared("x-made-up", "Müller") == Value("Müller"));
  CHECK(declared("x-made-up", "M\xFCller") == Value("Müller"));
  CHECK(declared("UTF-16", "Müller") == Value("Müller"));
}

TEST_CASE("UTF-16 and UTF-32 are read, with a byte order mark or without") {
  const std::u32string characters =
      U"<?xml version=\"1.0\" encoding=\"UTF-16\"?><methodResponse><params><param><value>Müller "
      U"\U0001F334</value></param></params></methodResponse>";
  const auto units = [&characters](std::size_t width, bool big, bool mark) {
    std::string out;
    const auto put = [&](char32_t unit) {
      for (std::size_t i = 0; i < width; ++i)
        out += static_cast<char>((unit >> (8 * (big ? width - 1 - i : i))) & 0xFFU);
    };
    if (mark) put(0xFEFF);
    for (const char32_t c : characters) {
      if (width == 2 && c >= 0x10000) {
        put(0xD800 + ((c - 0x10000) >> 10U));
        put(0xDC00 + ((c - 0x10000) & 0x3FFU));
      } else {
        put(c);
      }
    }
    return out;
  };
  for (const std::size_t width : {2U, 4U}) {
    for (const bool big : {false, true}) {
      for (const bool mark : {false, true}) {
        CAPTURE(width, big, mark);
        CHECK(value_of_document(units(width, big, mark)) == Value("Müller 🌴"));
        CHECK(value_of_document(units(width, big, mark) + std::string(width, '\0')) ==
              Value("Müller 🌴"));
        // Of a writer who ends a text in units with one byte.
        CHECK(value_of_document(units(width, big, mark) + "\n") == Value("Müller 🌴"));
        CHECK(value_of_document(units(width, big, mark) + "\0"s) == Value("Müller 🌴"));
      }
    }
  }
  CHECK(value_of_document("\xEF\xBB\xBF" + response_of("<value>ü</value>")) == Value("ü"));
  CHECK(value_of_document(response_of("<value>ü</value>") + "\n\0"s) == Value("ü"));
}

TEST_CASE("half a surrogate pair in UTF-16 is replaced") {
  std::string document;
  for (const char c : response_of("<value>a?b</value>")) {
    document += c == '?' ? '\x3C' : c;
    document += c == '?' ? '\xD8' : '\0';
  }
  CHECK(value_of_document("\xFF\xFE"s + document) == Value("a\uFFFDb"));
}

TEST_CASE("a document that becomes too large when it is decoded is refused") {
  const std::string document = response_of("<value>" + std::string(100, '\xFC') + "</value>");
  sfteams::uci::XmlLimits limits;
  limits.bytes = document.size() + 50;
  const auto response = parse_response(document, limits);
  REQUIRE_FALSE(response.has_value());
  CHECK(response.error().code == sfteams::uci::codes::kXmlTooLarge);
}

TEST_CASE("a document with little in it that is odd keeps its length") {
  const std::string plain = response_of("<value>a &amp; &#252; <![CDATA[&#27;]]></value>");
  CHECK(sfteams::uci::mend_document(plain, 1000).value() == plain);
}

TEST_CASE("an answer of an odd shape is what can be kept of it") {
  CHECK(value_of_document("<methodResponse><params>x<param><value>a</value></param></params>"
                          "</methodResponse>") == Value("a"));
  CHECK(value_of_document("<methodResponse><params><param><value>a</value><value>b</value>"
                          "</param><param><value>c</value></param></params></methodResponse>") ==
        Value("a"));
  CHECK(value_of_document("<methodResponse><params><value>a</value></params></methodResponse>") ==
        Value("a"));
  CHECK(value_of_document("<methodResponse><params><param><int>1</int></param></params>"
                          "</methodResponse>") == Value(1));
  CHECK(value_of_document("<x:methodResponse xmlns:x='urn:x'><x:params><x:param><x:value>a"
                          "</x:value></x:param></x:params></x:methodResponse>") == Value("a"));
}

TEST_CASE("a fault is a fault, whatever it holds") {
  struct Case {
    const char* inside;
    std::int64_t code;
    const char* text;
  };
  for (const Case& one :
       {Case{"", 0, ""}, Case{"<value>not connected</value>", 0, "not connected"},
        Case{"text", 0, "text"}, Case{"<value><int>4</int></value>", 0, ""},
        Case{"<value><struct/></value>", 0, ""},
        Case{"<value><struct><member><name>faultCode</name><value>4</value></member><member>"
             "<name>faultString</name><value>no\x1b</value></member></struct></value>",
             4, "no\uFFFD"},
        Case{"<value><struct><member><name>faultCode</name><value><int>99999999999999999999"
             "</int></value></member></struct></value>",
             0, ""}}) {
    for (const char* beside : {"", "<params/>"}) {
      const auto response = parse_response("<methodResponse>"s + beside + "<fault>" + one.inside +
                                           "</fault></methodResponse>");
      REQUIRE(response);
      REQUIRE(std::holds_alternative<Fault>(*response));
      CHECK(std::get<Fault>(*response).code == one.code);
      CHECK(std::get<Fault>(*response).text == one.text);
    }
  }
}

TEST_CASE("an event of an odd shape arrives") {
  const auto call = parse_call(
      "<methodCall><x/><methodName>a.b</methodName>text<params><param><value>1&#27;</value>"
      "</param><param/><x>y</x></params><params/></methodCall>");
  REQUIRE(call);
  CHECK(call->method == "a.b");
  CHECK(call->params == Array{"1\uFFFD", Nil{}, "y"});
}

TEST_CASE("what XML cannot carry is refused on its way to the PBX, and all else is plain UTF-8") {
  const auto code_of = [](const Value& value) {
    const auto written = sfteams::uci::write_call("a", {&value, 1});
    return written ? "none"s : std::string(written.error().code.id);
  };
  for (const char* bad : {"\x01", "\x1b", "\xEF\xBF\xBF", "\xED\xA0\xBC", "\xFC"}) {
    CAPTURE(bad);
    CHECK(code_of(bad) == sfteams::uci::codes::kTextNotAllowed.id);
    CHECK(code_of(Struct{{bad, 1}}) == sfteams::uci::codes::kTextNotAllowed.id);
    CHECK(code_of(Array{Struct{{"a", bad}}}) == sfteams::uci::codes::kTextNotAllowed.id);
  }
  const Value palm("im Urlaub 🌴");
  const auto written = sfteams::uci::write_call("a", {&palm, 1});
  REQUIRE(written);
  CHECK(sfteams::contains(*written, "<string>im Urlaub \xF0\x9F\x8C\xB4</string>"));
  CHECK(text("im Urlaub &#55356;&#57140;") == palm);
}
