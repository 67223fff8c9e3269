#include "base/crypto/secret.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <type_traits>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

namespace sfteams::crypto {
namespace {

static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
static_assert(std::is_nothrow_move_constructible_v<Secret>);

TEST_CASE("wiping overwrites every byte") {
  std::array<std::uint8_t, 5> bytes{1, 2, 3, 4, 5};
  wipe(bytes);
  CHECK(bytes == std::array<std::uint8_t, 5>{});
}

TEST_CASE("wiping nothing does nothing") {
  wipe(std::span<std::uint8_t>{});
  SUCCEED();
}

TEST_CASE("wiping a text empties it and overwrites the storage it keeps") {
  std::string text(100, 'x');
  const char* const storage = text.data();
  text.resize(3);  // the rest still lies behind the end
  wipe(text);
  CHECK(text.empty());
  REQUIRE(text.data() == storage);
  CHECK(std::string_view(storage, 100) == std::string(100, '\0'));
}

TEST_CASE("wiping a short text overwrites the buffer inside the object") {
  std::string text = "secret";
  const char* const storage = text.data();
  wipe(text);
  CHECK(std::string_view(storage, 6) == std::string(6, '\0'));
}

TEST_CASE("bytes are compared by content and length") {
  const std::array<std::uint8_t, 3> a{1, 2, 3};
  const std::array<std::uint8_t, 3> same{1, 2, 3};
  const std::array<std::uint8_t, 3> other_end{1, 2, 4};
  const std::array<std::uint8_t, 3> other_start{0, 2, 3};
  CHECK(equal_constant_time(a, same));
  CHECK_FALSE(equal_constant_time(a, other_end));
  CHECK_FALSE(equal_constant_time(a, other_start));
  CHECK_FALSE(equal_constant_time(a, std::span(a).first(2)));
  CHECK(equal_constant_time({}, {}));
}

TEST_CASE("how long a comparison takes does not tell where the first difference is") {
  constexpr std::size_t kSize = 4U << 20U;
  const std::vector<std::uint8_t> one(kSize, 7);
  const std::vector<std::uint8_t> same = one;
  std::vector<std::uint8_t> other = one;
  other[0] = 8;
  volatile int equal = 0;  // so that the compiler leaves nothing out
  const auto shortest = [&](const std::vector<std::uint8_t>& with) {
    auto best = std::chrono::steady_clock::duration::max();
    for (int round = 0; round < 9; ++round) {
      const auto before = std::chrono::steady_clock::now();
      equal = equal_constant_time(one, with) ? 1 : 0;
      best = std::min(best, std::chrono::steady_clock::now() - before);
    }
    return best;
  };
  // memcmp() would be ready after the first byte: a thousand times sooner.
  CHECK(shortest(other) * 4 > shortest(same));
}

TEST_CASE("a secret keeps the bytes of a text, zeros included") {
  const Secret secret = Secret::from_text(std::string_view("a\0b", 3));
  CHECK(secret.size() == 3);
  CHECK(secret.text() == std::string_view("a\0b", 3));
  CHECK(Secret().text().empty());
  CHECK(Secret().empty());
}

TEST_CASE("a secret that was moved away is empty") {
  Secret first = Secret::from_text("first");
  Secret second = std::move(first);
  CHECK(first.empty());  // NOLINT(bugprone-use-after-move): what is promised
  CHECK(second.text() == "first");
  Secret third = Secret::from_text("third");
  third = std::move(second);
  CHECK(second.empty());  // NOLINT(bugprone-use-after-move): what is promised
  CHECK(third.text() == "first");
}

TEST_CASE("a clone is equal and its own") {
  Secret original = Secret::from_text("password");
  Secret copy = original.clone();
  CHECK(copy == original);
  copy.bytes()[0] = 'P';
  CHECK(original.text() == "password");
  CHECK_FALSE(copy == original);
}

}  // namespace
}  // namespace sfteams::crypto
