#include "agent/state/state_file.h"

#include <utility>

#include "agent/state/codes.h"
#include "base/crypto/secret.h"
#include "base/files/codes.h"
#include "base/files/small_file.h"
#include "base/json/json.h"

namespace sfteams::agent {

tl::unexpected<Error> damaged_state(const std::filesystem::path& file, const std::string& why) {
  return fail(codes::kStateDamaged, file.string() + " is damaged: " + why,
              "restore it from a backup, or move it away and start again");
}

Result<std::optional<Json::Value>> load_state(const std::filesystem::path& file,
                                              std::string_view type, std::size_t most_bytes) {
  const Result<crypto::Secret> content = files::read_small_file(file, most_bytes);
  if (!content) {
    if (content.error().code == files::codes::kFileMissing) return std::nullopt;
    return fail(content.error());
  }
  json::Limits limits;
  limits.bytes = most_bytes;
  Result<Json::Value> document = json::parse(content->text(), limits);
  if (!document) return damaged_state(file, document.error().message);
  if (json::string_member(*document, "type") != type)
    return damaged_state(file, "it is of another type");
  const Json::Value* version = json::member(*document, "version");
  if (version == nullptr || *version != Json::Value(1)) {
    return damaged_state(file, "its version is not 1; it may belong to a newer agent");
  }
  return std::optional<Json::Value>(std::move(*document));
}

Result<void> save_state(const std::filesystem::path& file, std::string text,
                        files::Existing existing, files::Outlives outlives) {
  const crypto::Secret content = crypto::Secret::from_text(text);
  crypto::wipe(text);
  return files::write_file_atomically(file, content.bytes(), existing, outlives);
}

}  // namespace sfteams::agent
