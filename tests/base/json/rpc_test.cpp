#include "base/json/rpc.h"

#include <catch2/catch.hpp>

#include "base/json/codes.h"

namespace sfteams::json::rpc {
namespace {

constexpr Code kUnlisted{"kitchen.burnt", Exit::unavailable};

template <typename T>
T read_as(std::string_view text) {
  tl::expected<Incoming, Refusal> incoming = read(text);
  REQUIRE(incoming);
  REQUIRE(std::holds_alternative<T>(*incoming));
  return std::get<T>(*incoming);
}

Refusal refused(std::string_view text) {
  tl::expected<Incoming, Refusal> incoming = read(text);
  REQUIRE_FALSE(incoming);
  return incoming.error();
}

TEST_CASE("a request is read with its id, method and params") {
  const auto request = read_as<Request>(
      R"({"jsonrpc":"2.0","id":7,"method":"session.login","params":{"user":"123"}})");
  CHECK(request.id == Json::Value(7));
  CHECK(request.method == "session.login");
  CHECK(request.params["user"].asString() == "123");
}

TEST_CASE("ids are texts or whole numbers") {
  CHECK(read_as<Request>(R"({"jsonrpc":"2.0","id":"a","method":"m"})").id == Json::Value("a"));
  CHECK(read_as<Request>(R"({"jsonrpc":"2.0","id":"","method":"m"})").id == Json::Value(""));
  CHECK(read_as<Request>(R"({"jsonrpc":"2.0","id":-1,"method":"m"})").id == Json::Value(-1));
  CHECK(write(read_as<Request>(R"({"jsonrpc":"2.0","id":18446744073709551615,"method":"m"})").id) ==
        "18446744073709551615");
}

TEST_CASE("other ids are refused and not echoed") {
  for (const char* id : {"null", "1.0", "1e2", "true", "[]", "{}"}) {
    const Refusal refusal =
        refused(std::string(R"({"jsonrpc":"2.0","method":"m","id":)") + id + "}");
    CAPTURE(id);
    CHECK(refusal.error.code == codes::kInvalidRequest);
    CHECK(refusal.id.isNull());
  }
  const Refusal refusal =
      refused(R"({"jsonrpc":"2.0","method":"m","id":")" + std::string(129, 'x') + "\"}");
  CHECK(refusal.error.code == codes::kInvalidRequest);
}

TEST_CASE("a call without id is a notification") {
  const auto notification =
      read_as<Notification>(R"({"jsonrpc":"2.0","method":"event","params":[1]})");
  CHECK(notification.method == "event");
  CHECK(write(notification.params) == "[1]");
  CHECK(read_as<Notification>(R"({"jsonrpc":"2.0","method":"event"})").params.isNull());
}

TEST_CASE("batches are refused, empty ones too") {
  for (const char* text : {"[]", "[1]", R"([{"jsonrpc":"2.0","id":1,"method":"m"}])"}) {
    const Refusal refusal = refused(text);
    CHECK(refusal.error.code == codes::kBatch);
    CHECK(refusal.id.isNull());
  }
}

TEST_CASE("what is no message is refused, with the id to answer to where there is one") {
  const auto [text, id] = GENERATE(table<std::string, std::string>({
      {"1", "null"},
      {"null", "null"},
      {"{}", "null"},
      {R"({"id":1,"method":"m"})", "1"},
      {R"({"jsonrpc":"1.0","id":1,"method":"m"})", "1"},
      {R"({"jsonrpc":2.0,"id":1,"method":"m"})", "1"},
      {R"({"jsonrpc":"2.0","id":1})", "1"},
      {R"({"jsonrpc":"2.0","id":1,"method":1})", "1"},
      {R"({"jsonrpc":"2.0","id":1,"method":""})", "1"},
      {R"({"jsonrpc":"2.0","id":1,"method":"m","params":1})", "1"},
      {R"({"jsonrpc":"2.0","id":1,"method":"m","params":null})", "1"},
      {R"({"jsonrpc":"2.0","id":1,"method":"m","params":"x"})", "1"},
      {R"({"jsonrpc":"2.0","id":1,"method":"m","result":1})", "null"},
      {R"({"jsonrpc":"2.0","id":1,"result":1,"error":{"code":1,"message":"x"}})", "null"},
  }));
  CAPTURE(text);
  const Refusal refusal = refused(text);
  CHECK(refusal.error.code == codes::kInvalidRequest);
  CHECK(write(refusal.id) == id);
}

TEST_CASE("a method name has at most 256 bytes") {
  const std::string head = R"({"jsonrpc":"2.0","id":1,"method":")";
  CHECK(read(head + std::string(256, 'm') + "\"}"));
  CHECK(refused(head + std::string(257, 'm') + "\"}").error.code == codes::kInvalidRequest);
}

TEST_CASE("a text that is no JSON keeps the code of the JSON reader") {
  CHECK(refused("{").error.code == json::codes::kSyntax);
  CHECK(refused("\xff").error.code == json::codes::kNotUtf8);
  CHECK(refused(std::string(100, '[')).error.code == json::codes::kTooDeep);
}

TEST_CASE("a call with a whole number beyond 64 bits is refused under its id") {
  const auto refusal_of = [](const std::string& text) { return read(text).error(); };
  const Refusal call =
      refusal_of(R"({"jsonrpc":"2.0","id":7,"method":"a","params":[18446744073709551616]})");
  CHECK(call.error.code == json::codes::kNumberTooLarge);
  CHECK_FALSE(call.error.hint.empty());
  CHECK(call.id == 7);
  CHECK(number_of(call.error.code.id) == kInvalidParams);
  CHECK(refusal_of(R"({"jsonrpc":"2.0","id":18446744073709551616,"method":"a"})").id.isNull());
  CHECK(refusal_of(R"({"jsonrpc":"2.0","id":7,"method":"a","params":[18446744073709551616})")
            .id.isNull());
}

TEST_CASE("a response carries a result or an error") {
  const auto done = read_as<Response>(R"({"jsonrpc":"2.0","id":3,"result":null})");
  CHECK(done.id == Json::Value(3));
  CHECK(done.result.isNull());
  CHECK_FALSE(done.error);
  const auto failed =
      read_as<Response>(R"({"jsonrpc":"2.0","id":"x","error":{"code":-32000,"message":"no",)"
                        R"("data":{"code":"a.b","hint":"h"}}})");
  REQUIRE(failed.error);
  CHECK(failed.error->number == -32000);
  CHECK(failed.error->message == "no");
  CHECK(failed.error->code == "a.b");
  CHECK(failed.error->hint == "h");
}

TEST_CASE("an error without an id may come, a result may not") {
  CHECK(read_as<Response>(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no"}})")
            .id.isNull());
  CHECK(refused(R"({"jsonrpc":"2.0","id":null,"result":1})").error.code == codes::kBadResponse);
  CHECK(refused(R"({"jsonrpc":"2.0","result":1})").error.code == codes::kBadResponse);
}

TEST_CASE("an error that is no error object is refused") {
  for (const char* error :
       {"1", "{}", R"({"code":1})", R"({"message":"x"})", R"({"code":"1","message":"x"})",
        R"({"code":1.5,"message":"x"})", R"({"code":99999999999,"message":"x"})",
        R"({"code":1,"message":null})"}) {
    CAPTURE(error);
    const Refusal refusal =
        refused(std::string(R"({"jsonrpc":"2.0","id":1,"error":)") + error + "}");
    CHECK(refusal.error.code == codes::kBadResponse);
    CHECK(refusal.id.isNull());
  }
}

TEST_CASE("messages are written in one form") {
  Json::Value params(Json::arrayValue);
  params.append("x");
  CHECK(write_request(Json::Value(1), "m", params) ==
        R"({"id":1,"jsonrpc":"2.0","method":"m","params":["x"]})");
  CHECK(write_request(Json::Value("a"), "m", Json::Value()) ==
        R"({"id":"a","jsonrpc":"2.0","method":"m"})");
  CHECK(write_notification("m", params) == R"({"jsonrpc":"2.0","method":"m","params":["x"]})");
  CHECK(write_result(Json::Value(1), Json::Value()) == R"({"id":1,"jsonrpc":"2.0","result":null})");
}

TEST_CASE("an error is written with its number, its code and its hint") {
  CHECK(write_error(Json::Value(1), {codes::kMethodNotFound, "no such method", "ask"}) ==
        R"({"error":{"code":-32601,"data":{"code":"rpc.method-not-found","hint":"ask"},)"
        R"("message":"no such method"},"id":1,"jsonrpc":"2.0"})");
  CHECK(write_error(Json::Value(), {kUnlisted, "burnt", ""}) ==
        R"({"error":{"code":-32000,"data":{"code":"kitchen.burnt"},"message":"burnt"},)"
        R"("id":null,"jsonrpc":"2.0"})");
}

TEST_CASE("what is written is read back as the same error") {
  const auto response = read_as<Response>(
      write_error(Json::Value(1), {codes::kInvalidParams, "two are due", "add one"}));
  REQUIRE(response.error);
  const Error error = response.error->to_error();
  CHECK(error.code == codes::kInvalidParams);
  CHECK(error.code.exit == codes::kInvalidParams.exit);
  CHECK(error.message == "two are due");
  CHECK(error.hint == "add one");
}

TEST_CASE("how long to wait is written as a number, and read where it makes sense") {
  const std::string text = write_error(
      Json::Value(1), {codes::kInvalidParams, "not now", "wait", std::chrono::seconds(272)});
  CHECK(text.find(R"("retryAfter":272)") != std::string::npos);
  CHECK(read_as<Response>(text).error->to_error().retry_after == std::chrono::seconds(272));
  const auto read_back = [&](const std::string& number) {
    std::string other = text;
    other.replace(other.find("272"), 3, number);
    return read_as<Response>(other).error->to_error().retry_after;
  };
  CHECK(read_back("1") == std::chrono::seconds(1));
  CHECK(read_back("86400") == std::chrono::seconds(86'400));
  for (const char* bad :
       {"0", "-1", "86401", "18446744073709551615", "1.0", "\"5\"", "null", "[]"}) {
    CAPTURE(bad);
    CHECK_FALSE(read_back(bad));
  }
}

TEST_CASE("a code that this version does not know becomes a remote error that names it") {
  const Error named = RemoteError{-32000, "burnt", "kitchen.burnt", "order"}.to_error();
  CHECK(named.code == codes::kRemote);
  CHECK(named.message == "kitchen.burnt: burnt");
  CHECK(RemoteError{-32099, "burnt", "", ""}.to_error().message == "error -32099: burnt");
}

TEST_CASE("the numbers of the specification stand for their codes") {
  CHECK(number_of("json.syntax") == -32700);
  CHECK(number_of("rpc.invalid-request") == -32600);
  CHECK(number_of("rpc.batch-refused") == -32600);
  CHECK(number_of("rpc.method-not-found") == -32601);
  CHECK(number_of("rpc.invalid-params") == -32602);
  CHECK(number_of("what.ever") == -32000);
}

}  // namespace
}  // namespace sfteams::json::rpc
