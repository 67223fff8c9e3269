#include "simulator/oauth_form.h"

#include <random>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "tests/contains.h"
#include "tests/simulator/oauth_client.h"

namespace sfteams::simulator::test {
namespace {

constexpr std::string_view kForm = "application/x-www-form-urlencoded";

TEST_CASE("a form's fields are taken apart and decoded") {
  const OauthForm form =
      read_oauth_form("Application/X-WWW-Form-Urlencoded ; charset=UTF-8", "",
                      "&grant_type=password&username=a%40b&password=x+y%26z&colour=red&scope=&");
  CHECK(form.problem.empty());
  CHECK(form.grant_type == "password");
  CHECK(form.username == "a@b");
  CHECK(form.password.text() == "x y&z");
  CHECK_FALSE(form.client_in_header);
}

TEST_CASE("a form that is none, too large or ambiguous is refused without quoting it") {
  std::string many;
  for (int i = 0; i < 33; ++i)
    many += fmt::format("a{}=1&", i);
  const auto problem = [](std::string_view type, std::string_view body) {
    return read_oauth_form(type, "", body).problem;
  };
  CHECK(contains(problem("application/json", "grant_type=password"), "no form"));
  CHECK(contains(problem("", "grant_type=password"), "no form"));
  CHECK(contains(problem(kForm, std::string(16'385, 'a')), "too large"));
  CHECK(problem(kForm, std::string(16'384, 'a')).empty());
  CHECK(contains(problem(kForm, many), "too many"));
  const std::string twice = problem(kForm, "password=Geheim&grant_type=a&pass%77ord=Geheim");
  CHECK(contains(twice, "twice"));
  CHECK_FALSE(contains(twice, "Geheim"));
}

TEST_CASE("whatever is sent to the token endpoint gets an answer, and only the right one tokens") {
  House house({"oauth=yes", "blacklist-after=0", "journal-size=10"});
  OauthClient client(house);
  const std::string good =
      "grant_type=password&username=0011&password=Geheim&scope=login" + client.itself();
  const std::string header = "Basic cmVzdC1jbGllbnQtaGVhZGxlc3M6c2ltdWxhdG9yLWNsaWVudC1zZWNyZXQ=";
  std::mt19937 random(20261130);  // the same each time
  const auto below = [&](std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
  };
  const auto mutated = [&](std::string text) {
    for (std::size_t changes = 1 + below(3); changes > 0; --changes) {
      const std::size_t at = below(text.size());
      switch (below(4)) {
        case 0:
          text[at] = static_cast<char>(below(256));
          break;
        case 1:
          text.erase(at, 1 + below(8));
          break;
        case 2:
          text.insert(at, text.substr(below(text.size()), 1 + below(40)));
          break;
        default:
          text.insert(at, 1, "%&=+: \0;"[below(8)]);
      }
      if (text.empty()) text = "x";
    }
    return text;
  };
  for (int i = 0; i < 5'000; ++i) {
    const bool by_header = below(2) == 0;
    client.authorization = by_header ? mutated(header) : "";
    const std::string form = mutated(good);
    const Reply reply = client.post(below(8) == 0 ? kRevocationEndpoint : kTokenEndpoint, form);
    CAPTURE(form, client.authorization);
    REQUIRE(reply.way == Reply::Way::answer);
    if (reply.status == 200) {
      if (reply.body.empty()) continue;  // revoked
      const OauthForm read = read_oauth_form(kForm, client.authorization, form);
      REQUIRE(read.username == "0011");
      REQUIRE(read.password.text() == "Geheim");
      REQUIRE(read.client_secret.text() == client.client_secret);
    } else {
      REQUIRE((reply.status == 400 || reply.status == 401));
      REQUIRE_FALSE(refusal_of(reply).empty());
    }
  }
}

TEST_CASE("whatever stands in place of an access token is turned away") {
  House house({"oauth=yes", "blacklist-after=0"});
  const std::string access = OauthClient(house).sign_in("0011").access;
  Client uci(house, "0011");
  std::mt19937 random(20261130);
  for (int i = 0; i < 300; ++i) {
    std::string other = access;
    const std::size_t at = std::uniform_int_distribution<std::size_t>(0, other.size() - 1)(random);
    other[at] = other[at] == 'A' ? 'B' : 'A';
    REQUIRE(with_jwt(uci, other).post("connection.login").status == 401);
  }
  CHECK(with_jwt(uci, access.substr(0, access.size() - 1)).post("connection.login").status == 401);
  CHECK(with_jwt(uci, access + "A").post("connection.login").status == 401);
  CHECK(with_jwt(uci, access).yes("connection.login"));
}

TEST_CASE("tokens beyond the number that is kept push out the oldest") {
  const Options options = [] {
    Options with;
    with.oauth.mode = OauthMode::yes;
    return with;
  }();
  House house;
  FakeScheduler scheduler;
  OauthTokens tokens(options, scheduler, [] { return WallTime(); });
  const User& user = house.pbx.directory().users().front();
  const auto first = tokens.grant(user, "i");
  REQUIRE(first);
  for (int i = 0; i < 20'000; ++i)
    REQUIRE(tokens.grant(user, "i"));
  CHECK(tokens.live_access() == 20'000);
  CHECK(tokens.access(first->access).state == OauthTokens::State::unknown);
}

}  // namespace
}  // namespace sfteams::simulator::test
