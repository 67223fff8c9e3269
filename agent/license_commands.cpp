#include <array>
#include <iostream>

#include "agent/commands.h"
#include "agent/configuration.h"
#include "agent/control_client.h"
#include "agent/licensing.h"
#include "agent/state_directory.h"
#include "json/json.h"
#include "keygen/codes.h"
#include "keygen/license.h"
#include "keygen/small_file.h"

namespace sfteams::agent {
namespace {

Result<std::string> license_text(const std::filesystem::path& file) {
  if (file != "-") {
    if (const Result<void> name = keygen::check_license_file_name(file.string()); !name)
      return fail(name.error());
    const Result<crypto::Secret> content = keygen::read_small_file(file, keygen::kMaxLicenseText);
    if (!content) return fail(content.error());
    return std::string(content->text());
  }
  std::array<char, keygen::kMaxLicenseText + 1> buffer{};
  std::cin.read(buffer.data(), buffer.size());
  return std::string(buffer.data(), static_cast<std::size_t>(std::cin.gcount()));
}

Result<LicenseBook> book_in(const StateDirectory& state, const Configuration& configuration) {
  return LicenseBook::load(state.licenses_file(), configuration.name,
                           configuration.license.issuers);
}

Json::Value command(const char* name) {
  Json::Value request(Json::objectValue);
  request["command"] = name;
  return request;
}

Exit print_added(const Json::Value& license) {
  std::cout << "The licence is entered.\n" << license_line(license) << std::flush;
  return Exit::ok;
}

/// Asks the daemon, or works on the state directory when none runs.
template <typename OnAnswer, typename WithBook>
Exit carry_out(const Options& options, const Json::Value& request, OnAnswer on_answer,
               WithBook with_book) {
  const auto by_daemon = [&] {
    const auto answer = ask_daemon(options, request);
    return answer ? on_answer(*answer) : answer.error();
  };
  return with_state(options, by_daemon, [&](const StateDirectory& state) {
    const Result<Configuration> configuration = load_configuration(options.configuration);
    if (!configuration) return report(configuration.error());
    Result<LicenseBook> book = book_in(state, *configuration);
    if (!book) return report(book.error());
    return with_book(*book, *configuration);
  });
}

}  // namespace

Exit add_license(const Options& options, const std::filesystem::path& file) {
  const Result<std::string> given = license_text(file);
  if (!given) return report(given.error());
  // What is none goes no further: it may be a secret, or no text.
  const Result<std::string> text = keygen::find_license_key(*given);
  if (!text) return report(text.error());
  Json::Value request = command(control::kLicenseAdd);
  request["text"] = *text;
  return carry_out(options, request, print_added,
                   [&](LicenseBook& book, const Configuration& /*configuration*/) {
                     const auto now = std::chrono::system_clock::now();
                     const Result<keygen::License> license = book.add(*text, now);
                     if (!license) return report(license.error());
                     return print_added(license_json({*license, std::nullopt}));
                   });
}

Exit remove_license(const Options& options, const std::string& id) {
  Json::Value request = command(control::kLicenseRemove);
  request["id"] = id;
  const auto removed = [](const Json::Value& /*answer*/) {
    std::cout << "The licence is removed; whoever holds a seat keeps it until signing out."
              << std::endl;
    return Exit::ok;
  };
  return carry_out(options, request, removed,
                   [&](LicenseBook& book, const Configuration& /*configuration*/) {
                     const Result<void> done = book.remove(id);
                     return done ? removed({}) : report(done.error());
                   });
}

Exit list_licenses(const Options& options, bool as_json) {
  const auto print = [&](const Json::Value& list) {
    std::cout << (as_json ? json::write_pretty(list) : license_list_text(list)) << std::flush;
    return Exit::ok;
  };
  return carry_out(options, command(control::kLicenseList), print,
                   [&](LicenseBook& book, const Configuration& configuration) {
                     const auto now = std::chrono::system_clock::now();
                     Seats seats(configuration.license.rules, [] {});
                     seats.set_capacity(book.seats(now));
                     return print(license_list_json(book, seats, now));
                   });
}

Exit revoke_seat(const Options& options, const std::string& user) {
  Json::Value request = command(control::kLicenseRevoke);
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

}  // namespace sfteams::agent
