#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <json/value.h>

#include "base/crypto/ed25519.h"
#include "base/error/error.h"

namespace sfteams::keygen {

/// A floating licence: so many users of these systems may be signed in at once. Its key is a text
/// signed by who issued it (keygen/paseto.h), so it is checked without asking anybody. The message
/// is a JSON object with exactly these members, of which "version" and "seats" are numbers,
/// "systems" is a list of texts and the others are texts:
///   "type": "starface-teams-license", "version": 1, "id", "holder", "systems", "seats", "from",
///   "until", "issued"
/// The footer is {"kid": "…"} with the issuer's key_id_of().
struct License {
  static constexpr std::uint32_t kMostSeats = 100'000;
  static constexpr std::size_t kMostSystems = 20;
  static constexpr std::size_t kLongestHolder = 200;  ///< bytes of UTF-8

  std::string id;  ///< 16 hexadecimal digits, random
  std::string holder;
  std::vector<std::string> systems;  ///< canonical_system_name() each
  std::uint32_t seats = 0;
  std::chrono::sys_days from;   ///< UTC
  std::chrono::sys_days until;  ///< the last day, whole
  std::string issued;           ///< utc_text()
};

/// Longer texts are no licence keys.
inline constexpr std::size_t kMaxLicenseText = 8'192;

/// Makes the key of a licence, its `id` and `issued` filled in here. Fails with license.bad-terms
/// and crypto.no-randomness.
[[nodiscard]] Result<std::string> issue_license(const crypto::Ed25519Key& issuer, License terms,
                                                std::chrono::system_clock::time_point now);

/// Its terms: an object of "id", "holder", "systems", "seats", "from", "until" and "issued", as
/// they stand in the message. Programs get the same.
[[nodiscard]] Json::Value terms_json(const License& license);

/// How an issuer is named in a licence's footer: the first 8 bytes of the key's SHA-256, in
/// hexadecimal.
[[nodiscard]] std::string key_id_of(const crypto::Ed25519PublicKey& issuer);

/// The one licence key in a text as people paste it: wrapped, indented, quoted as mail programs do,
/// with words before and after it. Without any white space, and nothing of it believed. Fails with
/// license.none-given, license.wrong-kind (there is none, or several; what it is instead),
/// license.damaged. Nothing of the text is quoted in any message.
[[nodiscard]] Result<std::string> find_license_key(std::string_view text);

/// Fails with license.wrong-kind when the name of a file is no name but a licence key or another
/// key, which is quoted nowhere.
[[nodiscard]] Result<void> check_license_file_name(std::string_view name);

/// Reads the licence key that find_license_key() finds, and fails as that does. Says who issued it
/// when that is nobody we trust (license.unknown-issuer), that it was changed (license.tampered),
/// is of a later form (license.version), or was issued with terms that make no sense
/// (license.wrong-terms). Whether it is good here and today is for check_license().
[[nodiscard]] Result<License> read_license(std::string_view text,
                                           std::span<const crypto::Ed25519PublicKey> issuers);

/// What a key says, with nothing of it believed: for those who want to look at it.
[[nodiscard]] Result<License> read_license_unchecked(std::string_view text);

/// Fails with license.other-system, license.not-yet or license.expired.
[[nodiscard]] Result<void> check_license(const License& license, std::string_view system,
                                         std::chrono::system_clock::time_point now);

}  // namespace sfteams::keygen
