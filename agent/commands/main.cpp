#include <charconv>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "agent/commands/check_command.h"
#include "agent/commands/codes.h"
#include "agent/commands/commands.h"
#include "agent/commands/probe_command.h"
#include "agent/commands/report.h"
#include "agent/configuration/options.h"
#include "base/crypto/core_dumps.h"
#include "base/log/log.h"
#include "base/program/standard_streams.h"
#include "base/program/usage.h"
#include "base/program/version.h"
#include "base/text/invisible.h"

namespace sfteams::commands {
namespace {

using agent::Options;

constexpr const char* kFooter = R"(
Exit status: of status and check, for monitoring, 0 when all is well, 1 when something
should be looked after, 2 when nobody can work or no agent is running. Of the others, and of
check --probe, 0, or sysexits.h: 64 usage, 65 damaged state, 66 a file cannot be read, 69 no
agent is running, or no PBX answers, 73 a file exists already, 75 another instance is running,
78 the configuration is wrong.)";

/// What was asked for. Each command says here what it does, with what its own options were given.
class CommandLine {
 public:
  using Action = std::function<int(const Options&)>;

  Options options;

  /// Has `does` carried out when this command is the one that was given; it gives the exit status.
  template <typename Does>
  void let(CLI::App* command, Does does) {
    command->callback([this, does] {
      action_ = [does](const Options& of) { return static_cast<int>(does(of)); };
    });
  }
  [[nodiscard]] int carry_out() const { return action_(options); }

 private:
  Action action_;
};

/// For all but the daemon, which sees to it by itself when it has changed its user, and does not go
/// on without it: commands have keys in their memory, too.
template <typename Does>
auto without_core_dumps(Does does) {
  return [does](const Options& options) {
    if (const Result<void> forbidden = crypto::forbid_core_dumps(); !forbidden)
      std::cerr << "warning: " << describe(forbidden.error()) << std::endl;
    return does(options);
  };
}

/// "90m" as "5400", in place; what is wrong with it, or nothing.
std::string to_seconds(std::string& time) {
  static_assert(agent::KeyRing::kShortestGrace == std::chrono::minutes(1));
  static_assert(agent::KeyRing::kLongestGrace == std::chrono::days(30));
  constexpr const char* kForm = "write a number and its unit, from 1m to 30d: 90m, 24h, 7d";
  static const std::map<char, std::int64_t> kUnits{
      {'s', 1}, {'m', 60}, {'h', 3'600}, {'d', 86'400}};
  std::int64_t number = 0;
  const char* const end = time.data() + time.size();
  const auto [rest, error] = std::from_chars(time.data(), end, number);
  const auto unit = rest + 1 == end ? kUnits.find(*rest) : kUnits.end();
  // No number of days, hours or minutes that fits is larger than that of the seconds.
  const bool fits = number > 0 && number <= agent::KeyRing::kLongestGrace.count();
  if (error != std::errc() || unit == kUnits.end() || !fits) return kForm;
  const std::int64_t seconds = number * unit->second;
  if (seconds < agent::KeyRing::kShortestGrace.count() ||
      seconds > agent::KeyRing::kLongestGrace.count())
    return kForm;
  time = std::to_string(seconds);
  return {};
}

void add_daemon_commands(CLI::App& app, CommandLine& line) {
  line.let(app.add_subcommand("run", "connect the PBX to its users until SIGTERM"), run_daemon);
  line.let(app.add_subcommand("reload", "have the running agent read its configuration again"),
           without_core_dumps(reload_daemon));
}

void add_config(CLI::App& app, CommandLine& line) {
  CLI::App* const config = app.add_subcommand("config", "the configuration");
  config->require_subcommand(1);
  line.let(config->add_subcommand("check", "say whether the configuration is right"),
           without_core_dumps(check_configuration));
}

void add_status(CLI::App& app, CommandLine& line) {
  CLI::App* const status = app.add_subcommand("status", "ask the running agent how it is");
  const auto as_json = std::make_shared<bool>(false);
  status->add_flag("--json", *as_json, "print JSON (docs/status.md)")->disable_flag_override();
  line.let(status, without_core_dumps([as_json](const Options& options) {
             return show_status(options, *as_json);
           }));
}

/// A login; the PBX would know none with a character in it that nobody sees.
std::string visible_text(const std::string& argument) {
  const auto invisible = text::find_invisible(argument);
  return invisible ? "it has " + invisible->describe() + ": type it again instead of pasting it"
                   : "";
}

/// What `check --probe` takes besides, in place of the walk through everything.
struct ProbeGiven {
  bool probe = false;
  bool wrong_passwords = false;
  std::int64_t wait = 60;
};

void add_probe_options(CLI::App& check, CLI::Option* user, ProbeGiven& given) {
  constexpr std::int64_t kLongestWait = 600;
  CLI::Option* const probe =
      check
          .add_flag("--probe", given.probe,
                    "go through the test sheet of docs/compatibility.md at the PBX instead, as the "
                    "user of --user, and print what was found out, without secrets")
          ->disable_flag_override()
          ->needs(user);
  check
      .add_option("--wait", given.wait,
                  "seconds to wait for each of two calls; 0 skips what takes a call or time")
      ->capture_default_str()
      ->check(CLI::Range(std::int64_t(0), kLongestWait))
      ->type_name("SECONDS")
      ->needs(probe);
  check
      .add_flag(
          "--wrong-passwords", given.wrong_passwords,
          "send three wrong passwords at the end; the PBX may then ignore this host for a day")
      ->disable_flag_override()
      ->needs(probe);
}

void add_check(CLI::App& app, CommandLine& line) {
  CLI::App* const check = app.add_subcommand(
      "check", "walk through all that has to work, and say what to do where it does not");
  const auto given = std::make_shared<CheckOptions>();
  const auto probe = std::make_shared<ProbeGiven>();
  check->add_flag("--json", given->json, "print a JSON object a line")->disable_flag_override();
  check->add_option("--report", given->report,
                    "write a report to this file, too: for a question to others, without secrets");
  CLI::Option* const user =
      check
          ->add_option("--user", given->user,
                       "sign this user in at the PBX for a trial; the password is asked for")
          ->check(CLI::Validator(visible_text, ""));
  check
      ->add_option("--password-file", given->password_file,
                   "a file whose first line is that user's password")
      ->needs(user);
  add_probe_options(*check, user, *probe);
  line.let(check, without_core_dumps([given, probe](const Options& options) {
             if (!probe->probe) return run_check(options, *given);
             return static_cast<int>(
                 run_probe(options, {given->json, given->report, given->user, given->password_file,
                                     std::chrono::seconds(probe->wait), probe->wrong_passwords}));
           }));
}

void add_admin_link(CLI::App& app, CommandLine& line) {
  line.let(app.add_subcommand("admin-link",
                              "print a link that signs in to the administration page once"),
           without_core_dumps(make_admin_link));
}

void add_log(CLI::App& app, CommandLine& line) {
  CLI::App* const log = app.add_subcommand("log", "the running agent's log");
  log->require_subcommand(1);
  CLI::App* const level =
      log->add_subcommand("level", "say its level, or change it until the next reload or restart");
  const auto given = std::make_shared<std::string>();
  CLI::Option* const there =
      level->add_option("LEVEL", *given, "error, warn, info, debug or trace");
  line.let(level, without_core_dumps([there, given](const Options& options) {
             const bool asks = there->count() == 0;
             return change_log_level(options, asks ? std::nullopt : std::optional(*given));
           }));
}

void add_new_key(CLI::App& key, CommandLine& line) {
  CLI::App* const make = key.add_subcommand("new", "make the system key");
  struct Given {
    std::int64_t grace = 0;  ///< seconds; 0: not given
    bool revoke = false;
  };
  const auto given = std::make_shared<Given>();
  CLI::Option* const grace =
      make->add_option("--grace", given->grace,
                       "make another one, and let users in by both for this time: 90m, 24h, 7d")
          ->transform(CLI::Validator(to_seconds, ""))
          ->type_name("TIME");
  make->add_flag("--revoke", given->revoke,
                 "make another one: the old key stops working at once, and whoever is in by it is "
                 "disconnected")
      ->disable_flag_override()
      ->excludes(grace);
  line.let(make, without_core_dumps([given](const Options& options) {
             using agent::OldKeys;
             if (given->revoke) return make_key(options, {OldKeys::Fate::revoked, {}});
             if (given->grace == 0) return make_key(options, {});
             return make_key(options, {OldKeys::Fate::grace, std::chrono::seconds(given->grace)});
           }));
}

void add_key(CLI::App& app, CommandLine& line) {
  CLI::App* const key = app.add_subcommand("key", "the system key");
  key->require_subcommand(1);
  add_new_key(*key, line);
  line.let(key->add_subcommand("show", "print the system key"), without_core_dumps(show_key));
  line.let(key->add_subcommand("revoke", "end the grace of the older system keys now"),
           without_core_dumps(revoke_keys));
  CLI::App* const write = key->add_subcommand("export", "write the key file that users get");
  struct Given {
    std::filesystem::path file;
    bool force = false;
  };
  const auto given = std::make_shared<Given>();
  write->add_option("FILE", given->file, "the key file")->required();
  write->add_flag("--force", given->force, "replace an existing file")->disable_flag_override();
  line.let(write, without_core_dumps([given](const Options& options) {
             return export_key(options, given->file, given->force);
           }));
}

void add_license_commands(CLI::App& app, CommandLine& line) {
  CLI::App* const license = app.add_subcommand("license", "floating licences and their seats");
  license->require_subcommand(1);
  CLI::App* const add = license->add_subcommand("add", "enter a licence key");
  const auto file = std::make_shared<std::filesystem::path>();
  add->add_option("FILE", *file, "the licence key's file; - for the standard input")->required();
  line.let(add, without_core_dumps(
                    [file](const Options& options) { return add_license(options, *file); }));
  CLI::App* const remove = license->add_subcommand("remove", "take a licence out again");
  const auto id = std::make_shared<std::string>();
  remove->add_option("ID", *id, "as license list shows it")->required();
  line.let(remove, without_core_dumps(
                       [id](const Options& options) { return remove_license(options, *id); }));
  CLI::App* const list = license->add_subcommand("list", "licences, seats, and who holds them");
  const auto as_json = std::make_shared<bool>(false);
  list->add_flag("--json", *as_json, "print JSON")->disable_flag_override();
  line.let(list, without_core_dumps([as_json](const Options& options) {
             return list_licenses(options, *as_json);
           }));
  CLI::App* const revoke = license->add_subcommand("revoke", "sign a user out who holds a seat");
  const auto user = std::make_shared<std::string>();
  revoke->add_option("USER", *user, "the STARFACE login")
      ->required()
      ->check(CLI::Validator(visible_text, ""));
  line.let(revoke, without_core_dumps(
                       [user](const Options& options) { return revoke_seat(options, *user); }));
}

void add_ticket_commands(CLI::App& app, CommandLine& line) {
  CLI::App* const ticket =
      app.add_subcommand("ticket", "devices on which users stay signed in without a password");
  ticket->require_subcommand(1);
  CLI::App* const list = ticket->add_subcommand("list", "these devices, and whose they are");
  const auto as_json = std::make_shared<bool>(false);
  list->add_flag("--json", *as_json, "print JSON")->disable_flag_override();
  line.let(list, without_core_dumps([as_json](const Options& options) {
             return list_tickets(options, *as_json);
           }));
  CLI::App* const revoke =
      ticket->add_subcommand("revoke", "sign a user out on all devices or on one, or everybody");
  const auto user = std::make_shared<std::optional<std::string>>();
  const auto device = std::make_shared<std::optional<std::string>>();
  CLI::Option* const of_user = revoke->add_option("USER", *user, "the STARFACE login")
                                   ->check(CLI::Validator(visible_text, ""));
  revoke->add_option("--device", *device, "only this device of the user, as the list names it")
      ->check(CLI::Validator(visible_text, ""))
      ->needs(of_user);
  const auto everybody = std::make_shared<bool>(false);
  revoke->add_flag("--all", *everybody, "everybody")->disable_flag_override()->excludes(of_user);
  // A user, a user and a device, or everybody.
  revoke->require_option(1, 2);
  line.let(revoke, without_core_dumps([user, device, everybody](const Options& options) {
             return revoke_tickets(options, *everybody ? TicketsOf() : TicketsOf{*user, *device});
           }));
}

/// In the order of --help.
void describe_commands(CLI::App& app, CommandLine& line) {
  app.footer(kFooter);
  app.set_version_flag("--version", "starface-teams-agent " + std::string(program::version_text()));
  app.add_option("--config", line.options.configuration,
                 "the configuration: a file, or a directory with exactly one *.ini")
      ->capture_default_str();
  app.add_option("--state-dir", line.options.state_directory, "where identity and key are kept")
      ->capture_default_str();
  app.add_option("--control", line.options.control,
                 "the control socket; by default \"control\" in the state directory");
  // Those below take it over.
  app.fallthrough();
  app.require_subcommand(1);
  for (const auto add : {add_daemon_commands, add_config, add_status, add_check, add_admin_link,
                         add_log, add_key, add_license_commands, add_ticket_commands})
    add(app, line);
}

/// A result that nobody got is none.
int end(int status) {
  const Result<void> written = program::finish_output(agent::codes::kOutput);
  return written ? status : static_cast<int>(report(written.error()));
}

int start(int argc, char** argv) {
  CLI::App app("The agent of the Teams Integration for STARFACE: connects this PBX to its users.",
               "starface-teams-agent");
  CommandLine line;
  describe_commands(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return end(app.exit(error));
    std::cerr << log::error_mark() << "starface-teams-agent: [" << agent::codes::kUsage.id << "] "
              << program::describe_usage(app, error) << " — --help shows what it takes"
              << std::endl;
    return static_cast<int>(Exit::usage);
  }
  return end(line.carry_out());
}

}  // namespace
}  // namespace sfteams::commands

int main(int argc, char** argv) {
  sfteams::program::open_standard_streams();
  return sfteams::commands::start(argc, argv);
}
