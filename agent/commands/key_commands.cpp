#include <filesystem>
#include <iostream>
#include <string>

#include "agent/commands/commands.h"
#include "agent/commands/control_client.h"
#include "agent/commands/report.h"
#include "agent/configuration/configuration.h"
#include "agent/keys/codes.h"
#include "agent/keys/key_store.h"
#include "agent/keys/users_key.h"
#include "agent/state/state_directory.h"
#include "base/json/json.h"
#include "base/privileges/acting_as_owner.h"
#include "base/text/encoding.h"
#include "keygen/derive.h"
#include "keygen/key_file.h"

namespace sfteams::commands {
namespace {

void print_new_key(const std::string& id, const std::string& created, agent::OldKeys::Fate fate) {
  std::cout << "A new system key is in force.\n"
               "id:      "
            << id << "\ncreated: " << created << '\n';
  if (fate == agent::OldKeys::Fate::grace)
    std::cout << "The one before is good for a time yet; status says until when.\n";
  if (fate == agent::OldKeys::Fate::revoked)
    std::cout << "No other one is good any more, and whoever came in by one is out.\n";
  std::cout << "Users need it as a key file: starface-teams-agent key export FILE" << std::endl;
}

Exit make_key_by_daemon(const agent::Options& options, const agent::OldKeys& old) {
  const auto answer = ask_daemon(options, agent::control::write_key_new(old));
  if (!answer) return answer.error();
  print_new_key(std::string(json::string_member(*answer, "id").value_or("")),
                std::string(json::string_member(*answer, "created").value_or("")), old.fate);
  return Exit::ok;
}

Exit make_key_in(const agent::StateDirectory& state, const agent::OldKeys& old) {
  const Result<agent::KeyRing> keys = agent::make_key_in(state.key_file(), old);
  if (!keys) return report(keys.error());
  print_new_key(text::to_hex(keygen::derive_key_id(keys->current().key)), keys->current().created,
                old.fate);
  return Exit::ok;
}

Exit revoke_keys_in(const agent::StateDirectory& state) {
  const Result<agent::KeyRing> keys = agent::revoke_older_keys_in(state.key_file());
  return keys ? Exit::ok : report(keys.error());
}

/// The key from the state directory, read as its owner.
Result<agent::StoredKey> stored_key(const agent::Options& options) {
  Result<privileges::ActingAsOwner> owner = privileges::ActingAsOwner::of(options.state_directory);
  if (!owner) return fail(owner.error());
  Result<agent::StateDirectory> state = agent::StateDirectory::open(options.state_directory);
  if (!state) return fail(state.error());
  for (const Error& repair : state->repairs())
    std::cerr << "warning: " << describe(repair) << std::endl;
  const Result<agent::KeyRing> keys = agent::load_keys(state->key_file());
  if (!keys) return fail(keys.error());
  if (keys->empty()) {
    return fail(agent::codes::kNoKey,
                "there is no system key in " + options.state_directory.string(),
                "make one with: starface-teams-agent key new");
  }
  return keys->current().clone();
}

}  // namespace

Exit make_key(const agent::Options& options, const agent::OldKeys& old) {
  return with_state(
      options, [&] { return make_key_by_daemon(options, old); },
      [&](const agent::StateDirectory& state) { return make_key_in(state, old); });
}

Exit revoke_keys(const agent::Options& options) {
  const auto by_daemon = [&] {
    const auto answer =
        ask_daemon(options, agent::control::write_request(agent::control::kKeyRevoke));
    return answer ? Exit::ok : answer.error();
  };
  const Exit done = with_state(options, by_daemon, revoke_keys_in);
  if (done == Exit::ok) {
    std::cout << "The older system keys are revoked; only the one in force is good, and whoever "
                 "came in by "
                 "an older one is out."
              << std::endl;
  }
  return done;
}

Exit show_key(const agent::Options& options) {
  const Result<agent::StoredKey> key = stored_key(options);
  if (!key) return report(key.error());
  std::cout << "key:     " << key->key.display().text()
            << "\nid:      " << text::to_hex(keygen::derive_key_id(key->key))
            << "\ncreated: " << key->created << std::endl;
  return Exit::ok;
}

Exit export_key(const agent::Options& options, const std::filesystem::path& file, bool force) {
  const Result<agent::Configuration> configuration =
      agent::load_configuration(options.configuration);
  if (!configuration) return report(configuration.error());
  const Result<agent::StoredKey> key = stored_key(options);
  if (!key) return report(key.error());
  const keygen::KeyFile content =
      agent::users_key(configuration->name, configuration->connector.url, *key);
  const Result<void> written = keygen::write_key_file(
      file, content, force ? files::Existing::replace : files::Existing::refuse);
  if (!written) return report(written.error());
  std::cout << "The key file " << file.string() << " lets its holder reach the sign-in of "
            << content.name << "; hand it to users only." << std::endl;
  return Exit::ok;
}

}  // namespace sfteams::commands
