#include "base/program/usage.h"

#include <vector>

#include <CLI/CLI.hpp>
#include <catch2/catch.hpp>

#include "tests/contains.h"

namespace sfteams::program {
namespace {

/// What is told of a command line of a program with two commands, one of which has commands below.
std::string told(std::vector<std::string> words) {
  CLI::App app("a program", "program");
  app.require_subcommand(1);
  app.fallthrough();
  app.add_flag("--json");
  CLI::App* const status = app.add_subcommand("status");
  std::string file;
  status->add_option("FILE", file)->required();
  CLI::App* const key = app.add_subcommand("key");
  key->require_subcommand(1);
  key->fallthrough();
  key->add_subcommand("new");
  key->add_subcommand("show");
  std::reverse(words.begin(), words.end());
  try {
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    return describe_usage(app, error);
  }
  return "nothing";
}

TEST_CASE("a command that is missing is told with those that there are") {
  CHECK(told({}) == "a command is missing; those there are: status, key");
  CHECK(told({"key"}) == "a command of \"key\" is missing; those there are: new, show");
}

TEST_CASE("a word that is no command or option is named, with the commands that there are") {
  CHECK(told({"statu"}) == "there is no command \"statu\"; those there are: status, key");
  CHECK(told({"key", "nwe"}) ==
        "there is no command \"nwe\" of \"key\"; those there are: new, show");
  CHECK(told({"status", "a", "--jsno"}) == "there is no option \"--jsno\"");
  CHECK(told({"status", "a", "extra"}) == "there is no argument \"extra\"");
  CHECK(told({"status", "a"}) == "nothing");
}

TEST_CASE("what could be a secret that was pasted is not repeated") {
  const std::string key = "SXDR2-MF59M-MKBJF-98821-AEVKR-5XAXR-ETT5E-RQCR9";
  for (const std::string& word :
       {key, std::string("s3cret"), std::string("correcthorsebatterystaple"), "--" + key}) {
    const std::string text = told({"key", word});
    CAPTURE(text);
    CHECK_FALSE(contains(text, word));
    CHECK(text.find("there is no ") == 0);
  }
}

TEST_CASE("other mistakes are told in the words of CLI11") {
  CHECK(contains(told({"status"}), "FILE is required"));
}

}  // namespace
}  // namespace sfteams::program
