#include "uci/subscribing.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "uci/codes.h"
#include "uci/xmlrpc.h"

namespace sfteams::uci {
namespace {

const std::string kSubscribeOne = "ucp.v30.requests.service.subscribeEvents";
const std::string kUnsubscribeOne = "ucp.v30.requests.service.unsubscribeEvents";
const std::string kSubscribeAll = "ucp.v20.server.connection.setProvidedServices";

/// What sessions of one user ask for, beside the permanent service "call".
struct Wishes {
  Dialect dialect = dialect_of(Version::v30);
  Subscriptions subscriptions{{{kSubscribeOne, "call"}}};

  [[nodiscard]] Result<std::optional<PreparedCall>> prepare(const std::string& method,
                                                            const Array& params) {
    return prepare_call(subscriptions, dialect, method, params);
  }
  /// Sends the call and has the PBX answer it; returns the parameters as the PBX saw them.
  Array carry_out(const std::string& method, const Array& params, const Value& answer = true) {
    const auto prepared = prepare(method, params);
    REQUIRE(prepared);
    REQUIRE(*prepared);
    (*prepared)->change.apply(subscriptions, answer);
    const auto sent = parse_call((*prepared)->body);
    REQUIRE(sent);
    CHECK(sent->method == method);
    return sent->params;
  }
  [[nodiscard]] std::string refusal(const std::string& method, const Array& params) {
    const auto prepared = prepare(method, params);
    return prepared ? "" : std::string(prepared.error().code.id);
  }
};

}  // namespace

TEST_CASE("an ordinary call is written as it is and changes no wish") {
  Wishes wishes;
  const Array params{"0123", 7, Nil{}};
  CHECK(wishes.carry_out("ucp.v30.requests.call.placeCall", params) == params);
  CHECK(wishes.subscriptions.active().empty());
}

TEST_CASE("a service is wanted once the PBX has granted it, and not when it says false") {
  Wishes wishes;
  CHECK(wishes.carry_out(kSubscribeOne, Array{"chat"}, false) == Array{"chat"});
  CHECK(wishes.subscriptions.active().empty());
  wishes.carry_out(kSubscribeOne, Array{"chat"}, Nil{});
  CHECK(wishes.subscriptions.active() == std::vector<std::string>{"chat"});
}

TEST_CASE("the PBX hears that a service is given up from the last session that wants it") {
  Wishes wishes;
  wishes.carry_out(kSubscribeOne, Array{"chat"});
  wishes.carry_out(kSubscribeOne, Array{"chat"});
  const auto first = wishes.prepare(kUnsubscribeOne, Array{"chat"});
  REQUIRE(first);
  CHECK_FALSE(*first);
  CHECK(wishes.subscriptions.active() == std::vector<std::string>{"chat"});
  CHECK(wishes.carry_out(kUnsubscribeOne, Array{"chat"}, false) == Array{"chat"});
  CHECK(wishes.subscriptions.active() == std::vector<std::string>{"chat"});
  wishes.carry_out(kUnsubscribeOne, Array{"chat"});
  CHECK(wishes.subscriptions.active().empty());
}

TEST_CASE("a permanent service is never given up, one that nobody knows is the PBX's to refuse") {
  Wishes wishes;
  const auto permanent = wishes.prepare(kUnsubscribeOne, Array{"call"});
  REQUIRE(permanent);
  CHECK_FALSE(*permanent);
  CHECK(wishes.carry_out(kUnsubscribeOne, Array{"unheard-of"}) == Array{"unheard-of"});
}

TEST_CASE("a list that replaces the PBX's names what other sessions want as well") {
  Wishes wishes;
  wishes.carry_out(kSubscribeAll, Array{Value(Array{"a", "b"})});
  CHECK(wishes.carry_out(kSubscribeAll, Array{Value(Array{"b", "c"})}) ==
        Array{Value(Array{"a", "b", "c"})});
  CHECK(wishes.subscriptions.active() == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("parameters that name no service go to the PBX as they are") {
  Wishes wishes;
  for (const Array& params : {Array{}, Array{7}, Array{"a", "b"}, Array{Value(Array{})}}) {
    CHECK(wishes.carry_out(kSubscribeOne, params) == params);
    CHECK(wishes.carry_out(kUnsubscribeOne, params) == params);
  }
  CHECK(wishes.subscriptions.active().empty());
}

TEST_CASE("names and numbers of services are bounded") {
  Wishes wishes;
  CHECK(wishes.refusal(kSubscribeOne, Array{""}) == codes::kBadServiceName.id);
  CHECK(wishes.refusal(kSubscribeOne, Array{"a b"}) == codes::kBadServiceName.id);
  CHECK(wishes.refusal(kSubscribeOne, Array{std::string(Subscriptions::kMaxName + 1, 'a')}) ==
        codes::kBadServiceName.id);
  Array many;
  for (std::size_t i = 0; i <= Subscriptions::kMost; ++i)
    many.emplace_back("service" + std::to_string(i));
  CHECK(wishes.refusal(kSubscribeAll, Array{Value(many)}) == codes::kTooManyServices.id);
  // "call" is there already.
  for (std::size_t i = 1; i < Subscriptions::kMost; ++i)
    wishes.carry_out(kSubscribeOne, Array{"service" + std::to_string(i)});
  CHECK(wishes.refusal(kSubscribeOne, Array{"one-more"}) == codes::kTooManyServices.id);
  CHECK(wishes.refusal(kSubscribeOne, Array{"service1"}).empty());
}

}  // namespace sfteams::uci
