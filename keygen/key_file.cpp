#include "keygen/key_file.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/clock/utc_time.h"
#include "base/files/small_file.h"
#include "base/json/json.h"
#include "keygen/codes.h"
#include "keygen/connector_url.h"
#include "keygen/system_name.h"

namespace sfteams::keygen {
namespace {

constexpr std::string_view kKeyFileType = "starface-teams-key";
constexpr std::uint64_t kKeyFileVersion = 1;
constexpr std::array<const char*, 6> kKeyFileMembers{"type", "version",   "name",
                                                     "key",  "connector", "created"};
constexpr const char* kAskAdministratorHint = "ask your administrator for a new key file";

/// jsoncpp keeps the key in memory of its own; this wipes it there when parsing is over.
class WipedJson {
 public:
  explicit WipedJson(Json::Value value) : value_(std::move(value)) {}
  ~WipedJson() {
    const auto key = json::string_member(value_, "key");
    if (!key) return;
    // The memory is the value's own and not const; jsoncpp only gives no other way to it.
    auto* const bytes = reinterpret_cast<std::uint8_t*>(const_cast<char*>(key->data()));
    crypto::wipe({bytes, key->size()});
  }
  WipedJson(const WipedJson&) = delete;
  WipedJson& operator=(const WipedJson&) = delete;

  [[nodiscard]] const Json::Value& get() const { return value_; }

 private:
  Json::Value value_;
};

// Errors quote nothing out of the file: the key may stand in any place of one that was edited.

std::string in_quotes(std::string_view member) {
  return "\"" + std::string(member) + "\"";
}

tl::unexpected<Error> wrong_member(const std::string& what,
                                   const char* hint = kAskAdministratorHint) {
  return fail(codes::kKeyFileMember, "the key file " + what, hint);
}

Result<void> check_type(const Json::Value& value) {
  if (!value.isObject()) {
    return fail(codes::kNoKeyFile, "this JSON is no object, so it is no key file",
                kAskAdministratorHint);
  }
  const auto type = json::string_member(value, "type");
  if (!type) {
    return fail(codes::kNoKeyFile, "this JSON has no \"type\", so it is no key file",
                kAskAdministratorHint);
  }
  if (*type != kKeyFileType) {
    return fail(codes::kNoKeyFile,
                "this is a file of another type than \"" + std::string(kKeyFileType) + "\"",
                "choose the key file that your administrator gave you");
  }
  return {};
}

Result<void> check_version(const Json::Value& value) {
  const Json::Value* const version = json::member(value, "version");
  if (version == nullptr) return wrong_member("has no \"version\"");
  // 1.0 is no version, so the type counts and not the value alone.
  const bool whole = version->type() == Json::intValue || version->type() == Json::uintValue;
  if (!whole || !version->isUInt64() || version->asUInt64() == 0) {
    return fail(codes::kKeyFileVersion, "the key file's \"version\" is no whole number from 1 on",
                kAskAdministratorHint);
  }
  if (version->asUInt64() != kKeyFileVersion) {
    return fail(codes::kKeyFileVersion,
                "the key file has version " + std::to_string(version->asUInt64()) +
                    "; this program reads version 1",
                "update this program");
  }
  return {};
}

Result<void> check_members(const Json::Value& value) {
  for (const auto& name : value.getMemberNames()) {
    if (std::ranges::find(kKeyFileMembers, name) == kKeyFileMembers.end()) {
      return wrong_member(
          "has a member that version 1 does not know; it knows type, version, name, key, connector "
          "and created");
    }
  }
  for (const char* const name : kKeyFileMembers) {
    const Json::Value* const found = json::member(value, name);
    if (found == nullptr) return wrong_member("has no " + in_quotes(name));
    if (std::string_view(name) != "version" && !found->isString()) {
      return wrong_member("has something else than text in " + in_quotes(name));
    }
  }
  return {};
}

Result<KeyFile> read_members(const Json::Value& value) {
  // check_members() has seen that each is a text.
  auto name = canonical_system_name(json::string_member(value, "name").value());
  if (!name) return fail(std::move(name.error()));
  auto connector = checked_connector_url(json::string_member(value, "connector").value());
  if (!connector) return fail(std::move(connector.error()));
  const std::string_view created = json::string_member(value, "created").value();
  if (!clock::is_utc_text(created)) {
    return wrong_member("has no time like 2026-11-23T10:00:00Z in \"created\"");
  }
  auto key = SystemKey::parse(json::string_member(value, "key").value());
  if (!key) return fail(std::move(key.error()));
  return KeyFile{std::move(*name), std::move(*key), std::move(*connector), std::string(created)};
}

}  // namespace

Result<KeyFile> parse_key_file(std::string_view text) {
  if (text.empty()) return fail(codes::kNoKeyFile, "the file is empty", kAskAdministratorHint);
  if (text.starts_with("\xef\xbb\xbf")) {
    return fail(codes::kNoKeyFile, "the file begins with a byte order mark",
                "save it as UTF-8 without one, or fetch the original file");
  }
  auto parsed = json::parse(text, {.bytes = kMaxKeyFileSize, .depth = 4});
  if (!parsed) {
    return fail(codes::kNoKeyFile, "this is no key file: " + parsed.error().message,
                kAskAdministratorHint);
  }
  const WipedJson value(std::move(*parsed));
  for (const auto check : {check_type, check_version, check_members}) {
    if (auto checked = check(value.get()); !checked) return fail(std::move(checked.error()));
  }
  return read_members(value.get());
}

Result<KeyFile> read_key_file(const std::filesystem::path& file) {
  const auto content = files::read_small_file(file, kMaxKeyFileSize);
  if (!content) return fail(content.error());
  auto key_file = parse_key_file(content->text());
  if (!key_file) {
    Error error = std::move(key_file.error());
    error.message.insert(0, file.string() + ": ");
    return fail(std::move(error));
  }
  return key_file;
}

crypto::Secret key_file_text(const KeyFile& key_file) {
  // Put together here, so that the members stand in the order that people read them in and the key
  // is never copied into memory that nobody wipes; its symbols need no escaping.
  const crypto::Secret key = key_file.key.display();
  std::string text;
  text.reserve(kMaxKeyFileSize);  // so it is never moved, and wiping it wipes all of it
  text.append("{\n  \"type\": \"").append(kKeyFileType).append("\",\n  \"version\": 1");
  text.append(",\n  \"name\": ").append(json::write(key_file.name));
  text.append(",\n  \"key\": \"").append(key.text());
  text.append("\",\n  \"connector\": ").append(json::write(key_file.connector));
  text.append(",\n  \"created\": ").append(json::write(key_file.created)).append("\n}\n");
  crypto::Secret result = crypto::Secret::from_text(text);
  crypto::wipe(text);
  return result;
}

Result<void> write_key_file(const std::filesystem::path& file, const KeyFile& key_file,
                            files::Existing existing) {
  const crypto::Secret text = key_file_text(key_file);
  return files::write_file_atomically(file, text.bytes(), existing);
}

}  // namespace sfteams::keygen
