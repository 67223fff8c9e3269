#include <cstdint>
#include <string>

#include <catch2/catch.hpp>

#include "tests/contains.h"
#include "tests/seed.h"
#include "tests/uci/value_of_document.h"
#include "uci/codes.h"
#include "uci/xmlrpc.h"

namespace codes = sfteams::uci::codes;
using namespace std::string_literals;  // NOLINT: only for texts that hold a NUL
using sfteams::uci::Array;
using sfteams::uci::Bytes;
using sfteams::uci::Fault;
using sfteams::uci::Nil;
using sfteams::uci::parse_call;
using sfteams::uci::parse_response;
using sfteams::uci::Response;
using sfteams::uci::Struct;
using sfteams::uci::Value;
using sfteams::uci::value_of_document;

namespace {

std::string declared_response(const std::string& value) {
  return "<?xml version=\"1.0\"?><methodResponse><params><param>" + value +
         "</param></params></methodResponse>";
}

Value read_value(const std::string& value) {
  return value_of_document(declared_response(value));
}

std::string code_of_document(const std::string& document) {
  sfteams::test::keep_seed("xmlrpc", document);
  const auto response = parse_response(document);
  return response ? "none"s : std::string(response.error().code.id);
}

std::string code_of_value(const std::string& value) {
  return code_of_document(declared_response(value));
}

}  // namespace

TEST_CASE("every type of XML-RPC is read") {
  CHECK(read_value("<value><string>Hallo</string></value>") == Value("Hallo"));
  CHECK(read_value("<value><boolean>1</boolean></value>") == Value(true));
  CHECK(read_value("<value><boolean>0</boolean></value>") == Value(false));
  CHECK(read_value("<value><int>-17</int></value>") == Value(-17));
  CHECK(read_value("<value><i4>+2147483647</i4></value>") == Value(2147483647));
  CHECK(read_value("<value><double>444.0</double></value>") == Value(444.0));
  CHECK(read_value("<value><double>-1.5e3</double></value>") == Value(-1500.0));
  CHECK(read_value("<value><dateTime.iso8601>19980717T14:08:55</dateTime.iso8601></value>") ==
        Value(sfteams::uci::DateTime{1998, 7, 17, 14, 8, 55, {}}));
  CHECK(read_value("<value><base64>eW91\n Y2Fu\n</base64></value>") ==
        Value(Bytes{'y', 'o', 'u', 'c', 'a', 'n'}));
}

TEST_CASE("the extensions are read with and without a namespace prefix") {
  CHECK(read_value("<value><nil/></value>") == Value(Nil{}));
  CHECK(read_value("<value><nil></nil></value>") == Value(Nil{}));
  CHECK(read_value("<value><ex:nil xmlns:ex=\"http://ws.apache.org/xmlrpc/namespaces/extensions\"/>"
                   "</value>") == Value(Nil{}));
  CHECK(read_value("<value><i8>9007199254740993</i8></value>") == Value(INT64_C(9007199254740993)));
  CHECK(read_value("<value><ex:i8>-9223372036854775808</ex:i8></value>") == Value(INT64_MIN));
}

TEST_CASE("a value without a type is a string, also when it is empty or blank") {
  CHECK(read_value("<value>plain</value>") == Value("plain"));
  CHECK(read_value("<value></value>") == Value(""));
  CHECK(read_value("<value/>") == Value(""));
  CHECK(read_value("<value>  </value>") == Value("  "));
  CHECK(read_value("<value><string/></value>") == Value(""));
}

TEST_CASE("white space around a typed value is ignored and inside a string is kept") {
  CHECK(read_value("<value>\n  <int> 5 </int>\n</value>") == Value(5));
  CHECK(read_value("<value><string>  two  words </string></value>") == Value("  two  words "));
  CHECK(read_value("<value><string>   </string></value>") == Value("   "));
  CHECK(read_value("<value><string>a\r\nb</string></value>") == Value("a\nb"));
}

TEST_CASE("comments, CDATA and references are read as XML has them") {
  CHECK(read_value("<value><string>a<!-- x < & --> b</string></value>") == Value("a b"));
  CHECK(read_value("<value><string><![CDATA[<b> & ]]>x</string></value>") == Value("<b> & x"));
  CHECK(read_value("<value><string> <![CDATA[x]]> </string></value>") == Value(" x "));
  CHECK(read_value("<value><string>&lt;&gt;&amp;&quot;&apos;</string></value>") == Value("<>&\"'"));
  CHECK(read_value("<value><string>&#252;&#xFC;&#x1F600;</string></value>") == Value("üü😀"));
  CHECK(read_value("<value><string>&amp;lt;</string></value>") == Value("&lt;"));
  CHECK(read_value("<value><string>Müller 😀</string></value>") == Value("Müller 😀"));
}

TEST_CASE("arrays and structs are read in their order") {
  CHECK(read_value("<value><array><data><value><int>1</int></value><value>b</value></data></array>"
                   "</value>") == Value(Array{1, "b"}));
  CHECK(read_value("<value><array><data/></array></value>") == Value(Array{}));
  CHECK(read_value("<value><array/></value>") == Value(Array{}));
  CHECK(read_value("<value><struct/></value>") == Value(Struct{}));
  const Value call = read_value(
      "<value><struct>\n <member>\n  <name>id</name>\n  <value><string>7</string></value>\n"
      " </member>\n <member><value><boolean>1</boolean></value><name>active</name></member>\n"
      "</struct></value>");
  CHECK(call == Value(Struct{{"id", "7"}, {"active", true}}));
  REQUIRE(call.find("active") != nullptr);
  CHECK(*call.find("active") == Value(true));
  CHECK(call.find("state") == nullptr);
}

TEST_CASE("a method call is read with its name and parameters") {
  const auto call = parse_call(
      "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- from the PBX -->\n"
      "<methodCall xmlns:ex=\"urn:x\">\n<methodName> ucp.v30.events.call.receiveCallState "
      "</methodName>\n"
      "<params>\n<param><value>a</value></param>\n<param><value><ex:nil/></value></param>\n"
      "</params>\n</methodCall>\n");
  REQUIRE(call);
  CHECK(call->method == "ucp.v30.events.call.receiveCallState");
  CHECK(call->params == Array{"a", Nil{}});
  const auto bare = parse_call("<methodCall><methodName>reset</methodName></methodCall>");
  REQUIRE(bare);
  CHECK(bare->params.empty());
}

TEST_CASE("a fault is read with its code and text") {
  const auto response = parse_response(
      "<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>4</int>"
      "</value></member><member><name>faultString</name><value><string>Too many "
      "parameters.</string></value></member></struct></value></fault></methodResponse>");
  REQUIRE(response);
  REQUIRE(std::holds_alternative<Fault>(*response));
  CHECK(std::get<Fault>(*response).code == 4);
  CHECK(std::get<Fault>(*response).text == "Too many parameters.");
}

TEST_CASE("an answer without a value is nil") {
  for (const char* text : {"<methodResponse><params/></methodResponse>", "<methodResponse/>",
                           "<methodResponse> <!-- nothing --> </methodResponse>",
                           "<methodResponse><params><param/></params></methodResponse>",
                           "<?xml version=\"1.0\"?><methodResponse></methodResponse>"}) {
    CAPTURE(text);
    const auto response = parse_response(text);
    REQUIRE(response);
    CHECK(std::get<Value>(*response).is_nil());
  }
}

TEST_CASE("an array of a million elements is refused before it is built") {
  std::string many = "<value><array><data>";
  for (int i = 0; i < 1'000'000; ++i)
    many += "<value/>";
  many += "</data></array></value>";
  CHECK(code_of_value(many) == codes::kXmlTooManyElements.id);
}

TEST_CASE("a document with more bytes than allowed is refused unread") {
  sfteams::uci::XmlLimits small;
  small.bytes = 20;
  const auto response = parse_response("<methodResponse><params/></methodResponse>", small);
  REQUIRE_FALSE(response.has_value());
  CHECK(response.error().code == codes::kXmlTooLarge);
}

TEST_CASE("attributes, comments and CDATA sections count like elements") {
  sfteams::uci::XmlLimits small;
  small.elements = 50;
  for (const std::string& part : {" a=\"\""s, " b=''"s}) {
    std::string element = "<value";
    for (int i = 0; i < 50; ++i)
      element += part;
    const auto response = parse_response(declared_response(element + "/>"), small);
    REQUIRE_FALSE(response.has_value());
    CHECK(response.error().code == codes::kXmlTooManyElements);
  }
  for (const std::string& part : {"x<!---->"s, "<![CDATA[x]]>"s, "x<?a?>"s}) {
    std::string text;
    for (int i = 0; i < 50; ++i)
      text += part;
    const auto response = parse_response(declared_response("<value>" + text + "</value>"), small);
    REQUIRE_FALSE(response.has_value());
    CHECK(response.error().code == codes::kXmlTooManyElements);
  }
}

TEST_CASE("values nested to the limit are read and deeper ones are refused") {
  const auto nested = [](int depth) {
    std::string text;
    for (int i = 0; i < depth; ++i)
      text += "<value><array><data>";
    text += "<value>x</value>";
    for (int i = 0; i < depth; ++i)
      text += "</data></array></value>";
    return text;
  };
  CHECK(code_of_value(nested(32)) == "none");
  CHECK(code_of_value(nested(33)) == codes::kXmlTooDeep.id);
  CHECK(code_of_value(nested(50'000)) == codes::kXmlTooDeep.id);
}

TEST_CASE("a document type is refused, and with it every entity bomb and outside file") {
  CHECK(code_of_document(
            "<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 "
            "\"&lol;&lol;&lol;&lol;\">]><methodResponse><params><param><value>&lol2;</value>"
            "</param></params></methodResponse>") == codes::kXmlDoctype.id);
  CHECK(code_of_document("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><methodResponse/>") ==
        codes::kXmlDoctype.id);
  CHECK(code_of_value("<!ENTITY x 'y'><value/>") == codes::kXmlDoctype.id);
}

TEST_CASE("a web page is told apart from a broken document") {
  CHECK(code_of_document("<!DOCTYPE html><html><body>Login</body></html>") ==
        codes::kReplyIsHtml.id);
  CHECK(code_of_document("\xEF\xBB\xBF \n<!-- x --><HTML lang=\"de\">&nbsp;</HTML>") ==
        codes::kReplyIsHtml.id);
  CHECK(code_of_document("<?xml version=\"1.0\"?>\n<!doctype HTML PUBLIC \"x\"><html/>") ==
        codes::kReplyIsHtml.id);
}

TEST_CASE("broken and foreign documents are refused") {
  for (const char* text :
       {"", " ", "hello", "<", "<methodResponse>", "<methodResponse><params>",
        "<methodResponse></methodRespons>", "<methodResponse/>trailing",
        "<methodResponse/><methodResponse/>", "leading<methodResponse/>", "</methodResponse>",
        "<methodResponse><![CDATA[x</methodResponse>", "<methodResponse a=\"></methodResponse>",
        "<![CDATA[x]]><methodResponse/>", "<!-- only", "<?xml", "<a><b></a></b>",
        "<methodResponse a=\"<\"/>", "&amp;<methodResponse/>"}) {
    CAPTURE(text);
    CHECK(code_of_document(text) == codes::kXmlSyntax.id);
  }
  for (const char* text : {"<methodCall/>", "<x/>", "<methodResponse><x/></methodResponse>",
                           "<methodResponse>text</methodResponse>",
                           "<methodResponse><value>x</value></methodResponse>"}) {
    CAPTURE(text);
    CHECK(code_of_document(text) == codes::kXmlNotRpc.id);
  }
}

TEST_CASE("calls without a name are refused") {
  for (const char* text :
       {"<methodCall/>", "<methodCall><methodName/></methodCall>", "<methodResponse/>",
        "<methodCall><methodName> </methodName><params/></methodCall>"}) {
    CAPTURE(text);
    const auto call = parse_call(text);
    REQUIRE_FALSE(call.has_value());
    CHECK(call.error().code == codes::kXmlNotRpc);
  }
}

TEST_CASE("every beginning of a document is refused without harm") {
  const std::string whole = declared_response(
      "<value><struct><member><name>a&amp;</name><value><array><data><value><ex:i8 "
      "x=\"y\">1</ex:i8></value><![CDATA[ ]]></data></array></value></member></struct></value>");
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK_FALSE(parse_response(whole.substr(0, size)).has_value());
  CHECK(code_of_document(whole) != codes::kXmlSyntax.id);
}

TEST_CASE("what an error says never quotes the document") {
  const auto response = parse_response("<methodResponse><geheim/></methodResponse>");
  REQUIRE_FALSE(response.has_value());
  CHECK_FALSE(sfteams::contains(response.error().message, "geheim"));
}
