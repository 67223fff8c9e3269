#include "client/ticket_file.h"

#include <algorithm>
#include <iostream>
#include <utility>

#include <sys/stat.h>

#include "base/crypto/hash.h"
#include "base/files/atomic_file.h"
#include "base/files/codes.h"
#include "base/files/small_file.h"
#include "base/json/json.h"
#include "base/text/encoding.h"
#include "client/codes.h"

namespace sfteams::client {
namespace {

constexpr std::string_view kTicketFileType = "starface-teams-ticket";
constexpr std::size_t kMostFileBytes = 8'192;
constexpr std::size_t kMostTicketText = 1'024;

tl::unexpected<Error> damaged(const std::filesystem::path& file, const std::string& why) {
  return fail(codes::kTicketFileDamaged, file.string() + " is no ticket file: " + why,
              "name another file with --ticket-file, or remove this one to sign in with the "
              "password");
}

std::optional<crypto::P256Key> device_in(const Json::Value& document) {
  const auto text = json::string_member(document, "device");
  std::optional<std::vector<std::uint8_t>> scalar = text ? text::from_hex(*text) : std::nullopt;
  if (!scalar) return std::nullopt;
  Result<crypto::P256Key> key = crypto::P256Key::from_scalar(*scalar);
  crypto::wipe(*scalar);
  return key ? std::optional(std::move(*key)) : std::nullopt;
}

Result<KeptTicket> kept_in(const std::filesystem::path& file, const Json::Value& document) {
  if (json::string_member(document, "type") != kTicketFileType)
    return damaged(file, "it is something else");
  const Json::Value* const version = json::member(document, "version");
  if (version == nullptr || *version != 1) return damaged(file, "it is of another version");
  const auto name = json::string_member(document, "name");
  const auto user = json::string_member(document, "user");
  const auto ticket = json::string_member(document, "ticket");
  const Json::Value* const expires = json::member(document, "expires");
  std::optional<crypto::P256Key> device = device_in(document);
  if (!name || !user || !ticket || !is_ticket_text(*ticket) || !device || expires == nullptr ||
      !expires->isInt64())
    return damaged(file, "it is not whole");
  return KeptTicket{std::string(*name), std::string(*user), std::move(*device),
                    std::string(*ticket), expires->asInt64()};
}

void warn_if_open(const std::filesystem::path& file) {
  struct stat status {};
  if (stat(file.c_str(), &status) != 0 || (status.st_mode & (S_IRGRP | S_IROTH)) == 0) return;
  const Error open_to_others{codes::kTicketFileOpen,
                             "others can read " + file.string() + ", by which they can sign in",
                             "keep it to yourself with chmod 600"};
  std::cerr << "warning: " << describe(open_to_others) << '\n';
}

}  // namespace

bool is_ticket_text(std::string_view text) {
  return !text.empty() && text.size() <= kMostTicketText &&
         std::ranges::all_of(text, [](char c) { return c >= '!' && c <= '~'; });
}

Result<std::optional<KeptTicket>> read_ticket_file(const std::filesystem::path& file,
                                                   const std::string& name,
                                                   const std::string& user) {
  const Result<crypto::Secret> content = files::read_small_file(file, kMostFileBytes);
  if (!content) {
    if (content.error().code == files::codes::kFileMissing) return std::nullopt;
    return fail(content.error());
  }
  Result<Json::Value> document = json::parse(content->text());
  if (!document) return damaged(file, document.error().message);
  Result<KeptTicket> kept = kept_in(file, *document);
  if (document->isObject()) json::wipe((*document)["device"]);
  if (!kept) return fail(kept.error());
  if (kept->name != name || kept->user != user) {
    return fail(codes::kTicketFileForeign,
                file.string() + " is of another user, or of another system",
                "name another file with --ticket-file");
  }
  warn_if_open(file);
  return std::optional<KeptTicket>(std::move(*kept));
}

Result<void> write_ticket_file(const std::filesystem::path& file, const KeptTicket& kept) {
  const auto quoted = [](std::string_view text) { return json::write(std::string(text)); };
  const crypto::Secret scalar = kept.device.scalar();
  std::string device = text::to_hex(scalar.bytes());
  // Written by hand: jsoncpp would leave copies of the key behind.
  std::string text;
  text.reserve(kMostFileBytes);
  text += "{\n  \"type\": " + quoted(kTicketFileType) + ",\n  \"version\": 1,\n  \"name\": ";
  text += quoted(kept.name) + ",\n  \"user\": " + quoted(kept.user) + ",\n  \"device\": \"";
  text += device;
  text += "\",\n  \"ticket\": " + quoted(kept.ticket);
  text += ",\n  \"expires\": " + std::to_string(kept.expires) + "\n}\n";
  Result<void> written =
      files::write_file_atomically(file, crypto::bytes_of(text), files::Existing::replace);
  crypto::wipe(device);
  crypto::wipe(text);
  return written;
}

}  // namespace sfteams::client
