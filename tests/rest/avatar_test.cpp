// Pictures of users, as a client asks for them.

#include <vector>

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "rest/codes.h"
#include "rest/shape.h"
#include "tests/rest/client_scene.h"
#include "tests/rest/pictures.h"
#include "transport/codes.h"

namespace sfteams::rest {
namespace {

using transport::Duration;

struct AvatarScene : test::ClientScene {
  Outcome<Avatar> avatar(const std::string& id = "1017") {
    Outcome<Avatar> outcome;
    outcome.asking = client->avatar(id, outcome.got());
    return outcome;
  }
  /// Asked for, and sent if it is its turn.
  Outcome<Avatar> sent(const std::string& id = "1017") {
    auto outcome = avatar(id);
    scheduler.turn();
    return outcome;
  }
};

TEST_CASE_METHOD(AvatarScene,
                 "a picture is asked for at the user's place and is what its bytes are") {
  const auto found = sent("1017");
  CHECK(http.last().url == "https://pbx.example/rest/users/1017/avatar");
  CHECK(http.last().headers ==
        std::vector<std::string>{"Accept: image/png, image/jpeg, image/gif", "X-Version: 2"});
  CHECK(http.last().max_body == kMostPicture);
  CHECK(http.last().sign_in == "Authorization: t1");
  http.answer(200, test::gif(9, 9), "image/png");
  CHECK(found.value().type == "image/gif");
  CHECK(found.value().bytes == test::gif(9, 9));
  CHECK(json::write(as_json(Avatar{"image/png", "ab", {}})) ==
        R"({"data":"YWI=","type":"image/png"})");
}

TEST_CASE_METHOD(AvatarScene, "a user without a picture has none, which says nothing of others") {
  const auto none = sent("5");
  http.answer(404, "{}");
  CHECK(none.value().type.empty());
  CHECK(none.value().refused.empty());
  CHECK(as_json(none.value()).isNull());
  const auto empty = sent("6");
  http.answer(204, "", "");
  CHECK(empty.value().type.empty());
  const auto other = sent("7");
  http.answer(200, test::png(9, 9));
  CHECK(other.value().type == "image/png");
}

TEST_CASE_METHOD(AvatarScene, "a page or a redirect in place of a picture ends no sign-in") {
  const auto page = sent("5");
  http.answer(200, "<html/>", "text/html");
  CHECK(page.code() == codes::kPbxError);
  const auto redirect = sent("6");
  http.answer(302, "");
  CHECK(redirect.code() == codes::kPbxError);
  CHECK(http.sent.size() == 2);
  CHECK(book.refused.empty());
  const auto own = me();
  scheduler.turn();
  CHECK(http.last().sign_in == "Authorization: t1");
}

TEST_CASE_METHOD(AvatarScene, "a picture that is not passed on is none, with a reason") {
  const auto svg = sent();
  http.answer(200, "<svg/>", "image/svg+xml");
  CHECK(as_json(svg.value()).isNull());
  CHECK_FALSE(svg.value().refused.empty());
  const auto large = sent();
  http.fail_with({transport::codes::kReplyTooLarge, "too large", "hint"});
  CHECK(large.value().refused == kPictureTooLarge);
  const auto bomb = sent();
  http.answer(200, test::png(30'000, 30'000), "image/png");
  CHECK(as_json(bomb.value()).isNull());
  CHECK_FALSE(bomb.value().refused.empty());
}

TEST_CASE_METHOD(AvatarScene, "pictures that are not for this user are not asked for again") {
  const auto refused = sent("5");
  http.answer(403, "{}");
  CHECK(refused.code() == codes::kNotOffered);
  const auto other = sent("6");
  CHECK(other.code() == codes::kNotOffered);
  CHECK(http.sent.size() == 1);
  // The rest is another matter.
  const auto own = me();
  scheduler.turn();
  CHECK(http.sent.size() == 2);
  scheduler.advance(Client::Limits().not_offered);
  const auto later = sent("6");
  CHECK(http.sent.size() == 3);
}

TEST_CASE_METHOD(AvatarScene, "pictures that wait, or that do not come, hold up no search") {
  client = make({.burst = 2, .picture_burst = 3});
  std::vector<Outcome<Avatar>> pictures;
  for (int i = 0; i < 8; ++i)
    pictures.push_back(avatar(std::to_string(i)));
  scheduler.turn();
  CHECK(http.waiting() == 1);
  const auto one = search("a");
  const auto two = search("b");
  scheduler.turn();
  CHECK(http.waiting() == 3);
  http.answer(200, test::png(9, 9));
  CHECK(pictures[0].over());
  http.answer(200, page());
  http.answer(200, page());
  CHECK(one.over());
  CHECK(two.over());
}

TEST_CASE_METHOD(AvatarScene, "pictures go by connections of their own") {
  test::FakeHttp others;
  client = std::make_unique<Client>(Client::Setup{http,
                                                  scheduler,
                                                  background,
                                                  *transport::parse_url("https://pbx.example"),
                                                  std::nullopt,
                                                  "0017",
                                                  std::make_unique<test::FakeCredential>(book),
                                                  {},
                                                  &others});
  const auto picture = avatar();
  const auto found = search();
  scheduler.turn();
  CHECK(http.sent.size() == 1);
  REQUIRE(others.sent.size() == 1);
  others.answer(200, test::png(9, 9));
  CHECK(picture.value().type == "image/png");
  client.reset();
}

TEST_CASE_METHOD(AvatarScene, "pictures have a burst and a pace of their own") {
  client = make({.every = Duration(500), .picture_burst = 2});
  std::vector<Outcome<Avatar>> pictures;
  for (int i = 0; i < 3; ++i)
    pictures.push_back(avatar(std::to_string(i)));
  for (int i = 0; i < 2; ++i) {
    scheduler.turn();
    http.answer(404, "");
  }
  scheduler.turn();
  CHECK(http.sent.size() == 2);
  scheduler.advance(Duration(500));
  CHECK(http.sent.size() == 3);
}

TEST_CASE_METHOD(AvatarScene,
                 "too many pictures that wait are refused, and all go with the client") {
  client = make({.waiting = 2});
  std::vector<Outcome<Avatar>> pictures;
  for (int i = 0; i < 4; ++i)
    pictures.push_back(avatar(std::to_string(i)));
  scheduler.turn();
  CHECK(pictures[3].code() == codes::kBusy);
  client.reset();
  CHECK(http.waiting() == 0);
  CHECK(scheduler.idle());
  CHECK_FALSE(pictures[0].over());
}

TEST_CASE("an id of a user is a word that changes no path") {
  for (const char* const id : {"1", "1017", "0b5c-11_x", "A"})
    CHECK(Client::is_user_id(id));
  for (const std::string& id :
       {std::string(), std::string("."), std::string(".."), std::string("5/avatar"),
        std::string("5?x"), std::string("5%2e"), std::string("ä"), std::string(65, '1')})
    CHECK_FALSE(Client::is_user_id(id));
}

}  // namespace
}  // namespace sfteams::rest
