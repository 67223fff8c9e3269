#include "keygen/commands.h"

#include <ostream>
#include <string_view>
#include <utility>

#include "base/clock/utc_time.h"
#include "base/crypto/secret.h"
#include "base/files/codes.h"
#include "base/json/json.h"
#include "base/text/encoding.h"
#include "keygen/connector_url.h"
#include "keygen/derive.h"
#include "keygen/key_file.h"
#include "keygen/system_name.h"

namespace sfteams::keygen {
namespace {

/// The same failure, when its cause stands on the command line and not in a file.
tl::unexpected<Error> wrong_argument(Error error) {
  error.code.exit = Exit::usage;
  return fail(std::move(error));
}

files::Existing existing(bool overwrite) {
  return overwrite ? files::Existing::replace : files::Existing::refuse;
}

tl::unexpected<Error> not_overwritten(Error error) {
  if (error.code == files::codes::kFileExists) {
    error.hint = "choose another name, or use --force to overwrite it";
  }
  return fail(std::move(error));
}

void print_summary(const KeyFile& key_file, const std::filesystem::path& file, std::ostream& out) {
  out << "file       " << file.string() << '\n'
      << "name       " << key_file.name << '\n'
      << "connector  " << key_file.connector << '\n'
      << "created    " << key_file.created << '\n'
      << "key id     " << text::to_hex(derive_key_id(key_file.key)) << '\n';
}

void print_key(const SystemKey& key, std::ostream& out) {
  const crypto::Secret text = key.display();
  out << "key        " << text.text() << '\n';
}

void print_json(const KeyFile& key_file, bool show_key, std::ostream& out) {
  Json::Value value(Json::objectValue);
  value["name"] = key_file.name;
  value["connector"] = key_file.connector;
  value["created"] = key_file.created;
  value["key_id"] = text::to_hex(derive_key_id(key_file.key));
  value["admission_public"] = text::to_hex(derive_admission_key(key_file.key).public_key());
  if (show_key) value["key"] = std::string(key_file.key.display().text());
  out << json::write_pretty(value);
}

}  // namespace

Result<void> make_new_key(const NewOptions& options, std::chrono::system_clock::time_point now,
                          std::ostream& out) {
  auto name = canonical_system_name(options.name);
  if (!name) return wrong_argument(std::move(name.error()));
  auto connector = checked_connector_url(options.connector);
  if (!connector) return wrong_argument(std::move(connector.error()));
  auto key = SystemKey::generate();
  if (!key) return fail(std::move(key.error()));

  const KeyFile key_file{std::move(*name), std::move(*key), std::move(*connector),
                         clock::utc_text(now)};
  auto written = write_key_file(options.file, key_file, existing(options.overwrite));
  if (!written) return not_overwritten(std::move(written.error()));
  print_summary(key_file, options.file, out);
  if (options.show_key) print_key(key_file.key, out);
  out << "No agent has this key. The key of a PBX is made by its agent: starface-teams-agent key "
         "new, "
         "then key export FILE\n";
  return {};
}

Result<void> export_key_file(const ExportOptions& options, std::ostream& out) {
  auto key_file = read_key_file(options.source);
  if (!key_file) return fail(std::move(key_file.error()));
  if (options.connector) {
    auto connector = checked_connector_url(*options.connector);
    if (!connector) return wrong_argument(std::move(connector.error()));
    key_file->connector = std::move(*connector);
  }
  auto written = write_key_file(options.file, *key_file, existing(options.overwrite));
  if (!written) return not_overwritten(std::move(written.error()));
  print_summary(*key_file, options.file, out);
  return {};
}

Result<void> inspect_key_file(const InspectOptions& options, std::ostream& out) {
  const auto key_file = read_key_file(options.file);
  if (!key_file) return fail(key_file.error());
  if (options.json) {
    print_json(*key_file, options.show_key, out);
    return {};
  }
  print_summary(*key_file, options.file, out);
  const auto public_key = derive_admission_key(key_file->key).public_key();
  out << "admission  " << text::to_hex(public_key) << " (public)\n";
  if (options.show_key) {
    print_key(key_file->key, out);
  } else {
    out << "key        present and correct; --show-key prints it\n";
  }
  return {};
}

}  // namespace sfteams::keygen
