#pragma once

#include <string>

#include <catch2/catch.hpp>

#include "agent/configuration/configuration.h"
#include "base/settings/ini.h"
#include "tests/seed.h"

namespace sfteams::agent {

/// What an agent.ini has to have at least; more lines belong to [connector].
inline const std::string kLeast =
    "[system]\nname = pbx.example.com\n[connector]\nurl = wss://c.example.com\n";

inline Result<Configuration> read(const std::string& text) {
  sfteams::test::keep_seed("ini", text);
  const Result<settings::Ini> ini = settings::Ini::parse(text, "agent.ini");
  if (!ini) return fail(ini.error());
  settings::Reader reader(*ini);
  return read_configuration(reader);
}

/// The test fails when it is refused.
inline Configuration good(const std::string& text) {
  Result<Configuration> configuration = read(text);
  if (!configuration) FAIL(describe(configuration.error()));
  return *configuration;
}

/// Why it is refused; the test fails when it is not.
inline Error bad(const std::string& text) {
  const Result<Configuration> configuration = read(text);
  REQUIRE_FALSE(configuration);
  CHECK(configuration.error().code.exit == Exit::config);
  return configuration.error();
}

}  // namespace sfteams::agent
