#include "client/ticket_file.h"

#include <string>

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include "base/text/encoding.h"
#include "client/codes.h"
#include "tests/contains.h"
#include "tests/integration/child_process.h"

namespace sfteams::client {
namespace {

using integration::read_file;
using integration::write_file;

struct TicketFileFixture {
  void write() const {
    REQUIRE(write_ticket_file(
        file, {"pbx.example.com", "Jürgen \"1\"",
               crypto::P256Key::from_scalar(device.scalar().bytes()).value(), "AQAAAAHe-_rC", 5}));
  }
  [[nodiscard]] Result<std::optional<KeptTicket>> read(
      const std::string& name = "pbx.example.com", const std::string& user = "Jürgen \"1\"") const {
    return read_ticket_file(file, name, user);
  }
  /// With one text of the file replaced.
  [[nodiscard]] Result<std::optional<KeptTicket>> read_with(const std::string& from,
                                                            const std::string& to) const {
    write();
    std::string text = read_file(file);
    REQUIRE(text.find(from) != std::string::npos);
    write_file(file, text.replace(text.find(from), from.size(), to));
    return read();
  }

  integration::ScratchDirectory directory;
  std::filesystem::path file = directory.path() / "ticket.json";
  crypto::P256Key device = crypto::P256Key::generate().value();
};

TEST_CASE_METHOD(TicketFileFixture, "a kept ticket is read again, from a file of the user's own") {
  CHECK_FALSE(read().value());
  write();
  struct stat status {};
  REQUIRE(stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
  const auto kept = read();
  REQUIRE(kept);
  REQUIRE(*kept);
  CHECK((*kept)->ticket == "AQAAAAHe-_rC");
  CHECK((*kept)->expires == 5);
  CHECK((*kept)->device.public_key() == device.public_key());
}

TEST_CASE_METHOD(TicketFileFixture, "the ticket of another user or system is not used") {
  write();
  for (const auto& kept : {read("other.example.com"), read("pbx.example.com", "1002")}) {
    REQUIRE_FALSE(kept);
    CHECK(kept.error().code == codes::kTicketFileForeign);
  }
}

TEST_CASE_METHOD(TicketFileFixture, "a file that is not whole is refused without its content") {
  const auto scalar = device.scalar();
  const std::string secret = text::to_hex(scalar.bytes());
  const std::vector<std::pair<std::string, std::string>> changes{
      {"starface-teams-ticket", "starface-teams-key"},
      {"\"version\": 1", "\"version\": 2"},
      {"\"user\"", "\"login\""},
      {"\"name\"", "\"system\""},
      {"\"ticket\": \"AQAAAAHe-_rC\"", "\"ticket\": \"\""},
      {"AQAAAAHe-_rC", "AQAA AAHe"},
      {"AQAAAAHe-_rC", std::string(1'025, 'A')},
      {secret, std::string(64, '0')},
      {secret, secret.substr(2)},
      {secret, "z" + secret.substr(1)},
      {"\"expires\": 5", "\"expires\": \"5\""},
      {"}\n", ""},
  };
  for (const auto& [from, to] : changes) {
    CAPTURE(to);
    const auto kept = read_with(from, to);
    REQUIRE_FALSE(kept);
    CHECK(kept.error().code == codes::kTicketFileDamaged);
    CHECK(contains(kept.error().message, file.string()));
    CHECK_FALSE(contains(describe(kept.error()), secret.substr(2)));
    CHECK_FALSE(contains(describe(kept.error()), "AQAAAAHe"));
  }
}

}  // namespace
}  // namespace sfteams::client
