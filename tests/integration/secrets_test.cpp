#include <algorithm>
#include <cctype>
#include <csignal>
#include <map>

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "base/text/encoding.h"
#include "keygen/derive.h"
#include "keygen/key_file.h"
#include "tests/integration/installation.h"
#include "tests/temporary_directory.h"
#include "uci/token.h"

// Nothing that a process writes, however talkative, holds a secret.

namespace sfteams::integration {
namespace {

const Installation::User kGuesser{"1002", "Guessed-Passw0rd"};

/// Every text that must not be found, with what it is.
class Secrets {
 public:
  void add(const std::string& what, std::string_view secret) {
    REQUIRE(secret.size() >= 8);
    all_.emplace(std::string(secret), what);
  }
  /// Also in the forms in which bytes are usually written.
  void add_bytes(const std::string& what, std::span<const std::uint8_t> bytes) {
    std::string hex = text::to_hex(bytes);
    add(what + " (hexadecimal)", hex);
    std::ranges::transform(hex, hex.begin(), [](unsigned char c) { return std::toupper(c); });
    add(what + " (upper case)", hex);
    add(what + " (bytes)", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  void add_key(const std::string& what, const keygen::SystemKey& key) {
    const crypto::Secret shown = key.display();
    std::string plain(shown.text());
    // Two groups of it are already too much.
    for (std::size_t at = 0; at + 11 <= plain.size(); at += 6)
      add(what, std::string_view(plain).substr(at, 11));
    std::erase(plain, '-');
    for (std::size_t at = 0; at + 10 <= plain.size(); at += 5)
      add(what + " (without hyphens)", std::string_view(plain).substr(at, 10));
    add_bytes(what + ", its Noise key", keygen::derive_noise_psk(key).bytes());
    add_bytes(what + ", its admission seed", keygen::derive_admission_key(key).seed().bytes());
  }
  void add_user(const Installation::User& user) {
    add("the password of " + user.name, user.password);
    for (const auto kind : {uci::TokenKind::sha512, uci::TokenKind::md5}) {
      const crypto::Secret token =
          uci::make_token(kind, user.name, crypto::Secret::from_text(user.password));
      std::string_view digest = token.text();
      if (const auto colon = digest.find(':'); colon != std::string_view::npos)
        digest.remove_prefix(colon + 1);
      add("the PBX token of " + user.name, digest);
    }
    add("what the agent keeps of the password of " + user.name,
        uci::hash_password(crypto::Secret::from_text(user.password)).text());
  }

  /// What of them stands in `text`.
  [[nodiscard]] std::vector<std::string> found_in(std::string_view text) const {
    std::vector<std::string> found;
    for (const auto& [secret, what] : all_) {
      if (text.find(secret) != std::string_view::npos) found.push_back(what);
    }
    return found;
  }

 private:
  std::map<std::string, std::string> all_;
};

/// Files that are there to hold a secret, or were written by the test itself.
bool may_hold_secrets(const std::filesystem::path& file) {
  const std::string name = file.filename();
  return name == "key.json" || name == "identity.json" || name.ends_with(".key") ||
         name.ends_with(".password");
}

void require_clean(const Secrets& secrets, const std::string& where, std::string_view text) {
  INFO(where);
  const std::vector<std::string> found = secrets.found_in(text);
  CAPTURE(found);
  CHECK(found.empty());
}

/// What every user of the host can see of a process.
void require_clean_process(const Secrets& secrets, pid_t process) {
  const std::filesystem::path proc = "/proc/" + std::to_string(process);
  require_clean(secrets, "command line", read_file(proc / "cmdline"));
  require_clean(secrets, "environment", read_file(proc / "environ"));
  const std::string limits = read_file(proc / "limits");
  const std::size_t core = limits.find("Max core file size");
  REQUIRE(core != std::string::npos);
  CHECK(contains(limits.substr(core, limits.find('\n', core) - core), " 0  "));
}

/// Everything that was written; gives how many files that were.
std::size_t require_clean_files(const Secrets& secrets, const Installation& installation) {
  std::size_t searched = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(installation.directory())) {
    if (!entry.is_regular_file() || may_hold_secrets(entry.path())) continue;
    require_clean(secrets, entry.path(), read_file(entry.path()));
    ++searched;
  }
  return searched;
}

TEST_CASE("the most talkative run writes no secret, and leaves none to see") {
  Installation::Options options;
  options.log_level = "trace";
  Installation installation(options);
  installation.start();
  const std::filesystem::path first_file = installation.key_file();
  REQUIRE(installation.client(Installation::kAnna, {"login"}).status == 0);
  const auto caller = installation.client_in_background(Installation::kAnna, {"dial", "1002"});
  REQUIRE(eventually([&] { return contains(caller->out(), "1002"); }));
  CHECK(installation.client(Installation::kAnna, {"contacts", "Müller"}).status == 0);
  CHECK(installation.client(kGuesser, {"login"}).status != 0);
  CHECK(installation.client(Installation::kAnna, {"call", "no.such.method", "[1]"}).status != 0);
  const auto watcher =
      installation.client_in_background(Installation::kBen, {"watch", "--for", "120"});
  REQUIRE(eventually([&] { return installation.journal_count("login", "1002", "accepted") == 1; }));
  // A session that is broken off and comes back.
  installation.connector().signal(SIGKILL);
  REQUIRE(installation.connector().wait());
  installation.start_connector();
  REQUIRE(eventually([&] { return contains(watcher->err(), "connected again"); }));
  // Keys that come and go, and a client with one that is not good any more.
  REQUIRE(installation.agent_command({"key", "new", "--grace", "24h"}).status == 0);
  const std::filesystem::path second_file = installation.file("second.key");
  REQUIRE(installation.agent_command({"key", "export", second_file.string()}).status == 0);
  static_cast<void>(installation.agent_command({"status"}));
  REQUIRE(installation.agent_command({"key", "revoke"}).status == 0);
  CHECK(installation.client(Installation::kAnna, {"login"}).status != 0);
  // Damage, of which the messages must not quote anything.
  const std::string whole = read_file(second_file);
  write_file(installation.file("damaged.key"), whole.substr(0, whole.size() - 10));
  installation.use_key_file(installation.file("damaged.key"));
  CHECK(installation.client(Installation::kAnna, {"login"}).status != 0);
  const std::string keygen = Installation::program("starface-teams-keygen");
  static_cast<void>(run(keygen, {{"inspect", installation.file("damaged.key").string()},
                                 installation.file("inspect-damaged"),
                                 "",
                                 {}}));
  static_cast<void>(run(
      keygen, {{"inspect", second_file.string()}, installation.file("inspect-second"), "", {}}));

  Secrets secrets;
  secrets.add_key("the first system key", keygen::read_key_file(first_file)->key);
  secrets.add_key("the second system key", keygen::read_key_file(second_file)->key);
  for (const auto* user : {&Installation::kAnna, &Installation::kBen, &kGuesser})
    secrets.add_user(*user);
  const auto identity = json::parse(read_file(installation.file("state") / "identity.json"));
  REQUIRE(identity);
  secrets.add("the seed of the identity", json::string_member(*identity, "seed").value());

  for (const pid_t process : {installation.agent().pid(), installation.connector().pid()})
    require_clean_process(secrets, process);
  installation.agent().signal(SIGTERM);
  REQUIRE(installation.agent().wait() == 0);
  installation.connector().signal(SIGTERM);
  REQUIRE(installation.connector().wait() == 0);
  // It is a search that finds: the file that has to hold the key does.
  CHECK_FALSE(secrets.found_in(read_file(installation.file("state") / "key.json")).empty());
  // In the search below, as everything else in there.
  CHECK(std::filesystem::exists(installation.file("state") / "known-users.json"));
  // The logs of four programs and of each command, the registry, the configurations.
  CHECK(require_clean_files(secrets, installation) > 20);
  CHECK(contains(read_file(installation.file("agent.log.err")), "trace"));
}

TEST_CASE("neither does one that signs in by OAuth, with tickets and the address book") {
  const agent::TemporaryDirectory directory;
  const std::filesystem::path secret_file = directory.path() / "client-secret";
  write_file(secret_file, "simulator-client-secret\n");
  Installation::Options options;
  options.log_level = "trace";
  options.simulator_switches = {"preset=10", "oauth-lifetime=30"};
  options.agent_uci_settings =
      "keepalive = 5\nauth = oauth\nclient-secret-file = " + secret_file.string() + "\n";
  Installation installation(options);
  installation.start();
  const std::string ticket = installation.file("ticket.key").string();  // it is there to hold one
  const auto watcher = installation.client_in_background(
      Installation::kAnna, {"--ticket-file", ticket, "watch", "--for", "120"});
  REQUIRE(eventually(
      [&] { return installation.journal_count("token", {}, "granted", "refresh_token") >= 1; }));
  CHECK(installation.client(Installation::kAnna, {"contacts", "Müller"}).status == 0);
  CHECK(installation.client(kGuesser, {"login"}).status != 0);
  installation.simulator_post("/control/oauth/end", "{}");
  CHECK(installation.client(Installation::kBen, {"login"}).status == 0);
  static_cast<void>(installation.agent_command({"status"}));
  static_cast<void>(installation.agent_command({"check"}));

  Secrets secrets;
  secrets.add("the client's secret", "simulator-client-secret");
  // How the stand-in's tokens begin, those of the sign-in and those that renew it.
  secrets.add("a token", "eyJhbGciOiJSUzI1NiI");
  for (const auto* user : {&Installation::kAnna, &Installation::kBen, &kGuesser})
    secrets.add_user(*user);
  require_clean_process(secrets, installation.agent().pid());
  installation.agent().signal(SIGTERM);
  REQUIRE(installation.agent().wait() == 0);
  // Sealed, and in the search below.
  CHECK(std::filesystem::exists(installation.file("state") / "refresh-tokens.json"));
  CHECK(require_clean_files(secrets, installation) > 10);
  CHECK(contains(read_file(installation.file("agent.log.err")), "trace"));
}

TEST_CASE("a process that is made to crash leaves no core file") {
  Installation::Options options;
  // A sanitizer would take it for a fault that it has found.
  options.environment = {"ASAN_OPTIONS=handle_segv=0", "TSAN_OPTIONS=handle_segv=0"};
  Installation installation(options);
  installation.start();
  for (ChildProcess* process : {&installation.agent(), &installation.connector()}) {
    process->signal(SIGSEGV);
    REQUIRE(process->wait());
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(installation.directory()))
    CHECK_FALSE(entry.path().filename().string().starts_with("core"));
}

}  // namespace
}  // namespace sfteams::integration
