#include "agent/pbx/client_secret.h"

#include <fstream>

#include <catch2/catch.hpp>

#include "agent/pbx/codes.h"
#include "tests/contains.h"
#include "tests/log_lines.h"
#include "tests/temporary_directory.h"

namespace sfteams::agent {
namespace {

struct SecretFixture {
  SecretFixture() { settings.client_secret_file = file; }
  void write(const std::string& content) {
    std::ofstream(file, std::ios::binary) << content;
    std::filesystem::permissions(
        file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  /// "" and the secret, or the failure's code.
  std::string read(const std::string& content) {
    write(content);
    const auto client = oauth_client(settings);
    if (client) return std::string((*client)->secret.text());
    CHECK(contains(client.error().message, file.string()));
    return std::string(client.error().code.id);
  }

  TemporaryDirectory directory;
  std::filesystem::path file = directory.path() / "client-secret";
  PbxSettings settings;
};

TEST_CASE("without a file the agent is a public client") {
  PbxSettings settings;
  settings.client_id = "windows-app";
  settings.scope = "pbx-login";
  const auto client = oauth_client(settings);
  REQUIRE(client);
  CHECK((*client)->id == "windows-app");
  CHECK((*client)->scope == "pbx-login");
  CHECK((*client)->secret.empty());
  CHECK((*client)->resource.empty());
}

TEST_CASE_METHOD(SecretFixture,
                 "the secret is the first line, without what an editor leaves around it") {
  for (const char* content : {"s3cret", "s3cret\n", "s3cret\r\n", "  s3cret \t\n",
                              "s3cret\nanother\n", "\ts3cret\r\n\r\n", "\xEF\xBB\xBFs3cret\r\n"})
    CHECK(read(content) == "s3cret");
  CHECK(read("two words\n") == "two words");
  CHECK(read(std::string(500, 's') + "\n") == std::string(500, 's'));
}

TEST_CASE_METHOD(SecretFixture, "what stands around a secret by mistake is told, and not sent") {
  const std::string refused(codes::kClientSecretUnreadable.id);
  for (const char* content : {"\"s3cret\"", "'s3cret'\n", "client-secret = s3cret", "secret=s3cret",
                              "client_secret=s3cret\n", "CLIENT-SECRET-FILE = s3cret"}) {
    CAPTURE(content);
    CHECK(read(content) == refused);
  }
  for (const char* content : {"\"", "s3=cret", "c2VjcmV0==", "it's", "'s3cret\""})
    CHECK(read(content) == content);
}

TEST_CASE_METHOD(SecretFixture, "what is no secret that a PBX shows is refused, and not repeated") {
  const std::string refused(codes::kClientSecretUnreadable.id);
  for (const std::string& content : std::initializer_list<std::string>{
           "", "\n", " \t\r\n", "\ns3cret\n", std::string(501, 's'),
           "s3\x01"
           "cret",
           std::string("a\0b", 3), "s3cr\xc3\xa4t", "s3\tcret", std::string(5'000, 's'),
           "s3cret\n" + std::string(5'000, 'x')}) {
    CAPTURE(content.substr(0, 30));
    CHECK(read(content) == refused);
    const auto client = oauth_client(settings);
    REQUIRE_FALSE(client);
    CHECK_FALSE(contains(describe(client.error()), "s3c"));
    CHECK_FALSE(contains(describe(client.error()), "sss"));
  }
}

TEST_CASE_METHOD(SecretFixture, "a file that is missing, or none, is told with its name") {
  SECTION("missing") {}
  SECTION("a directory") {
    std::filesystem::create_directory(file);
  }
  const auto client = oauth_client(settings);
  REQUIRE_FALSE(client);
  CHECK(client.error().code == codes::kClientSecretUnreadable);
  CHECK(contains(client.error().message, file.string()));
  CHECK(client_secret_mark(file).empty());
}

TEST_CASE_METHOD(SecretFixture, "a file that everybody may read is used, with a word of warning") {
  write("s3cret\n");
  const sfteams::test::LogLines logged(log::Level::warn);
  CHECK(oauth_client(settings));
  CHECK(logged.lines.empty());
  std::filesystem::permissions(file, std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  CHECK((*oauth_client(settings))->secret.text() == "s3cret");
  REQUIRE(logged.lines.size() == 1);
  CHECK(contains(logged.lines[0], codes::kClientSecretOpen.id));
  CHECK_FALSE(contains(logged.lines[0], "s3cret"));
}

TEST_CASE_METHOD(SecretFixture, "the mark changes with the file's content, and does not show it") {
  write("s3cret\n");
  const std::string mark = client_secret_mark(file);
  CHECK(mark.size() == 16);
  CHECK(client_secret_mark(file) == mark);
  write("s3cret2\n");
  CHECK(client_secret_mark(file) != mark);
  CHECK_FALSE(contains(mark, "s3cret"));
}

}  // namespace
}  // namespace sfteams::agent
