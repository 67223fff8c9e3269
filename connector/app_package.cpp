#include "connector/app_package.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/crypto/hash.h"
#include "base/crypto/sha1.h"
#include "base/hosts/loopback.h"
#include "base/json/json.h"
#include "base/text/ascii.h"
#include "base/text/encoding.h"
#include "connector/address.h"
#include "connector/codes.h"
#include "connector/package_parts.h"
#include "connector/zip_archive.h"

namespace sfteams::connector {
namespace {

/// Of URLs (RFC 9562 section 6.6).
constexpr std::array<std::uint8_t, 16> kUrlNamespace{
    0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};
constexpr unsigned kRevisions = 100;
constexpr const char* kUrlHint =
    "give the address by which users' browsers reach the connector, as in "
    "https://connector.example.com, by --url or in [app] url";

using Replacements = std::vector<std::pair<std::string_view, std::string>>;

/// What is wrong with the address; empty when nothing is. Never quotes what may be a password.
std::string fault_of(std::string_view url) {
  if (url.empty()) return "the connector's address is not known";
  if (url.find('@') != std::string_view::npos) return "the address has an '@': it names a user";
  const std::string quoted = "\"" + std::string(url.substr(0, 100)) + "\"";
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return quoted + " does not begin with https://";
  if (text::lower_case(url.substr(0, scheme)) != "https")
    return quoted + " is not https, and Teams shows no other pages";
  if (url.find_first_of("/?#", scheme + 3) != std::string_view::npos)
    return quoted + " has something behind the host, and the page is at /app/ of the host itself";
  const std::optional<WebOrigin> origin = WebOrigin::parse(url);
  if (!origin) return quoted + " has no host name, or a port that is none";
  const std::string& host = origin->host();
  if (hosts::is_loopback(host)) return quoted + " means each user's own computer";
  if (Address::parse(host)) return quoted + " is an IP address, and Teams wants a name";
  if (host.find('.') == std::string::npos)
    return quoted + " has a name without a domain, which Teams does not take";
  return "";
}

/// "1.2.3" of "1.2.3~git5": Teams takes three numbers and nothing else.
std::optional<std::string> package_version(std::string_view version, unsigned revision) {
  std::array<unsigned, 3> numbers{};
  const char* at = version.data();
  const char* const end = at + version.size();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i > 0 && (at == end || *at++ != '.')) return std::nullopt;
    const auto [rest, error] = std::from_chars(at, end, numbers[i]);
    if (error != std::errc()) return std::nullopt;
    at = rest;
  }
  return fmt::format("{}.{}.{}", numbers[0], numbers[1], numbers[2] * kRevisions + revision);
}

/// The text between the quotes of a JSON string.
std::string json_inner(const std::string& value) {
  const std::string quoted = json::write(Json::Value(value));
  return quoted.substr(1, quoted.size() - 2);
}

std::string filled_in(std::string_view text, const Replacements& replacements) {
  std::string out;
  while (!text.empty()) {
    const auto found = std::ranges::find_if(
        replacements, [text](const auto& one) { return text.starts_with(one.first); });
    if (found == replacements.end()) {
      out += text.front();
      text.remove_prefix(1);
    } else {
      out += json_inner(found->second);
      text.remove_prefix(found->first.size());
    }
  }
  return out;
}

std::string or_default(const std::string& value, const std::string& fallback) {
  return value.empty() ? fallback : value;
}

}  // namespace

std::string uuid_of_url(std::string_view url) {
  const crypto::Sha1Digest digest = crypto::sha1({kUrlNamespace, crypto::bytes_of(url)});
  std::array<std::uint8_t, 16> bytes{};
  std::copy_n(digest.begin(), bytes.size(), bytes.begin());
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0fU) | 0x50U);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3fU) | 0x80U);
  std::string hex = text::to_hex(bytes);
  for (const std::size_t dash : {8U, 13U, 18U, 23U})
    hex.insert(dash, 1, '-');
  return hex;
}

Result<AppPackage> make_app_package(const AppPackageOptions& options) {
  if (const std::string fault = fault_of(options.url); !fault.empty())
    return fail(codes::kAppUrlUnusable, fault, kUrlHint);
  const WebOrigin origin = *WebOrigin::parse(options.url);
  const auto version = package_version(options.version, options.revision);
  if (!version) {
    return fail(codes::kAppPackageFailed,
                "the version " + options.version + " has no three numbers");
  }
  AppPackage package;
  package.url = origin.to_string();
  package.id = uuid_of_url(package.url);
  package.version = *version;
  const AppDeveloper& developer = options.developer;
  const Replacements replacements{
      {"@ID@", package.id},
      {"@VERSION@", package.version},
      {"@URL@", package.url},
      {"@AUTHORITY@", origin.authority()},
      {"@DEVELOPER@", developer.name},
      {"@WEBSITE@", or_default(developer.website, package.url + "/app/")},
      {"@PRIVACY@", or_default(developer.privacy, package.url + "/app/privacy")},
      {"@TERMS@", or_default(developer.terms, package.url + "/app/terms")}};
  std::string manifest;
  std::vector<ZipEntry> entries;
  for (const package_parts::Asset& part : package_parts::assets()) {
    const std::string_view name = part.path.substr(1);
    std::string_view content = part.content;
    if (name == "manifest.json") content = manifest = filled_in(content, replacements);
    entries.push_back({name, content});
  }
  std::optional<std::string> zip = zip_archive(entries);
  if (!zip) return fail(codes::kAppPackageFailed, "there was no memory for the package");
  package.zip = std::move(*zip);
  return package;
}

}  // namespace sfteams::connector
