#pragma once

#include "base/error/error.h"

namespace sfteams::keygen::codes {

/// A typed or pasted system key that is none. The message says where, never what stands there.
inline constexpr Code kKeyLength{"keygen.key-length", Exit::data_error};
inline constexpr Code kKeyCharacter{"keygen.key-character", Exit::data_error};
inline constexpr Code kKeyChecksum{"keygen.key-checksum", Exit::data_error};

inline constexpr Code kBadName{"keygen.bad-name", Exit::data_error};
inline constexpr Code kBadConnector{"keygen.bad-connector", Exit::data_error};

/// A key file that cannot be used.
inline constexpr Code kNoKeyFile{"keygen.no-key-file", Exit::data_error};
inline constexpr Code kKeyFileVersion{"keygen.key-file-version", Exit::data_error};
inline constexpr Code kKeyFileMember{"keygen.key-file-member", Exit::data_error};

/// A licence key that cannot be used.
inline constexpr Code kNoLicense{"license.none-given", Exit::data_error};
inline constexpr Code kLicenseKind{"license.wrong-kind", Exit::data_error};
inline constexpr Code kLicenseDamaged{"license.damaged", Exit::data_error};
inline constexpr Code kLicenseTampered{"license.tampered", Exit::data_error};
inline constexpr Code kLicenseIssuer{"license.unknown-issuer", Exit::data_error};
inline constexpr Code kLicenseVersion{"license.version", Exit::data_error};
inline constexpr Code kLicenseSystem{"license.other-system", Exit::data_error};
inline constexpr Code kLicenseNotYet{"license.not-yet", Exit::data_error};
inline constexpr Code kLicenseExpired{"license.expired", Exit::data_error};
/// It is signed well, and what it says is wrong.
inline constexpr Code kLicenseContent{"license.wrong-terms", Exit::data_error};
inline constexpr Code kLicenseTerms{"license.bad-terms", Exit::usage};

/// The program's command line, and its output that nobody takes.
inline constexpr Code kUsage{"keygen.usage", Exit::usage};
inline constexpr Code kOutput{"keygen.output", Exit::io_error};

}  // namespace sfteams::keygen::codes
