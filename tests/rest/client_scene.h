#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "rest/client.h"
#include "tests/fake_background.h"
#include "tests/fake_scheduler.h"
#include "tests/rest/answers.h"
#include "tests/rest/fakes.h"

namespace sfteams::rest::test {

/// A client of one user, before a PBX whose answers the test gives.
struct ClientScene {
  sfteams::test::FakeScheduler scheduler;
  sfteams::test::FakeBackground background;
  FakeHttp http;
  CredentialBook book;
  std::unique_ptr<Client> client = make({});
  int written = 0;

  std::unique_ptr<Client> make(Client::Limits limits) {
    return std::make_unique<Client>(
        Client::Setup{http, scheduler, background, *transport::parse_url("https://pbx.example"),
                      std::nullopt, "0017", std::make_unique<FakeCredential>(book), limits});
  }

  /// What a question came to.
  template <typename T>
  struct Outcome {
    std::unique_ptr<Asking> asking;
    std::shared_ptr<std::optional<Result<T>>> result = std::make_shared<std::optional<Result<T>>>();

    [[nodiscard]] bool over() const { return result->has_value(); }
    [[nodiscard]] const T& value() const {
      REQUIRE(over());
      REQUIRE(result->value());
      return *result->value();
    }
    [[nodiscard]] Code code() const {
      REQUIRE(over());
      REQUIRE_FALSE(result->value());
      CHECK_FALSE(result->value().error().hint.empty());
      return result->value().error().code;
    }
    [[nodiscard]] Client::Got<T> got() const {
      return [kept = result](Result<T> read) {
        CHECK_FALSE(kept->has_value());
        kept->emplace(std::move(read));
      };
    }
  };

  Outcome<ContactPage> search(const std::string& text = "ada") {
    Outcome<ContactPage> outcome;
    outcome.asking = client->search(text, 0, 20, outcome.got());
    return outcome;
  }
  Outcome<Me> me() {
    Outcome<Me> outcome;
    outcome.asking = client->me(outcome.got());
    return outcome;
  }
  /// How many there are, as a text; counted in `written`.
  Outcome<std::string> colleagues() {
    Outcome<std::string> outcome;
    outcome.asking = client->colleagues(
        [this](const Colleagues& all) {
          ++written;
          return std::to_string(all.people.size());
        },
        outcome.got());
    return outcome;
  }
  Outcome<Permissions> permissions() {
    Outcome<Permissions> outcome;
    outcome.asking = client->permissions(outcome.got());
    return outcome;
  }

  static std::string page() { return json::write(contacts_page()); }
};

}  // namespace sfteams::rest::test
