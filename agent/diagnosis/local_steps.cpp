#include "agent/diagnosis/local_steps.h"

#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "agent/diagnosis/codes.h"
#include "agent/keys/codes.h"
#include "agent/keys/key_store.h"
#include "agent/licensing/license_book.h"
#include "agent/state/state_directory.h"
#include "base/clock/utc_time.h"
#include "base/files/atomic_file.h"
#include "base/text/encoding.h"
#include "keygen/derive.h"

namespace sfteams::diagnosis {
namespace {

using agent::Configuration;

constexpr const char* kConfig = "config";
constexpr const char* kKey = "key";
constexpr const char* kState = "state";
constexpr std::uintmax_t kLeastSpace = 10U << 20U;

/// A step that is done when it begins.
template <typename Look>
Step at_once(const char* name, Look look) {
  return {{name}, [look](Context& context, const Found& found, const Done& done) {
            found(look(context));
            done();
            return std::unique_ptr<Work>();
          }};
}

bool readable_to_all(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0 || (status.st_mode & S_IROTH) == 0) return false;
  // In a directory that is closed to others, what is copied there by root is closed, too.
  const std::filesystem::path directory = file.parent_path();
  return ::stat(directory.empty() ? "." : directory.c_str(), &status) == 0 &&
         (status.st_mode & S_IXOTH) != 0;
}

Sentence summary(const Configuration& configuration) {
  return said("{0}: {1} at {2}", {configuration.origin.string(), configuration.name,
                                  configuration.connector.url.to_string()});
}

Finding look_at_configuration(Context& context) {
  Result<Configuration> read = agent::load_configuration(context.options.configuration);
  if (!read) return failure(kConfig, read.error());
  if (const Result<void> good = agent::check_files(*read); !good)
    return failure(kConfig, good.error());
  context.configuration = std::move(*read);
  const Configuration& configuration = *context.configuration;
  const std::string file = configuration.origin.string();
  const auto& proxy = configuration.connector.proxy;
  if (proxy && proxy->credentials != nullptr && !configuration.connector.proxy_from_environment &&
      readable_to_all(configuration.origin)) {
    return warning(kConfig, codes::kProxyPasswordOpen,
                   said("{0} holds the proxy's password and can be read by everybody", {file}),
                   verbatim("chown root:starface-teams " + file + " && chmod 660 " + file));
  }
  // Read a moment ago.
  if (const Result<settings::Ini> ini = settings::Ini::read(configuration.origin)) {
    const std::vector<Error> hidden = settings::warnings_about_hidden_files(*ini);
    if (!hidden.empty()) return warning(kConfig, hidden.front());
  }
  return well(kConfig, summary(configuration));
}

Sentence age_of(const agent::StoredKey& key) {
  const auto made = clock::parse_utc(key.created);
  if (!made) return {};
  const auto days =
      std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now() - *made).count();
  return days < 2 ? Sentence() : said(" ({0} days ago)", {std::to_string(days)});
}

Result<const agent::StateDirectory*> open_state(Context& context) {
  if (!context.state) {
    Result<agent::StateDirectory> state =
        agent::StateDirectory::open(context.options.state_directory);
    if (!state) return fail(state.error());
    context.state = std::move(*state);
  }
  return &*context.state;
}

Finding look_at_key(Context& context) {
  const std::filesystem::path directory = context.options.state_directory;
  std::error_code missing;
  if (!std::filesystem::exists(directory, missing)) {
    return failure(kKey, Error{agent::codes::kNoKey,
                               "there is no system key: " + directory.string() + " is not there",
                               "start the agent, then: starface-teams-agent key new"});
  }
  const Result<const agent::StateDirectory*> state = open_state(context);
  if (!state) return failure(kKey, state.error());
  Result<agent::KeyRing> keys = agent::load_keys((*state)->key_file());
  if (!keys) return failure(kKey, keys.error());
  if (keys->empty()) {
    return failure(kKey,
                   Error{agent::codes::kNoKey, "there is no system key in " + directory.string(),
                         "make one with: starface-teams-agent key new"});
  }
  const agent::StoredKey& current = keys->current();
  Sentence text =
      said("{0}, made {1}", {text::to_hex(keygen::derive_key_id(current.key)), current.created}) +
      age_of(current);
  for (const agent::StoredKey& older : keys->keys().subspan(1)) {
    text += said("; an older one is good until {0}", {clock::utc_text(older.expires)});
  }
  context.key = current.clone();
  return well(kKey, std::move(text));
}

/// Fails when a file of the state cannot be used.
Result<void> read_all(const agent::StateDirectory& state, const Configuration& configuration) {
  const auto book = agent::LicenseBook::load(state.licenses_file(), configuration.name,
                                             configuration.license.issuers);
  if (!book) return fail(book.error());
  if (const auto holders = agent::load_holders(state.seats_file()); !holders)
    return fail(holders.error());
  return {};
}

Result<void> try_to_write(const agent::StateDirectory& state) {
  const std::filesystem::path trial = state.path() / "check.tmp";
  Result<void> written = files::write_file_atomically(trial, {}, files::Existing::replace);
  std::error_code ignored;
  std::filesystem::remove(trial, ignored);
  return written;
}

/// What is in the directory, and whether it can be used. Modes are another matter.
Finding judge_state(Context& context, const agent::StateDirectory& state) {
  const std::string directory = state.path().string();
  std::error_code missing;
  if (std::filesystem::exists(state.identity_file(), missing)) {
    const auto identity = agent::load_or_make_identity(state.identity_file());
    if (!identity) return failure(kState, identity.error());
    context.state_usable = true;
  }
  if (context.configuration) {
    if (const Result<void> read = read_all(state, *context.configuration); !read)
      return failure(kState, read.error());
  }
  if (const Result<void> written = try_to_write(state); !written)
    return failure(kState, written.error());
  const auto room = std::filesystem::space(state.path(), missing);
  if (!missing && room.available < kLeastSpace) {
    return warning(
        kState, codes::kLittleSpace,
        said("{0} has only {1} KiB left", {directory, std::to_string(room.available >> 10U)}),
        said("make room on its file system; without, no key and no licence can be saved"));
  }
  if (context.key && !context.state_usable) {
    return warning(
        kState, codes::kNoIdentity,
        said("{0} is missing: if this installation was registered before, the connector will say "
             "that its name is taken",
             {state.identity_file().string()}),
        said("put it back from the backup; before the agent's first start there is none yet"));
  }
  return well(kState, context.state_usable ? said("{0}: all files are whole", {directory})
                                           : said("{0}: there is nothing in it yet", {directory}));
}

Finding look_at_state(Context& context) {
  const std::filesystem::path directory = context.options.state_directory;
  std::error_code missing;
  if (!std::filesystem::exists(directory, missing)) {
    return warning(kState, codes::kNoState, said("{0} is not there yet", {directory.string()}),
                   said("the agent makes it when it is started the first time"));
  }
  const Result<const agent::StateDirectory*> state = open_state(context);
  if (!state) return failure(kState, state.error());
  Finding finding = judge_state(context, **state);
  const std::vector<Error>& repairs = (*state)->repairs();
  if (repairs.empty()) return finding;
  std::vector<std::string_view> messages;
  for (const Error& repair : repairs)
    messages.emplace_back(repair.message);
  Sentence text = verbatim(fmt::format("{}", fmt::join(messages, "; ")));
  // A key that others may have read is the worse news, unless nothing works.
  if (finding.verdict == Verdict::fail) {
    finding.text += verbatim("; ") + text;
    return finding;
  }
  return {kState, Verdict::warn, std::string(repairs.front().code.id), std::move(text),
          said("it is closed now; if others may have read it: starface-teams-agent key "
               "new --revoke")};
}

}  // namespace

Step check_configuration() {
  return at_once(kConfig, look_at_configuration);
}

Step check_key() {
  return at_once(kKey, look_at_key);
}

Step check_state() {
  return at_once(kState, look_at_state);
}

}  // namespace sfteams::diagnosis
