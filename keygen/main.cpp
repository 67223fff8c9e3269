#include <chrono>
#include <iostream>
#include <string>

#include <CLI/CLI.hpp>

#include "base/crypto/core_dumps.h"
#include "base/program/standard_streams.h"
#include "base/program/usage.h"
#include "base/program/version.h"
#include "keygen/codes.h"
#include "keygen/commands.h"
#include "keygen/license_commands.h"

namespace sfteams::keygen {
namespace {

constexpr const char* kExamples = R"(
Examples:
  starface-teams-keygen new --name pbx.example.com \
      --connector wss://connector.example.com --out pbx.starface-key
  starface-teams-keygen export pbx.starface-key \
      --connector wss://new.example.com --out moved.starface-key
  starface-teams-keygen inspect pbx.starface-key
  starface-teams-keygen license new-issuer --out issuer.pem
  starface-teams-keygen license issue --issuer issuer.pem --holder "Muster GmbH" \
      --system pbx.example.com --seats 20 --until 2027-12-31 --out muster.license
  starface-teams-keygen license show muster.license
  starface-teams-keygen license show-issuer issuer.pem

A key file holds a secret: hand it only to those who may reach the PBX.
Exit status: 0, or sysexits.h: 64 usage, 65 not a valid key file, 66 cannot read,
73 cannot write.)";

struct CommandLine {
  NewOptions make;
  ExportOptions copy;
  InspectOptions inspect;
  std::filesystem::path issuer;
  IssueOptions issue;
  ShowLicenseOptions show;
};

struct LicenseCommands {
  const CLI::App* new_issuer = nullptr;
  const CLI::App* issue = nullptr;
  const CLI::App* show = nullptr;
  const CLI::App* show_issuer = nullptr;
};

CLI::App* add_new(CLI::App& app, NewOptions& options) {
  CLI::App* const command =
      app.add_subcommand("new", "make a new system key and write its key file");
  command->add_option("--name", options.name, "the PBX's host name, such as pbx.example.com")
      ->required();
  command->add_option("--connector", options.connector, "the connector's wss:// address")
      ->required();
  command->add_option("--out", options.file, "the key file to write")->required();
  command->add_flag("--force", options.overwrite, "overwrite an existing file")
      ->disable_flag_override();
  command->add_flag("--show-key", options.show_key, "print the key too")->disable_flag_override();
  return command;
}

CLI::App* add_export(CLI::App& app, ExportOptions& options) {
  CLI::App* const command = app.add_subcommand("export", "write a fresh key file for the same key");
  command->add_option("keyfile", options.source, "the key file to read")->required();
  command->add_option("--out", options.file, "the key file to write")->required();
  command->add_option("--connector", options.connector, "another connector's wss:// address");
  command->add_flag("--force", options.overwrite, "overwrite an existing file")
      ->disable_flag_override();
  return command;
}

CLI::App* add_inspect(CLI::App& app, InspectOptions& options) {
  CLI::App* const command = app.add_subcommand("inspect", "check a key file and say what is in it");
  command->add_option("keyfile", options.file, "the key file to read")->required();
  command->add_flag("--json", options.json, "print JSON")->disable_flag_override();
  command->add_flag("--show-key", options.show_key, "print the key too")->disable_flag_override();
  return command;
}

LicenseCommands add_license(CLI::App& app, CommandLine& line) {
  CLI::App* const license = app.add_subcommand("license", "make and read floating licences");
  license->require_subcommand(1);
  CLI::App* const new_issuer =
      license->add_subcommand("new-issuer", "make the key pair that licences are signed with");
  new_issuer
      ->add_option("--out", line.issuer,
                   "the private key's file to write; one that is there is never overwritten")
      ->required();

  CLI::App* const issue = license->add_subcommand("issue", "make a licence key");
  issue->add_option("--issuer", line.issue.issuer, "the issuer's private key")->required();
  issue->add_option("--holder", line.issue.holder, "who buys it")->required();
  issue->add_option("--system", line.issue.systems, "a system name; may be given several times")
      ->required();
  issue->add_option("--seats", line.issue.seats, "users at once, 1 to 100000")->required();
  issue->add_option("--from", line.issue.from, "the first day; by default today (UTC)");
  issue->add_option("--until", line.issue.until, "the last day, as 2027-12-31")->required();
  issue->add_option("--out", line.issue.file, "the file to write; by default it is printed");
  issue->add_flag("--force", line.issue.overwrite, "overwrite an existing file")
      ->disable_flag_override();

  CLI::App* const show = license->add_subcommand("show", "say what is in a licence key");
  show->add_option("file", line.show.file, "the licence key's file; - for the standard input")
      ->required();
  show->add_option(
      "--issuer", line.show.issuers,
      "check the signature by this public key, or by the one of this private key's file");
  show->add_option("--system", line.show.system, "check that it is good for this system, today");
  show->add_flag("--json", line.show.json, "print JSON")->disable_flag_override();

  CLI::App* const show_issuer =
      license->add_subcommand("show-issuer", "print the public key of an issuer's private key");
  show_issuer->add_option("file", line.issuer, "the private key's file")->required();
  return {new_issuer, issue, show, show_issuer};
}

int end(Result<void> result) {
  if (result) result = program::finish_output(codes::kOutput);
  if (result) return static_cast<int>(Exit::ok);
  std::cerr << "starface-teams-keygen: " << describe(result.error()) << '\n';
  return static_cast<int>(result.error().code.exit);
}

/// Help and version end well; every mistake ends with EX_USAGE.
int end_early(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) {
    app.exit(error, std::cout, std::cerr);
    return end({});
  }
  // "Muster GmbH" without quotation marks is the usual reason for a word that is left over.
  const bool left_over = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  return end(fail(codes::kUsage, program::describe_usage(app, error),
                  std::string("--help shows what it takes") +
                      (left_over ? "; put what has blanks in it into quotation marks" : "")));
}

int run(int argc, char** argv) {
  CLI::App app("Makes and checks the key files that let users reach a STARFACE PBX.",
               "starface-teams-keygen");
  app.footer(kExamples);
  app.set_version_flag("--version",
                       "starface-teams-keygen " + std::string(program::version_text()));
  app.require_subcommand(1);
  CommandLine options;
  const CLI::App* const make = add_new(app, options.make);
  const CLI::App* const copy = add_export(app, options.copy);
  const CLI::App* const inspect = add_inspect(app, options.inspect);
  const LicenseCommands license = add_license(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return end_early(app, error);
  }
  if (const Result<void> forbidden = crypto::forbid_core_dumps(); !forbidden)
    std::cerr << "warning: " << describe(forbidden.error()) << std::endl;
  const auto now = std::chrono::system_clock::now();
  if (make->parsed()) return end(make_new_key(options.make, now, std::cout));
  if (copy->parsed()) return end(export_key_file(options.copy, std::cout));
  if (inspect->parsed()) return end(inspect_key_file(options.inspect, std::cout));
  if (license.new_issuer->parsed()) return end(make_issuer(options.issuer, std::cout));
  if (license.issue->parsed()) return end(issue_license_key(options.issue, now, std::cout));
  if (license.show_issuer->parsed()) return end(show_issuer(options.issuer, std::cout));
  return end(show_license_key(options.show, now, std::cin, std::cout));
}

}  // namespace
}  // namespace sfteams::keygen

int main(int argc, char** argv) {
  sfteams::program::open_standard_streams();
  return sfteams::keygen::run(argc, argv);
}
