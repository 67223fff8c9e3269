#include "agent/pbx/client_secret.h"

#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "agent/pbx/codes.h"
#include "base/crypto/hash.h"
#include "base/files/small_file.h"
#include "base/log/log.h"
#include "base/text/ascii.h"
#include "base/text/encoding.h"

namespace sfteams::agent {
namespace {

constexpr std::size_t kMostFile = 4'096;
constexpr std::size_t kMostSecret = 500;

Error unreadable(const std::filesystem::path& file, std::string_view why) {
  return {codes::kClientSecretUnreadable,
          fmt::format("the client's secret cannot be read from {}: {}", file.string(), why),
          "write it as the PBX shows it (Admin > Server > Status > REST-API) into the first line "
          "of that file, which the agent's user has to be able to read"};
}

/// Without the end of the line, and without blanks or a byte order mark that came along with it.
std::string_view first_line(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  text = text.substr(0, text.find('\n'));
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_blank(text.back()))
    text.remove_suffix(1);
  while (!text.empty() && is_blank(text.front()))
    text.remove_prefix(1);
  return text;
}

/// What was written around the secret as if the file were a configuration; empty: nothing.
std::string_view what_is_around(std::string_view line) {
  const bool quoted = line.size() >= 2 && line.front() == line.back() &&
                      (line.front() == '"' || line.front() == '\'');
  if (quoted) return "it stands in quotation marks, and the PBX's secrets have none";
  const std::size_t sign = line.find('=');
  if (sign == std::string_view::npos) return {};
  std::string name = text::lower_case(line.substr(0, sign));
  std::erase_if(name, [](char c) { return c == ' ' || c == '\t' || c == '-' || c == '_'; });
  const bool setting = name == "secret" || name == "clientsecret" || name == "clientsecretfile";
  return setting ? "it is written like a setting; only the secret itself belongs there"
                 : std::string_view();
}

void warn_if_open(const std::filesystem::path& file) {
  std::error_code ignored;
  const auto mode = std::filesystem::status(file, ignored).permissions();
  if (ignored || (mode & std::filesystem::perms::others_read) == std::filesystem::perms::none)
    return;
  log::warn("uci", Error{codes::kClientSecretOpen,
                         fmt::format("everybody on this host may read {}", file.string()),
                         "chmod o-r it"});
}

}  // namespace

Result<std::shared_ptr<const oauth::Client>> oauth_client(const PbxSettings& settings) {
  auto client = std::make_shared<oauth::Client>();
  client->id = settings.client_id;
  client->scope = settings.scope;
  if (!settings.client_secret_file) return client;
  const std::filesystem::path& file = *settings.client_secret_file;
  const Result<crypto::Secret> content = files::read_small_file(file, kMostFile);
  if (!content) return fail(unreadable(file, content.error().message));
  const std::string_view line = first_line(content->text());
  if (line.empty()) return fail(unreadable(file, "its first line is empty"));
  if (line.size() > kMostSecret || !text::is_printable(line))
    return fail(unreadable(file, "its first line is no secret that a PBX shows"));
  if (const std::string_view around = what_is_around(line); !around.empty())
    return fail(unreadable(file, around));
  warn_if_open(file);
  client->secret = crypto::Secret::from_text(line);
  return client;
}

std::string client_secret_mark(const std::filesystem::path& file) {
  const Result<crypto::Secret> content = files::read_small_file(file, kMostFile);
  if (!content) return {};
  const crypto::Sha256Digest digest = crypto::sha256({content->bytes()});
  return text::to_hex(std::span(digest).first(8));
}

}  // namespace sfteams::agent
