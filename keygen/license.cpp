#include "keygen/license.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "clock/utc_time.h"
#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "json/json.h"
#include "keygen/codes.h"
#include "keygen/paseto.h"
#include "keygen/system_key.h"
#include "keygen/system_name.h"

namespace sfteams::keygen {
namespace {

constexpr std::string_view kType = "starface-teams-license";
/// So that nothing that an issuer signs for another purpose is taken for a licence.
constexpr std::string_view kImplicit = "starface-teams-license";
constexpr std::size_t kIdBytes = 8;
constexpr const char* kCopyHint = "copy it again, from the first to the last character";

tl::unexpected<Error> bad_terms(std::string message, std::string hint = {}) {
  return fail(codes::kLicenseTerms, std::move(message), std::move(hint));
}

Result<License> checked_terms(License terms) {
  const auto& holder = terms.holder;
  const bool printable = std::ranges::none_of(
      holder, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
  if (holder.empty() || holder.size() > License::kLongestHolder || !crypto::is_utf8(holder) ||
      !printable) {
    return bad_terms("the holder has to be a name of 1 to 200 bytes, without control characters");
  }
  if (terms.systems.empty() || terms.systems.size() > License::kMostSystems)
    return bad_terms("a licence is for 1 to 20 systems");
  for (std::string& system : terms.systems) {
    Result<std::string> name = canonical_system_name(system);
    if (!name) return bad_terms(name.error().message, name.error().hint);
    system = std::move(*name);
  }
  if (terms.seats == 0 || terms.seats > License::kMostSeats)
    return bad_terms("a licence has 1 to 100000 seats");
  if (terms.until < terms.from) return bad_terms("the licence would end before it begins");
  return terms;
}

std::string message_of(const License& license) {
  Json::Value value = terms_json(license);
  value["type"] = std::string(kType);
  value["version"] = 1;
  return json::write(value);
}

tl::unexpected<Error> damaged(const std::string& what) {
  return fail(codes::kLicenseDamaged, "this licence key is damaged: " + what, kCopyHint);
}

/// People paste what they have at hand.
std::optional<Error> other_kind(const std::string& dense) {
  const auto kind = [](std::string what, std::string hint) {
    return Error{codes::kLicenseKind, "this is " + std::move(what) + ", not a licence key",
                 std::move(hint)};
  };
  constexpr const char* kAskHint = "a licence key begins with v4.public.; ask who sold it to you";
  if (SystemKey::parse(dense)) {
    return kind("a system key", "keep it secret: whoever has it reaches the sign-in of its PBX");
  }
  if (dense.starts_with("{\"type\":\"starface-teams-key\"")) {
    return kind("a key file for users", kAskHint);
  }
  if (dense.starts_with("k4.public.")) {
    return kind("an issuer's public key", "that one belongs into [license] issuers");
  }
  if (dense.starts_with("-----BEGIN")) return kind("a certificate or a private key", kAskHint);
  if (!dense.starts_with(kPasetoHeader)) return kind("something else", kAskHint);
  return std::nullopt;
}

Result<License> read_message(const std::string& message) {
  const Result<Json::Value> value = json::parse(message, {.bytes = kMaxLicenseText, .depth = 3});
  if (!value) return damaged("its content is no JSON");
  const auto text = [&](const char* name) { return json::string_member(*value, name); };
  if (text("type") != kType) {
    return fail(codes::kLicenseKind, "this is a signed text, but not a licence of this product",
                "check that it is the licence key for the Teams integration");
  }
  const Json::Value* const version = json::member(*value, "version");
  if (version == nullptr || !version->isUInt64() || *version != Json::Value(1)) {
    return fail(codes::kLicenseVersion, "this licence key has a form that this version cannot read",
                "update this program");
  }
  License license;
  const Json::Value* const seats = json::member(*value, "seats");
  const Json::Value* const systems = json::member(*value, "systems");
  const auto from = clock::parse_day(text("from").value_or(""));
  const auto until = clock::parse_day(text("until").value_or(""));
  constexpr Json::ArrayIndex kMembers = 9;
  if (value->size() != kMembers || seats == nullptr || !seats->isUInt() || systems == nullptr ||
      !systems->isArray() || !from || !until || !text("id") || !text("holder") ||
      !clock::is_utc_text(text("issued").value_or(""))) {
    return damaged("its content is not whole");
  }
  license.id = *text("id");
  license.holder = *text("holder");
  for (const Json::Value& system : *systems)
    license.systems.emplace_back(json::text_of(system).value_or(""));
  license.seats = seats->asUInt();
  license.from = *from;
  license.until = *until;
  license.issued = *text("issued");
  const auto id = crypto::from_hex(license.id);
  Result<License> checked = checked_terms(std::move(license));
  if (!id || id->size() != kIdBytes || !checked) return damaged("its terms make no sense");
  return checked;
}

Result<SignedText> signed_text(std::string_view text) {
  const std::string dense = without_space(text.substr(0, kMaxLicenseText + 1));
  if (dense.empty()) {
    return fail(codes::kNoLicense, "no licence key was given", "paste it, or name its file");
  }
  if (const auto other = other_kind(dense)) return fail(*other);
  if (dense.size() > kMaxLicenseText) return damaged("it is too long");
  std::optional<SignedText> parts = take_apart(dense);
  if (!parts) return damaged("characters are missing or were changed");
  return std::move(*parts);
}

std::string issuer_in(const SignedText& text) {
  const Result<Json::Value> footer = json::parse(text.footer, {.bytes = 256, .depth = 2});
  const auto kid = footer ? json::string_member(*footer, "kid") : std::nullopt;
  const bool good = kid && kid->size() == 2 * kIdBytes && crypto::from_hex(*kid);
  return good ? std::string(*kid) : std::string();
}

std::string listed(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names)
    all += (all.empty() ? "" : ", ") + name;
  return all;
}

}  // namespace

Json::Value terms_json(const License& license) {
  Json::Value value(Json::objectValue);
  value["id"] = license.id;
  value["holder"] = license.holder;
  value["systems"] = Json::Value(Json::arrayValue);
  for (const std::string& system : license.systems)
    value["systems"].append(system);
  value["seats"] = license.seats;
  value["from"] = clock::day_text(license.from);
  value["until"] = clock::day_text(license.until);
  value["issued"] = license.issued;
  return value;
}

std::string without_space(std::string_view text) {
  std::string dense;
  for (const char c : text) {
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') dense += c;
  }
  return dense;
}

std::string key_id_of(const crypto::Ed25519PublicKey& issuer) {
  const auto digest = crypto::sha256({issuer});
  return crypto::to_hex(std::span(digest).first(kIdBytes));
}

Result<std::string> issue_license(const crypto::Ed25519Key& issuer, License terms,
                                  std::chrono::system_clock::time_point now) {
  std::array<std::uint8_t, kIdBytes> id{};
  if (const auto filled = crypto::fill_random(id); !filled) return fail(filled.error());
  Result<License> license = checked_terms(std::move(terms));
  if (!license) return fail(license.error());
  license->id = crypto::to_hex(id);
  license->issued = clock::utc_text(now);
  Json::Value footer(Json::objectValue);
  footer["kid"] = key_id_of(issuer.public_key());
  return sign_text(issuer, message_of(*license), json::write(footer), kImplicit);
}

Result<License> read_license(std::string_view text,
                             std::span<const crypto::Ed25519PublicKey> issuers) {
  const Result<SignedText> parts = signed_text(text);
  if (!parts) return fail(parts.error());
  const std::string kid = issuer_in(*parts);
  const auto issuer = std::ranges::find(issuers, kid, key_id_of);
  if (issuer == issuers.end()) {
    return fail(codes::kLicenseIssuer,
                kid.empty() ? "this licence key does not say who issued it"
                            : "this licence key was issued by " + kid + ", who is not trusted here",
                issuers.empty() ? "no issuer is named; put their k4.public. key into [license] "
                                  "issuers"
                                : "check [license] issuers, or ask for a licence of theirs");
  }
  if (!is_signed_by(*parts, *issuer, kImplicit)) {
    return fail(codes::kLicenseTampered,
                "the signature of this licence key does not fit: it was changed, or a character "
                "got lost",
                kCopyHint);
  }
  return read_message(parts->message);
}

Result<License> read_license_unchecked(std::string_view text) {
  const Result<SignedText> parts = signed_text(text);
  if (!parts) return fail(parts.error());
  return read_message(parts->message);
}

Result<void> check_license(const License& license, std::string_view system,
                           std::chrono::system_clock::time_point now) {
  if (std::ranges::find(license.systems, system) == license.systems.end()) {
    return fail(
        codes::kLicenseSystem,
        "this licence is for " + listed(license.systems) + ", not for " + std::string(system),
        "check [system] name, or have the licence issued for this system");
  }
  const auto today = std::chrono::floor<std::chrono::days>(now);
  if (today < license.from) {
    return fail(codes::kLicenseNotYet, "this licence begins on " + clock::day_text(license.from),
                "wait until then, and check this machine's clock");
  }
  if (today > license.until) {
    return fail(codes::kLicenseExpired, "this licence ended on " + clock::day_text(license.until),
                "enter a new one, and check this machine's clock");
  }
  return {};
}

}  // namespace sfteams::keygen
