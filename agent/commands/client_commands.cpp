#include <iostream>

#include "agent/commands/commands.h"
#include "agent/commands/control_client.h"
#include "agent/commands/report.h"
#include "agent/configuration/configuration.h"
#include "agent/diagnosis/codes.h"
#include "agent/keys/active_key.h"
#include "agent/keys/codes.h"
#include "agent/keys/key_store.h"
#include "agent/keys/users_key.h"
#include "agent/pbx/pbx_probe.h"
#include "agent/state/state_directory.h"
#include "agent/status/status.h"
#include "base/crypto/encoding.h"
#include "base/json/json.h"
#include "base/log/line.h"
#include "base/privileges/acting_as_owner.h"
#include "keygen/key_file.h"
#include "transport/this_host.h"

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
  Result<agent::KeyRing> keys = agent::load_keys(state.key_file());
  // A damaged file is as good as a key here: it is not written over unless that is meant.
  if (!keys && old.fate == agent::OldKeys::Fate::revoked) keys = agent::KeyRing();
  if (!keys) return report(keys.error());
  if (const Result<void> added = agent::add_new_key(*keys, old); !added)
    return report(added.error());
  if (const Result<void> saved = agent::save_keys(state.key_file(), *keys); !saved) {
    return report(saved.error());
  }
  print_new_key(crypto::to_hex(keygen::derive_key_id(keys->current().key)), keys->current().created,
                old.fate);
  return Exit::ok;
}

Exit revoke_keys_in(const agent::StateDirectory& state) {
  Result<agent::KeyRing> keys = agent::load_keys(state.key_file());
  if (!keys) return report(keys.error());
  if (!keys->revoke_older()) return report(agent::no_older_key());
  if (const Result<void> saved = agent::save_keys(state.key_file(), *keys); !saved) {
    return report(saved.error());
  }
  return Exit::ok;
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

Exit check_configuration(const agent::Options& options) {
  // What root can read, the agent's user may not.
  const Result<privileges::ActingAsOwner> owner =
      privileges::ActingAsOwner::of(options.state_directory);
  if (!owner) return report(owner.error());
  const Result<agent::Configuration> configuration =
      agent::load_configuration(options.configuration);
  if (!configuration) return report(configuration.error());
  if (const Result<void> good = agent::check_files(*configuration); !good)
    return report(good.error());
  for (const std::string& warning : configuration->connector.no_proxy_warnings)
    std::cerr << "warning: " << warning << std::endl;
  if (const auto warning = agent::read_timeout_warning(configuration->limits))
    std::cerr << "warning: " << describe(*warning) << std::endl;
  // Read a moment ago.
  if (const Result<settings::Ini> ini = settings::Ini::read(configuration->origin)) {
    for (const Error& warning : settings::warnings_about_hidden_files(*ini))
      std::cerr << "warning: " << log::one_line(describe(warning)) << std::endl;
  }
  const agent::PbxSettings& uci = configuration->uci;
  if (uci.enabled && transport::is_this_host(uci.url.host) == false) {
    std::cerr << "warning: "
              << log::one_line(describe(agent::pbx_is_elsewhere(uci.url, uci.url.host)))
              << std::endl;
  }
  std::cout << configuration->origin.string() << " is right: " << configuration->name << " at "
            << agent::connector_of(configuration->connector.url) << ", PBX "
            << (configuration->uci.enabled ? "at " + configuration->uci.url.to_string()
                                           : std::string("switched off"))
            << std::endl;
  return Exit::ok;
}

Exit reload_daemon(const agent::Options& options) {
  Json::Value request(Json::objectValue);
  request["command"] = agent::control::kReload;
  const auto answer = ask_daemon(options, request);
  if (!answer) {
    if (answer.error() != agent::codes::kNotRunning.exit)
      std::cerr << "the configuration from before stays in force" << std::endl;
    return answer.error();
  }
  const Json::Value* const changes = json::member(*answer, "changes");
  if (changes != nullptr && changes->isArray()) {
    for (const Json::Value& sentence : *changes)
      std::cout << log::one_line(json::text_of(sentence).value_or("")) << '\n';
  }
  std::cout << std::flush;
  return Exit::ok;
}

Exit make_admin_link(const agent::Options& options) {
  Json::Value request(Json::objectValue);
  request["command"] = agent::control::kAdminLink;
  const auto answer = ask_daemon(options, request);
  if (!answer) return answer.error();
  std::cout << log::one_line(json::string_member(*answer, "link").value_or(""))
            << "\nOpen it within five minutes; it signs in once." << std::endl;
  return Exit::ok;
}

int show_status(const agent::Options& options, bool as_json) {
  Json::Value request(Json::objectValue);
  request["command"] = agent::control::kStatus;
  const auto answer = ask_daemon(options, request);
  if (!answer) return 2;
  std::cout << (as_json ? json::write_pretty(*answer) : agent::to_text(*answer)) << std::flush;
  const auto health = json::string_member(*answer, "health");
  if (health == "well") return 0;
  return health == "warning" ? 1 : 2;
}

Exit make_key(const agent::Options& options, const agent::OldKeys& old) {
  return with_state(
      options, [&] { return make_key_by_daemon(options, old); },
      [&](const agent::StateDirectory& state) { return make_key_in(state, old); });
}

Exit revoke_keys(const agent::Options& options) {
  const auto by_daemon = [&] {
    Json::Value request(Json::objectValue);
    request["command"] = agent::control::kKeyRevoke;
    const auto answer = ask_daemon(options, request);
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
            << "\nid:      " << crypto::to_hex(keygen::derive_key_id(key->key))
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
