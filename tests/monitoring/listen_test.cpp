#include "monitoring/listen.h"

#include <catch2/catch.hpp>

#include "base/settings/codes.h"
#include "tests/contains.h"
#include "tests/seed.h"

namespace sfteams::monitoring {
namespace {

/// Of an INI with this line under [watch].
Result<std::optional<Listen>> taken(const std::string& line) {
  const std::string text = "[watch]\n" + line + "\n";
  sfteams::test::keep_seed("ini", text);
  const settings::Ini ini = settings::Ini::parse(text, "a.ini").value();
  settings::Reader reader(ini);
  std::optional<Listen> listen = take_listen(reader);
  if (const Result<void> finished = reader.finish(); !finished) return fail(finished.error());
  return listen;
}

TEST_CASE("nothing is offered unless it is asked for") {
  CHECK(taken("").value() == std::nullopt);
  CHECK(taken("listen =").value() == std::nullopt);
}

TEST_CASE("a loopback address with a port is taken") {
  CHECK(taken("listen = 127.0.0.1:9781").value() == Listen{"127.0.0.1", 9781});
  CHECK(taken("listen = 127.1.2.3:0").value() == Listen{"127.1.2.3", 0});
  CHECK(taken("listen = [::1]:9781").value() == Listen{"::1", 9781});
}

TEST_CASE("an address that others can reach is refused with its line") {
  const char* line =
      GENERATE("listen = 0.0.0.0:9781", "listen = [::]:9781", "listen = 192.0.2.1:9781",
               "listen = [fe80::1]:9781", "listen = localhost:9781", "listen = example.com:9781");
  CAPTURE(line);
  const auto refused = taken(line);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == settings::codes::kBadValue);
  CHECK(refused.error().code.exit == Exit::config);
  CHECK(contains(refused.error().message, "a.ini:2"));
  CHECK(contains(refused.error().message, "loopback"));
}

TEST_CASE("what is no address and port is refused with an example") {
  const char* line =
      GENERATE("listen = 127.0.0.1", "listen = 9781", "listen = :9781",
               "listen = 127.0.0.1:", "listen = 127.0.0.1:65536", "listen = 127.0.0.1:-1",
               "listen = 127.0.0.1:97x", "listen = ::1:9781", "listen = [127.0.0.1]:9781",
               "listen = []:1", "listen = yes");
  CAPTURE(line);
  const auto refused = taken(line);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == settings::codes::kBadValue);
  CHECK(contains(refused.error().hint, "127.0.0.1:9781"));
}

}  // namespace
}  // namespace sfteams::monitoring
