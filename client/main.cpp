// starface-teams-client: what an administrator tests with, without Teams.

#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "base/crypto/core_dumps.h"
#include "base/json/json.h"
#include "base/log/log.h"
#include "base/program/standard_streams.h"
#include "base/program/usage.h"
#include "base/program/version.h"
#include "base/text/encoding.h"
#include "base/text/invisible.h"
#include "client/avatar_task.h"
#include "client/codes.h"
#include "client/contacts_task.h"
#include "client/program.h"
#include "client/tasks.h"

namespace {

using sfteams::client::AvatarTask;
using sfteams::client::CallTask;
using sfteams::client::ContactsTask;
using sfteams::client::DialTask;
using sfteams::client::ListSeatsTask;
using sfteams::client::LoginTask;
using sfteams::client::ProgramOptions;
using sfteams::client::RevokeSeatTask;
using sfteams::client::Task;
using sfteams::client::WatchTask;

struct CommandLine {
  ProgramOptions options;
  std::string password_file;
  std::string ticket_file;
  std::string ca_file;
  int timeout = 30;
  std::string method;
  std::vector<std::string> arguments;
  std::string number;
  std::string phone;
  std::string holder;
  std::string searched;
  std::uint64_t page = 0;
  std::string owner;
  std::string picture;
  std::uint64_t events = 0;
  int seconds = 0;
};

constexpr const char* kFooter = R"(
Examples:
  starface-teams-client --key-file users.key --user 1001 login
  starface-teams-client --key-file users.key --user 1001 watch
  starface-teams-client --key-file users.key --user 1001 dial 1002
  starface-teams-client --key-file users.key --user 1001 contacts Lovelace
  starface-teams-client --key-file users.key --user 1001 avatar --out own.png
  starface-teams-client --key-file users.key --user 1001 \
      call ucp.v30.requests.userState.setDoNotDisturbSetting true
  starface-teams-client --key-file users.key --user 1001 license revoke 1002

The password is asked for, or read from --password-file or from a pipe; never from the command line.
With --ticket-file it is needed the first time only, and when the ticket has ended.
A proxy on the way to the connector is taken from HTTPS_PROXY (http://user:password@host:port), unless
NO_PROXY exempts the connector.
Exit status: 0 done; or sysexits.h: 64 usage, 65 no key file, 69 connector, agent or PBX not
reachable, 75 try later, 76 broken protocol, 77 refused (key, password or right).
)";

/// Texts travel as JSON, which is UTF-8; the agent would not take the message.
std::string whole_text(const std::string& argument) {
  return sfteams::text::is_utf8(argument)
             ? ""
             : "it is no UTF-8; check the terminal's character set (locale)";
}

/// A login; the PBX would know none with a character in it that nobody sees.
std::string visible_text(const std::string& argument) {
  if (std::string wrong = whole_text(argument); !wrong.empty()) return wrong;
  const auto invisible = sfteams::text::find_invisible(argument);
  return invisible ? "it has " + invisible->describe() + ": type it again instead of pasting it"
                   : "";
}

void add_options(CLI::App& app, CommandLine& line) {
  app.add_option("--key-file", line.options.key_file, "the key file from the PBX's administrator")
      ->required();
  app.add_option("--user", line.options.user, "the STARFACE login")
      ->required()
      ->check(CLI::Validator(visible_text, ""));
  app.add_option("--password-file", line.password_file, "a file whose first line is the password");
  app.add_option(
      "--ticket-file", line.ticket_file,
      "keeps the user signed in on this computer: a file, made if it is missing, by which "
      "the next run needs no password");
  app.add_option("--ca-file", line.ca_file,
                 "certificate authorities (PEM) instead of the system's");
  app.add_option("--timeout", line.timeout, "seconds for signing in, and for each call")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  app.add_flag("--json", line.options.json, "print JSON, a line each")->disable_flag_override();
}

/// A bare word is a text; but what begins like an array, an object or a text has to end like one.
std::string whole_json(const std::string& argument) {
  if (std::string wrong = whole_text(argument); !wrong.empty()) return wrong;
  if (argument.empty() || std::string_view("[{\"").find(argument.front()) == std::string_view::npos)
    return {};
  const auto value = sfteams::json::parse(argument);
  return value ? "" : argument + " is no whole JSON: " + value.error().message;
}

/// For users in the agent's [license] administrators.
void add_license(CLI::App& app, CommandLine& line, std::unique_ptr<Task>& task) {
  CLI::App* const license = app.add_subcommand(
      "license", "seats of floating licences, for users who are administrators of them");
  license->require_subcommand(1);
  license->add_subcommand("list", "who holds a seat")->callback([&task] {
    task = std::make_unique<ListSeatsTask>();
  });
  CLI::App* const revoke = license->add_subcommand("revoke", "sign a user out who holds a seat");
  revoke->add_option("USER", line.holder, "the STARFACE login")
      ->required()
      ->check(CLI::Validator(visible_text, ""));
  revoke->callback([&line, &task] { task = std::make_unique<RevokeSeatTask>(line.holder); });
}

/// Each subcommand says in `task` what it wants.
void add_commands(CLI::App& app, CommandLine& line, std::unique_ptr<Task>& task) {
  app.add_subcommand("login", "sign in and print what that gave")->callback([&task] {
    task = std::make_unique<LoginTask>();
  });

  CLI::App* const call = app.add_subcommand("call", "call a method and print its result");
  call->add_option("METHOD", line.method, "ucp.v30.requests.call.getCallIds, system.info, …")
      ->required();
  call->add_option(
          "JSON", line.arguments,
          "positional parameters; a bare word is taken as a text; a single object holds named "
          "parameters where the agent's own methods take them (license.revoke)")
      ->check(whole_json);
  call->callback(
      [&line, &task] { task = std::make_unique<CallTask>(line.method, line.arguments); });

  CLI::App* const dial = app.add_subcommand("dial", "place a call; Ctrl-C hangs up");
  dial->add_option("NUMBER", line.number, "internal, or as one would dial it")->required();
  dial->add_option("--phone", line.phone, "the telephone to use, e.g. SIP/anna");
  dial->callback([&line, &task] { task = std::make_unique<DialTask>(line.number, line.phone); });

  CLI::App* const contacts =
      app.add_subcommand("contacts", "search the PBX's address book: 100 contacts at once");
  contacts->add_option("TEXT", line.searched, "part of a name or number; \"\" finds everybody")
      ->required()
      ->check(CLI::Validator(whole_text, ""));
  contacts->add_option("--page", line.page, "which hundred, from 0")->check(CLI::Range(0, 9999));
  contacts->callback(
      [&line, &task] { task = std::make_unique<ContactsTask>(line.searched, line.page); });

  CLI::App* const avatar = app.add_subcommand("avatar", "get the picture of a user of the PBX");
  avatar->add_option("USER", line.owner,
                     "an accountId of `call users.list`; without it the user who signs in");
  avatar->add_option("--out", line.picture, "the file to write it into, mode 0600; it is replaced");
  avatar->callback([&line, &task] {
    task = std::make_unique<AvatarTask>(line.owner, std::filesystem::path(line.picture));
  });

  CLI::App* const watch = app.add_subcommand("watch", "print events as they come");
  watch->add_option("--count", line.events, "end after so many events");
  watch->add_option("--for", line.seconds, "end after so many seconds")
      ->check(CLI::NonNegativeNumber);
  watch->callback([&line, &task] {
    task = std::make_unique<WatchTask>(
        WatchTask::Limits{line.events, std::chrono::seconds(line.seconds)});
  });
  add_license(app, line, task);
  app.require_subcommand(1);
  app.fallthrough();
}

/// Help that nobody got is none.
int end(int status) {
  const auto written = sfteams::program::finish_output(sfteams::client::codes::kOutput);
  if (written) return status;
  std::cerr << "starface-teams-client: " << sfteams::describe(written.error()) << std::endl;
  return static_cast<int>(written.error().code.exit);
}

}  // namespace

int main(int argc, char** argv) {
  sfteams::program::open_standard_streams();
  CommandLine line;
  std::unique_ptr<Task> task;
  CLI::App app{"Signs in at a STARFACE PBX through its connector, to test without Teams.",
               "starface-teams-client"};
  app.set_version_flag("--version",
                       "starface-teams-client " + std::string(sfteams::program::version_text()));
  app.footer(kFooter);
  add_options(app, line);
  add_commands(app, line, task);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return end(app.exit(error));
    std::cerr << "starface-teams-client: [" << sfteams::client::codes::kUsage.id << "] "
              << sfteams::program::describe_usage(app, error) << " — --help shows what it takes"
              << std::endl;
    return static_cast<int>(sfteams::Exit::usage);
  }
  if (const auto forbidden = sfteams::crypto::forbid_core_dumps(); !forbidden)
    std::cerr << "warning: " << sfteams::describe(forbidden.error()) << std::endl;
  sfteams::log::start(sfteams::log::Level::error);
  line.options.timeout = std::chrono::seconds(line.timeout);
  if (!line.password_file.empty()) line.options.password_file = line.password_file;
  if (!line.ticket_file.empty()) line.options.ticket_file = line.ticket_file;
  if (!line.ca_file.empty()) line.options.ca_file = line.ca_file;
  line.options.software = "starface-teams-client/" SFTEAMS_VERSION;
  sfteams::client::Program program(std::move(line.options), std::move(task));
  return program.run();
}
