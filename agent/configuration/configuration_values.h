#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/error/error.h"
#include "base/settings/ini.h"
#include "transport/url.h"

namespace sfteams::agent {

/// Whether a value, or a part of one, may be repeated in a message: not with an '@' or anything
/// else that a password may have.
[[nodiscard]] bool is_quotable(const std::string& text);

/// What is wrong with a value, for a message: `error` names the value, which is left out when a
/// password may be in it.
[[nodiscard]] std::string without_quote(const std::string& value, const Error& error);

/// Whole KiB in [least, most], in bytes.
[[nodiscard]] std::size_t read_kibibytes(settings::Reader& reader, const char* section,
                                         const char* key, std::size_t fallback, long long least,
                                         long long most);

/// The whole path of a file, nullopt when the key is not there or empty. Rejects any other path:
/// it would depend on the directory in which the agent was started. `usual` is the name of such a
/// file for the hint, where the value suggests none.
[[nodiscard]] std::optional<std::filesystem::path> read_path(settings::Reader& reader,
                                                             const char* section, const char* key,
                                                             const char* usual);

/// A host name or address as it stands in a URL, an IPv6 one in brackets, without anything around
/// it.
[[nodiscard]] bool is_host(const std::string& text);

/// What a URL of a section begins with.
struct Schemes {
  std::string_view plain;
  std::string_view secure;
  const char* without;  ///< what to do about a value that has no scheme
};

constexpr Schemes kConnectorSchemes{"ws", "wss",
                                    "begin it with wss://, as in wss://host.example.com"};
constexpr Schemes kUciSchemes{"http", "https",
                              "begin it with http:// (or https://), as in http://127.0.0.1"};

/// The URL of a section's key "url". Rejects one that cannot be parsed or begins otherwise, with a
/// hint that leads to one which is taken; an empty `text` gives an empty Url and is the caller's
/// matter. A ws:// to another host is the caller's matter, too.
[[nodiscard]] transport::Url read_url(settings::Reader& reader, const char* section,
                                      const std::string& text, const Schemes& schemes);

}  // namespace sfteams::agent
