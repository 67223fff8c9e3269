#include "keygen/license.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "base/clock/utc_time.h"
#include "base/crypto/hash.h"
#include "base/crypto/random.h"
#include "base/json/json.h"
#include "base/text/encoding.h"
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
constexpr std::size_t kMaxFooter = 256;
constexpr const char* kCopyHint = "copy it again, from the first to the last character";

/// A text without what mail programs, editors and the clipboard put between the characters of a
/// key.
struct Scan {
  std::string text;
  std::vector<std::size_t> breaks;  ///< places in `text` before which something stood, ascending
};

/// How many bytes of white space, or of what nobody sees, a text begins with.
std::size_t unseen(std::string_view text) {
  if (std::string_view(" \t\r\n").find(text.front()) != std::string_view::npos) return 1;
  // Of UTF-8: the no-break space and the soft hyphen, U+00A0 and U+00AD.
  if (text.starts_with("\xc2\xa0") || text.starts_with("\xc2\xad")) return 2;
  // U+2000 to U+200F and U+2028 to U+202F: spaces, zero-width ones, marks of direction; the word
  // joiner U+2060; the byte order mark U+FEFF.
  if (text.starts_with("\xe2\x80") && text.size() > 2) {
    const auto last = static_cast<unsigned char>(text[2]);
    if (last <= 0x8f || (last >= 0xa8 && last <= 0xaf)) return 3;
  }
  return text.starts_with("\xe2\x81\xa0") || text.starts_with("\xef\xbb\xbf") ? 3 : 0;
}

/// Whether a line goes on after its end, as quoted-printable says it.
bool is_soft_break(std::string_view text) {
  return text.starts_with("=\n") || text.starts_with("=\r\n");
}

Scan scanned(std::string_view text) {
  Scan found;
  bool line_start = true;
  while (!text.empty()) {
    std::size_t skipped = unseen(text);
    // The marks of a mail that was answered.
    if (skipped == 0 && line_start && (text.front() == '>' || text.front() == '|')) skipped = 1;
    if (skipped == 0 && is_soft_break(text)) skipped = 1;
    if (skipped == 0) {
      found.text += text.front();
      text.remove_prefix(1);
      line_start = false;
      continue;
    }
    line_start = line_start || text.front() == '\n';
    if (found.breaks.empty() || found.breaks.back() != found.text.size())
      found.breaks.push_back(found.text.size());
    text.remove_prefix(skipped);
  }
  return found;
}

tl::unexpected<Error> bad_terms(std::string message, std::string hint = {}) {
  return fail(codes::kLicenseTerms, std::move(message), std::move(hint));
}

Result<License> checked_terms(License terms) {
  const auto& holder = terms.holder;
  const bool printable = std::ranges::none_of(
      holder, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
  if (holder.empty() || holder.size() > License::kLongestHolder || !text::is_utf8(holder) ||
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
  std::set<std::string> seen;
  std::erase_if(terms.systems, [&](const std::string& name) { return !seen.insert(name).second; });
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

tl::unexpected<Error> wrong_terms(const std::string& what) {
  return fail(codes::kLicenseContent, "what this licence key says is wrong: " + what,
              "copying it again does not help: whoever issued it has to make it anew");
}

constexpr const char* kAskHint = "a licence key begins with v4.public.; ask who sold it to you";

/// People paste what they have at hand. Of `scan`, which holds no licence key.
Error other_kind(const Scan& scan) {
  const auto kind = [](std::string what, std::string hint) {
    return Error{codes::kLicenseKind, "this is " + std::move(what) + ", not a licence key",
                 std::move(hint)};
  };
  const std::string& dense = scan.text;
  const auto holds = [&](std::string_view words) { return dense.find(words) != std::string::npos; };
  constexpr const char* kSecretHint =
      "keep it secret: whoever has it reaches the sign-in of its PBX";
  if (SystemKey::parse(dense)) return kind("a system key", kSecretHint);
  if (dense.starts_with("{\"type\":\"starface-teams-key\""))
    return kind("a key file for users", kAskHint);
  if (holds("k4.secret.")) {
    return kind("an issuer's private key",
                "keep it secret: whoever has it can issue licences in that name");
  }
  if (dense.starts_with("k4.public."))
    return kind("an issuer's public key", "that one belongs into [license] issuers");
  if (holds("PRIVATEKEY-----"))
    return kind("a private key", "keep it secret; a licence key begins with v4.public.");
  if (dense.starts_with("-----BEGIN")) return kind("a certificate", kAskHint);
  for (const char* token :
       {"v1.local", "v2.local", "v3.local", "v4.local", "v1.public", "v2.public", "v3.public"}) {
    if (dense.starts_with(std::string(token) + "."))
      return kind(std::string("a token of another kind (") + token + ")", kAskHint);
  }
  // A system key with words beside it, as key show prints it.
  std::vector<std::size_t> ends = scan.breaks;
  ends.push_back(dense.size());
  std::size_t start = 0;
  for (const std::size_t end : ends) {
    if (SystemKey::parse(dense.substr(start, end - start)))
      return kind("a system key", kSecretHint);
    start = end;
  }
  return kind("something else", kAskHint);
}

Result<License> read_message(const std::string& message) {
  const Result<Json::Value> value = json::parse(message, {.bytes = kMaxLicenseText, .depth = 3});
  if (!value) return wrong_terms("it is no JSON, or has a member twice");
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
    return wrong_terms("a term is missing, has a wrong form, or is none that there is");
  }
  license.id = *text("id");
  license.holder = *text("holder");
  for (const Json::Value& system : *systems)
    license.systems.emplace_back(json::text_of(system).value_or(""));
  license.seats = seats->asUInt();
  license.from = *from;
  license.until = *until;
  license.issued = *text("issued");
  const auto id = text::from_hex(license.id);
  Result<License> checked = checked_terms(std::move(license));
  if (!checked) return wrong_terms(checked.error().message);
  if (!id || id->size() != kIdBytes) return wrong_terms("its number is none");
  return checked;
}

std::string issuer_in(const SignedText& text) {
  const Result<Json::Value> footer = json::parse(text.footer, {.bytes = kMaxFooter, .depth = 2});
  const auto kid = footer ? json::string_member(*footer, "kid") : std::nullopt;
  const bool good = kid && kid->size() == 2 * kIdBytes && text::from_hex(*kid);
  return good ? std::string(*kid) : std::string();
}

bool is_token_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

/// The key that begins at `start`, ended where the name of its issuer is whole: words may follow
/// it, of the same characters. nullopt: there is no such end.
std::optional<std::string> whole_key_at(const Scan& scan, std::size_t start, std::size_t end) {
  const std::string_view run = std::string_view(scan.text).substr(start, end - start);
  const std::size_t footer = run.find('.', kPasetoHeader.size());
  if (footer == std::string_view::npos) return std::nullopt;
  const auto good = [&](std::string_view key) {
    while (key.ends_with('.'))  // of a sentence
      key.remove_suffix(1);
    const auto parts = take_apart(key);
    return parts && !issuer_in(*parts).empty() ? std::optional(std::string(key)) : std::nullopt;
  };
  for (const std::size_t at : scan.breaks) {
    if (at <= start + footer || at >= end) continue;
    if (at > start + footer + kMaxFooter) break;
    if (auto key = good(run.substr(0, at - start))) return key;
  }
  return good(run);
}

/// Nothing of it can be quoted or written down as JSON.
Error no_text() {
  return {codes::kLicenseKind, "this is no text in UTF-8, so no licence key",
          "save it as UTF-8 or plain text, or paste the key itself"};
}

Result<SignedText> signed_text(std::string_view text) {
  const Result<std::string> key = find_license_key(text);
  if (!key) return fail(key.error());
  std::optional<SignedText> parts = take_apart(*key);
  if (!parts) return damaged("characters are missing or were changed");
  return std::move(*parts);
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

std::string key_id_of(const crypto::Ed25519PublicKey& issuer) {
  const auto digest = crypto::sha256({issuer});
  return text::to_hex(std::span(digest).first(kIdBytes));
}

Result<std::string> issue_license(const crypto::Ed25519Key& issuer, License terms,
                                  std::chrono::system_clock::time_point now) {
  std::array<std::uint8_t, kIdBytes> id{};
  if (const auto filled = crypto::fill_random(id); !filled) return fail(filled.error());
  Result<License> license = checked_terms(std::move(terms));
  if (!license) return fail(license.error());
  license->id = text::to_hex(id);
  license->issued = clock::utc_text(now);
  Json::Value footer(Json::objectValue);
  footer["kid"] = key_id_of(issuer.public_key());
  return sign_text(issuer, message_of(*license), json::write(footer), kImplicit);
}

Result<std::string> find_license_key(std::string_view text) {
  if (!text::is_utf8(text)) return fail(no_text());
  const bool too_long = text.size() > kMaxLicenseText;
  const Scan found = scanned(text.substr(0, kMaxLicenseText));
  if (found.text.empty()) {
    return fail(codes::kNoLicense, "no licence key was given", "paste it, or name its file");
  }
  std::set<std::string> keys;
  std::optional<std::string_view> last;  // that looks like one
  for (std::size_t at = 0; (at = found.text.find(kPasetoHeader, at)) != std::string::npos;) {
    std::size_t end = at;
    while (end < found.text.size() && is_token_character(found.text[end]))
      ++end;
    if (auto key = whole_key_at(found, at, end)) {
      at += key->size();
      keys.insert(std::move(*key));
    } else {
      last = std::string_view(found.text).substr(at, end - at);
      at += kPasetoHeader.size();
    }
  }
  if (keys.size() > 1) {
    return fail(codes::kLicenseKind, "there are several licence keys in this text",
                "give them one by one");
  }
  if (!keys.empty()) return *keys.begin();
  if (!last) return fail(other_kind(found));
  if (too_long) return damaged("it is too long");
  // Of whoever is not one of us it may still be a key, if there is nothing else.
  if (*last != found.text) return damaged("characters are missing or were changed");
  return std::string(*last);
}

Result<void> check_license_file_name(std::string_view name) {
  const Scan found = scanned(name.substr(0, kMaxLicenseText));
  if (found.text.starts_with(kPasetoHeader)) {
    return fail(codes::kLicenseKind, "what was given as a file is the licence key itself",
                "give - as the file, and pipe the key in or paste it");
  }
  const bool secret = SystemKey::parse(found.text) || found.text.starts_with("k4.secret.");
  if (!secret) return {};
  return fail(codes::kLicenseKind, "what was given as a file is a secret key, and no licence key",
              "keep it secret; the shell may have it in its history now");
}

Result<License> read_license(std::string_view text,
                             std::span<const crypto::Ed25519PublicKey> issuers) {
  const Result<SignedText> parts = signed_text(text);
  if (!parts) return fail(parts.error());
  const std::string kid = issuer_in(*parts);
  const auto issuer = std::ranges::find(issuers, kid, key_id_of);
  if (issuer == issuers.end()) {
    return fail(codes::kLicenseIssuer,
                kid.empty() ? "this licence key does not say who issued it; its end may be missing"
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
  Result<License> license = read_message(parts->message);
  if (!license && license.error().code == codes::kLicenseContent) {
    // Nobody knows yet whether it was issued like that.
    license.error().code = codes::kLicenseDamaged;
    license.error().hint =
        std::string(kCopyHint) + "; if that does not help, whoever issued it has to make it anew";
  }
  return license;
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
