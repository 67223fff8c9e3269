#include <iostream>

#include "agent/active_key.h"
#include "agent/codes.h"
#include "agent/commands.h"
#include "agent/configuration.h"
#include "agent/control_protocol.h"
#include "agent/key_store.h"
#include "agent/owner.h"
#include "agent/state_directory.h"
#include "agent/status.h"
#include "crypto/encoding.h"
#include "json/json.h"
#include "keygen/key_file.h"
#include "transport/codes.h"
#include "transport/control_socket.h"

namespace sfteams::agent {
namespace {

constexpr transport::Duration kPatience{10'000};

/// Writes what the daemon said went wrong.
Exit pass_on(const control::Told& told) {
  std::cerr << "starface-teams-agent: " << told.line << std::endl;
  return static_cast<Exit>(told.exit);
}

Result<std::string> ask(const Options& options, const Json::Value& request) {
  Result<std::string> answer =
      transport::ask_control(options.control_socket(), json::write(request), kPatience);
  if (!answer && answer.error().code == transport::codes::kControlUnreachable) {
    return fail(codes::kNotRunning, "no agent answers at " + options.control_socket().string(),
                "start it (systemctl start starface-teams-agent), or name its --state-dir");
  }
  return answer;
}

void print_new_key(const std::string& id, const std::string& created) {
  std::cout << "A new system key is in force.\n"
               "id:      "
            << id << "\ncreated: " << created
            << "\nUsers need it as a key file: starface-teams-agent key export FILE" << std::endl;
}

Exit make_key_by_daemon(const Options& options, bool replace) {
  Json::Value request(Json::objectValue);
  request["command"] = control::kKeyNew;
  request["replace"] = replace;
  const Result<std::string> text = ask(options, request);
  if (!text) return report(text.error());
  const auto answer = control::read_answer(*text);
  if (!answer) return pass_on(answer.error());
  print_new_key(std::string(json::string_member(*answer, "id").value_or("")),
                std::string(json::string_member(*answer, "created").value_or("")));
  return Exit::ok;
}

Exit make_key_in(const StateDirectory& state, bool replace) {
  const Result<std::optional<StoredKey>> old = load_key(state.key_file());
  // A damaged file is as good as a key here: it is not written over unless that is meant.
  if (!replace && !old) return report(old.error());
  if (!replace && *old) return report(key_exists());
  const Result<StoredKey> made = agent::make_key(std::chrono::system_clock::now());
  if (!made) return report(made.error());
  if (const Result<void> saved = save_key(state.key_file(), *made); !saved) {
    return report(saved.error());
  }
  print_new_key(crypto::to_hex(keygen::derive_key_id(made->key)), made->created);
  return Exit::ok;
}

/// Where clients find the connector: as the agent does, without the path.
std::string connector_of(const Configuration& configuration) {
  const transport::Url& url = configuration.connector.url;
  return url.scheme + "://" + url.authority();
}

/// The key from the state directory, read as its owner.
Result<StoredKey> stored_key(const Options& options) {
  Result<ActingAsOwner> owner = ActingAsOwner::of(options.state_directory);
  if (!owner) return fail(owner.error());
  Result<StateDirectory> state = StateDirectory::open(options.state_directory);
  if (!state) return fail(state.error());
  Result<std::optional<StoredKey>> key = load_key(state->key_file());
  if (!key) return fail(key.error());
  if (!*key) {
    return fail(codes::kNoKey, "there is no system key in " + options.state_directory.string(),
                "make one with: starface-teams-agent key new");
  }
  return std::move(**key);
}

}  // namespace

Exit show_status(const Options& options, bool as_json) {
  Json::Value request(Json::objectValue);
  request["command"] = control::kStatus;
  const Result<std::string> text = ask(options, request);
  if (!text) return report(text.error());
  const auto answer = control::read_answer(*text);
  if (!answer) return pass_on(answer.error());
  std::cout << (as_json ? json::write_pretty(*answer) : to_text(*answer)) << std::flush;
  const Json::Value* well = json::member(*answer, "healthy");
  return well != nullptr && well->isBool() && well->asBool() ? Exit::ok : Exit::failure;
}

Exit make_key(const Options& options, bool replace) {
  Result<ActingAsOwner> owner = ActingAsOwner::of(options.state_directory);
  if (!owner) return report(owner.error());
  Result<StateDirectory> state = StateDirectory::open(options.state_directory);
  if (!state) return report(state.error());
  for (const std::string& repair : state->repairs())
    std::cerr << "warning: " << repair << std::endl;
  // Whoever holds the lock writes the key: the daemon if one runs, otherwise this process.
  const Result<InstanceLock> lock = InstanceLock::take(*state);
  if (lock) return make_key_in(*state, replace);
  if (lock.error().code != codes::kAlreadyRunning) return report(lock.error());
  return make_key_by_daemon(options, replace);
}

Exit show_key(const Options& options) {
  const Result<StoredKey> key = stored_key(options);
  if (!key) return report(key.error());
  std::cout << "key:     " << key->key.display().text()
            << "\nid:      " << crypto::to_hex(keygen::derive_key_id(key->key))
            << "\ncreated: " << key->created << std::endl;
  return Exit::ok;
}

Exit export_key(const Options& options, const std::filesystem::path& file, bool force) {
  const Result<Configuration> configuration = load_configuration(options.configuration);
  if (!configuration) return report(configuration.error());
  const Result<StoredKey> key = stored_key(options);
  if (!key) return report(key.error());
  const keygen::KeyFile content{configuration->name, key->key.clone(), connector_of(*configuration),
                                key->created};
  const Result<void> written = keygen::write_key_file(
      file, content, force ? keygen::Existing::replace : keygen::Existing::refuse);
  if (!written) return report(written.error());
  std::cout << "The key file " << file.string() << " lets its holder reach the sign-in of "
            << content.name << "; hand it to users only." << std::endl;
  return Exit::ok;
}

}  // namespace sfteams::agent
