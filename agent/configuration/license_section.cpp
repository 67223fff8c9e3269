#include "agent/configuration/license_section.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/configuration/configuration_values.h"
#include "agent/pbx/user_name.h"
#include "base/crypto/secret.h"
#include "base/files/small_file.h"
#include "base/program/service_view.h"
#include "base/text/ascii.h"
#include "base/text/encoding.h"
#include "base/text/invisible.h"
#include "base/text/trimmed.h"
#include "keygen/paseto.h"

namespace sfteams::agent {
namespace {

using settings::Reader;

constexpr std::size_t kMaxListFile = 4U << 20U;
/// In place of a login, in small or large letters: those who have the right at the PBX.
constexpr std::string_view kByPbx = "pbx";
constexpr std::size_t kMostRights = 20;
/// What is wrong with an entry of a list, and what to do.
using Reason = LoginFault;

/// A file with an entry a line; what follows a # is a comment. `take` says what is wrong with one.
void read_list_file(Reader& reader, const char* key, const std::filesystem::path& path,
                    const std::function<std::optional<Reason>(std::string_view)>& take) {
  const Result<crypto::Secret> content = files::read_small_file(path, kMaxListFile);
  if (!content) {
    return reader.reject("license", key, content.error().message,
                         program::hint_about_file(path, content.error().hint));
  }
  if (const std::string_view wide = text::wide_encoding(content->text()); !wide.empty()) {
    return reader.reject("license", key,
                         path.string() + " is in " + std::string(wide) + ", not in UTF-8",
                         kSaveAsUtf8Hint);
  }
  std::string_view rest = text::without_byte_order_mark(content->text());
  for (int number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    line = line.substr(0, line.find('#'));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line = text::trimmed(line); line.empty()) continue;
    if (const auto wrong = take(line)) {
      return reader.reject("license", key,
                           path.string() + ":" + std::to_string(number) + ": " + wrong->what,
                           wrong->hint);
    }
  }
}

bool is_by_pbx(std::string_view entry) {
  return text::lower_case(entry) == kByPbx;
}

/// As fault_of_listed_login(), where nobody can be named by the PBX.
std::optional<Reason> fault_of_login(std::string_view login) {
  if (is_by_pbx(login)) {
    return Reason{"\"" + std::string(login) + "\" is no login",
                  "for those who have the right at the PBX write named = pbx under [license]"};
  }
  return fault_of_listed_login(login);
}

/// Refuses what cannot be a login; `key` is where it stands.
std::set<std::string, std::less<>> take_logins(Reader& reader, const char* key,
                                               std::vector<std::string> texts) {
  std::set<std::string, std::less<>> logins;
  for (std::string& login : texts) {
    const auto wrong = fault_of_login(login);
    if (wrong) reader.reject("license", key, wrong->what, wrong->hint);
    logins.insert(std::move(login));
  }
  return logins;
}

bool is_quoted(std::string_view text) {
  constexpr std::array<std::string_view, 8> kMarks{"\"", "'", "„", "“", "”", "‚", "«", "»"};
  return std::ranges::any_of(kMarks, [&](std::string_view mark) {
    return text.starts_with(mark) || text.ends_with(mark);
  });
}

/// Names of rights at the PBX, of which one is enough.
std::vector<std::string> read_rights(Reader& reader) {
  std::vector<std::string> rights =
      reader.list("license", "pbx-rights",
                  {"Integration mit Microsoft Teams", "Integration with Microsoft Teams"});
  if (rights.empty() || rights.size() > kMostRights || std::ranges::count(rights, "") > 0) {
    reader.reject("license", "pbx-rights",
                  "it has to be 1 to 20 names of rights, separated by commas",
                  "write them as the PBX shows them, without quotation marks, or leave the line "
                  "out");
  }
  // No right would be found by them, and nobody would be let in.
  if (std::ranges::any_of(rights, is_quoted)) {
    reader.reject("license", "pbx-rights", "the name of a right is written without quotation marks",
                  "leave them out");
  }
  return rights;
}

void read_issuers(Reader& reader, std::vector<crypto::Ed25519PublicKey>& out) {
  const auto take = [&](std::string_view text) -> std::optional<Reason> {
    if (text.empty()) return Reason{"there is a comma too many", "write a key between commas"};
    if (const auto invisible = text::find_invisible(text))
      return Reason{"an issuer has " + invisible->describe(), std::string(text::kInvisibleHint)};
    if (text.starts_with("k4.secret.") || text.ends_with(".pem")) {
      return Reason{"the private key of an issuer does not belong here",
                    "keep it secret; starface-teams-keygen license show-issuer FILE prints the "
                    "public one"};
    }
    const auto key = keygen::parse_public_key(text);
    if (!key) {
      return Reason{"an issuer is a public key that begins with k4.public.",
                    "the issuer of the licences can print it: starface-teams-keygen license "
                    "show-issuer FILE"};
    }
    out.push_back(*key);
    return std::nullopt;
  };
  for (const std::string& text : reader.list("license", "issuers")) {
    if (const auto wrong = take(text))
      reader.reject("license", "issuers", wrong->what, wrong->hint);
  }
  if (const auto path = read_path(reader, "license", "issuers-file", "issuers.txt"))
    read_list_file(reader, "issuers-file", *path, take);
}

}  // namespace

void read_license_section(Reader& reader, LicenseSettings& out) {
  std::vector<std::string> named = reader.list("license", "named");
  std::vector<std::string> rights = read_rights(reader);
  const bool by_pbx = std::erase_if(named, is_by_pbx) > 0;
  if (by_pbx) out.rules.pbx_rights = std::move(rights);
  const auto named_file = read_path(reader, "license", "named-file", "named.txt");
  const bool everybody = !by_pbx && named == std::vector<std::string>{"*"};
  // Without any word about it, every user whom the PBX lets in.
  out.rules.everybody_named = everybody || (named.empty() && !named_file && !by_pbx);
  if (out.rules.everybody_named && !everybody &&
      !reader.text("license", "pbx-rights", "").empty()) {
    reader.reject("license", "pbx-rights",
                  "nothing asks the PBX for these rights: everybody would be let in",
                  "write named = pbx beside it, or leave the line out");
  }
  if (!everybody) out.rules.named = take_logins(reader, "named", std::move(named));
  if (named_file) {
    read_list_file(reader, "named-file", *named_file, [&](std::string_view login) {
      auto wrong = fault_of_login(login);
      if (!wrong) out.rules.named.emplace(login);
      return wrong;
    });
  }
  read_issuers(reader, out.issuers);
  out.administrators =
      take_logins(reader, "administrators", reader.list("license", "administrators"));
  // A user who is to free a seat must not need one.
  if (!out.rules.everybody_named) out.rules.named.merge(std::set(out.administrators));
}

}  // namespace sfteams::agent
