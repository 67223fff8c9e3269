#include <array>
#include <iostream>

#include "agent/commands/commands.h"
#include "agent/commands/control_client.h"
#include "agent/commands/report.h"
#include "agent/configuration/configuration.h"
#include "agent/licensing/license_view.h"
#include "agent/state/state_directory.h"
#include "base/files/small_file.h"
#include "base/json/json.h"
#include "keygen/codes.h"
#include "keygen/license.h"

namespace sfteams::commands {
namespace {

Result<std::string> license_text(const std::filesystem::path& file) {
  if (file != "-") {
    if (const Result<void> name = keygen::check_license_file_name(file.string()); !name)
      return fail(name.error());
    const Result<crypto::Secret> content = files::read_small_file(file, keygen::kMaxLicenseText);
    if (!content) return fail(content.error());
    return std::string(content->text());
  }
  std::array<char, keygen::kMaxLicenseText + 1> buffer{};
  std::cin.read(buffer.data(), buffer.size());
  return std::string(buffer.data(), static_cast<std::size_t>(std::cin.gcount()));
}

Result<agent::LicenseBook> book_in(const agent::StateDirectory& state,
                                   const agent::Configuration& configuration) {
  return agent::LicenseBook::load(state.licenses_file(), configuration.name,
                                  configuration.license.issuers);
}

Exit print_added(const Json::Value& license) {
  std::cout << "The licence is entered.\n" << agent::license_line(license) << std::flush;
  return Exit::ok;
}

/// Asks the daemon, or works on the state directory when none runs.
template <typename OnAnswer, typename WithBook>
Exit carry_out(const agent::Options& options, const Json::Value& request, OnAnswer on_answer,
               WithBook with_book) {
  const auto by_daemon = [&] {
    const auto answer = ask_daemon(options, request);
    return answer ? on_answer(*answer) : answer.error();
  };
  return with_state(options, by_daemon, [&](const agent::StateDirectory& state) {
    const Result<agent::Configuration> configuration =
        agent::load_configuration(options.configuration);
    if (!configuration) return report(configuration.error());
    Result<agent::LicenseBook> book = book_in(state, *configuration);
    if (!book) return report(book.error());
    return with_book(*book, *configuration);
  });
}

}  // namespace

Exit add_license(const agent::Options& options, const std::filesystem::path& file) {
  const Result<std::string> given = license_text(file);
  if (!given) return report(given.error());
  // What is none goes no further: it may be a secret, or no text.
  const Result<std::string> text = keygen::find_license_key(*given);
  if (!text) return report(text.error());
  Json::Value request = agent::control::write_request(agent::control::kLicenseAdd);
  request["text"] = *text;
  return carry_out(options, request, print_added,
                   [&](agent::LicenseBook& book, const agent::Configuration& /*configuration*/) {
                     const auto now = std::chrono::system_clock::now();
                     const Result<keygen::License> license = book.add(*text, now);
                     if (!license) return report(license.error());
                     return print_added(agent::license_json({*license, std::nullopt}));
                   });
}

Exit remove_license(const agent::Options& options, const std::string& id) {
  Json::Value request = agent::control::write_request(agent::control::kLicenseRemove);
  request["id"] = id;
  const auto removed = [](const Json::Value& /*answer*/) {
    std::cout << "The licence is removed; whoever holds a seat keeps it until signing out."
              << std::endl;
    return Exit::ok;
  };
  return carry_out(options, request, removed,
                   [&](agent::LicenseBook& book, const agent::Configuration& /*configuration*/) {
                     const Result<void> done = book.remove(id);
                     return done ? removed({}) : report(done.error());
                   });
}

Exit list_licenses(const agent::Options& options, bool as_json) {
  const auto print = [&](const Json::Value& list) {
    std::cout << (as_json ? json::write_pretty(list) : agent::license_list_text(list))
              << std::flush;
    return Exit::ok;
  };
  return carry_out(options, agent::control::write_request(agent::control::kLicenseList), print,
                   [&](agent::LicenseBook& book, const agent::Configuration& configuration) {
                     const auto now = std::chrono::system_clock::now();
                     agent::Seats seats(configuration.license.rules, [] {});
                     seats.set_capacity(book.seats(now));
                     return print(agent::license_list_json(book, seats, now));
                   });
}

Exit revoke_seat(const agent::Options& options, const std::string& user) {
  Json::Value request = agent::control::write_request(agent::control::kLicenseRevoke);
  request["user"] = user;
  const auto answer = ask_daemon(options, request);
  if (!answer) return answer.error();
  // Of one that is kept after a restart, nobody is here yet.
  const Json::Value* const sessions = json::member(*answer, "sessions");
  const bool kept = sessions != nullptr && sessions->isInt64() && sessions->asInt64() == 0;
  std::cout << "The seat of " << user << " is free; "
            << (kept ? "it was kept for the user, who is not signed in."
                     : "the user was signed out.")
            << std::endl;
  return Exit::ok;
}

}  // namespace sfteams::commands
