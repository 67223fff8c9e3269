#include <charconv>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <map>
#include <string>

#include <CLI/CLI.hpp>

#include "agent/codes.h"
#include "agent/commands.h"
#include "agent/options.h"
#include "crypto/core_dumps.h"
#include "diagnosis/check_command.h"
#include "error/usage.h"
#include "log/log.h"

namespace sfteams::agent {
namespace {

constexpr const char* kFooter = R"(
Exit status: of status and check, for monitoring, 0 when all is well, 1 when something
should be looked after, 2 when nobody can work or no agent is running. Of the others 0, or
sysexits.h: 64 usage, 65 damaged state, 66 a file cannot be read, 69 no agent is running,
73 a file exists already, 75 another instance is running, 78 the configuration is wrong.)";

struct CommandLine {
  Options options;
  std::filesystem::path file;
  bool json = false;
  bool revoke = false;
  std::int64_t grace = 0;  ///< seconds; 0: not given
  bool force = false;
  const CLI::App* run = nullptr;
  const CLI::App* reload = nullptr;
  const CLI::App* config_check = nullptr;
  const CLI::App* status = nullptr;
  const CLI::App* check = nullptr;
  const CLI::App* admin_link = nullptr;
  diagnosis::CheckOptions check_options;
  const CLI::App* log_level = nullptr;
  std::string level;
  const CLI::App* key_new = nullptr;
  const CLI::App* key_show = nullptr;
  const CLI::App* key_revoke = nullptr;
  const CLI::App* key_export = nullptr;
  const CLI::App* license_add = nullptr;
  const CLI::App* license_remove = nullptr;
  const CLI::App* license_list = nullptr;
  const CLI::App* license_revoke = nullptr;
  std::string license;  ///< its id
  std::string user;
};

/// "90m" as "5400", in place; what is wrong with it, or nothing.
std::string to_seconds(std::string& time) {
  static_assert(KeyRing::kShortestGrace == std::chrono::minutes(1));
  static_assert(KeyRing::kLongestGrace == std::chrono::days(30));
  constexpr const char* kForm = "write a number and its unit, from 1m to 30d: 90m, 24h, 7d";
  static const std::map<char, std::int64_t> kUnits{
      {'s', 1}, {'m', 60}, {'h', 3'600}, {'d', 86'400}};
  std::int64_t number = 0;
  const char* const end = time.data() + time.size();
  const auto [rest, error] = std::from_chars(time.data(), end, number);
  const auto unit = rest + 1 == end ? kUnits.find(*rest) : kUnits.end();
  // No number of days, hours or minutes that fits is larger than that of the seconds.
  const bool fits = number > 0 && number <= KeyRing::kLongestGrace.count();
  if (error != std::errc() || unit == kUnits.end() || !fits) return kForm;
  const std::int64_t seconds = number * unit->second;
  if (seconds < KeyRing::kShortestGrace.count() || seconds > KeyRing::kLongestGrace.count())
    return kForm;
  time = std::to_string(seconds);
  return {};
}

void describe_commands(CLI::App& app, CommandLine& line) {
  app.footer(kFooter);
  app.set_version_flag("--version", "starface-teams-agent " SFTEAMS_VERSION);
  app.add_option("--config", line.options.configuration,
                 "the configuration: a file, or a directory with exactly one *.ini")
      ->capture_default_str();
  app.add_option("--state-dir", line.options.state_directory, "where identity and key are kept")
      ->capture_default_str();
  app.add_option("--control", line.options.control,
                 "the control socket; by default \"control\" in the state directory");
  app.fallthrough();
  app.require_subcommand(1);
  line.run = app.add_subcommand("run", "connect the PBX to its users until SIGTERM");
  line.reload = app.add_subcommand("reload", "have the running agent read its configuration again");
  CLI::App* const config = app.add_subcommand("config", "the configuration");
  config->require_subcommand(1);
  line.config_check = config->add_subcommand("check", "say whether the configuration is right");
  config->fallthrough();
  CLI::App* const status = app.add_subcommand("status", "ask the running agent how it is");
  status->add_flag("--json", line.json, "print JSON (docs/status.md)")->disable_flag_override();
  CLI::App* const check = app.add_subcommand(
      "check", "walk through all that has to work, and say what to do where it does not");
  check->add_flag("--json", line.check_options.json, "print a JSON object a line")
      ->disable_flag_override();
  check->add_option("--report", line.check_options.report,
                    "write a report to this file, too: for a question to others, without secrets");
  CLI::Option* const user =
      check->add_option("--user", line.check_options.user,
                        "sign this user in at the PBX for a trial; the password is asked for");
  check
      ->add_option("--password-file", line.check_options.password_file,
                   "a file whose first line is that user's password")
      ->needs(user);
  line.check = check;
  line.admin_link = app.add_subcommand(
      "admin-link", "print a link that signs in to the administration page once");
  CLI::App* const log = app.add_subcommand("log", "the running agent's log");
  log->require_subcommand(1);
  CLI::App* const level =
      log->add_subcommand("level", "say its level, or change it until the next reload or restart");
  level->add_option("LEVEL", line.level, "error, warn, info, debug or trace");
  log->fallthrough();
  line.log_level = level;
  CLI::App* const key = app.add_subcommand("key", "the system key");
  key->require_subcommand(1);
  CLI::App* const make = key->add_subcommand("new", "make the system key");
  CLI::Option* const grace =
      make->add_option("--grace", line.grace,
                       "make another one, and let users in by both for this time: 90m, 24h, 7d")
          ->transform(CLI::Validator(to_seconds, ""))
          ->type_name("TIME");
  make->add_flag("--revoke", line.revoke,
                 "make another one: the old key stops working at once, and whoever is in by it is "
                 "disconnected")
      ->disable_flag_override()
      ->excludes(grace);
  line.key_show = key->add_subcommand("show", "print the system key");
  line.key_revoke = key->add_subcommand("revoke", "end the grace of the older system keys now");
  CLI::App* const write = key->add_subcommand("export", "write the key file that users get");
  write->add_option("FILE", line.file, "the key file")->required();
  write->add_flag("--force", line.force, "replace an existing file")->disable_flag_override();
  key->fallthrough();
  line.status = status;
  line.key_new = make;
  line.key_export = write;
}

void describe_license(CLI::App& app, CommandLine& line) {
  CLI::App* const license = app.add_subcommand("license", "floating licences and their seats");
  license->require_subcommand(1);
  CLI::App* const add = license->add_subcommand("add", "enter a licence key");
  add->add_option("FILE", line.file, "the licence key's file; - for the standard input")
      ->required();
  CLI::App* const remove = license->add_subcommand("remove", "take a licence out again");
  remove->add_option("ID", line.license, "as license list shows it")->required();
  CLI::App* const list = license->add_subcommand("list", "licences, seats, and who holds them");
  list->add_flag("--json", line.json, "print JSON")->disable_flag_override();
  CLI::App* const revoke = license->add_subcommand("revoke", "sign a user out who holds a seat");
  revoke->add_option("USER", line.user, "the STARFACE login")->required();
  license->fallthrough();
  line.license_add = add;
  line.license_remove = remove;
  line.license_list = list;
  line.license_revoke = revoke;
}

OldKeys old_keys(const CommandLine& line) {
  if (line.revoke) return {OldKeys::Fate::revoked, {}};
  if (line.grace > 0) return {OldKeys::Fate::grace, std::chrono::seconds(line.grace)};
  return {};
}

Exit execute_plain(const CommandLine& line) {
  if (line.reload->parsed()) return reload_daemon(line.options);
  if (line.admin_link->parsed()) return make_admin_link(line.options);
  if (line.config_check->parsed()) return check_configuration(line.options);
  if (line.log_level->parsed()) {
    const bool asks = line.log_level->count("LEVEL") == 0;
    return change_log_level(line.options, asks ? std::nullopt : std::optional(line.level));
  }
  if (line.key_new->parsed()) return make_key(line.options, old_keys(line));
  if (line.key_revoke->parsed()) return revoke_keys(line.options);
  if (line.key_show->parsed()) return show_key(line.options);
  if (line.license_add->parsed()) return add_license(line.options, line.file);
  if (line.license_remove->parsed()) return remove_license(line.options, line.license);
  if (line.license_list->parsed()) return list_licenses(line.options, line.json);
  if (line.license_revoke->parsed()) return revoke_seat(line.options, line.user);
  return export_key(line.options, line.file, line.force);
}

int execute(const CommandLine& line) {
  // The commands have keys in their memory, too. The daemon sees to it by itself, when it has
  // changed its user, and does not go on without it.
  if (line.run->parsed()) return static_cast<int>(run_daemon(line.options));
  if (!crypto::forbid_core_dumps()) {
    std::cerr << "warning: core files could not be switched off" << std::endl;
  }
  if (line.status->parsed()) return show_status(line.options, line.json);
  if (line.check->parsed()) return diagnosis::run_check(line.options, line.check_options);
  return static_cast<int>(execute_plain(line));
}

int start(int argc, char** argv) {
  CLI::App app("The agent of the Teams Integration for STARFACE: connects this PBX to its users.",
               "starface-teams-agent");
  CommandLine line;
  describe_commands(app, line);
  describe_license(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    std::cerr << log::error_mark() << "starface-teams-agent: [" << codes::kUsage.id << "] "
              << describe_usage(app, error) << " — --help shows what it takes" << std::endl;
    return static_cast<int>(Exit::usage);
  }
  return execute(line);
}

}  // namespace
}  // namespace sfteams::agent

int main(int argc, char** argv) {
  return sfteams::agent::start(argc, argv);
}
