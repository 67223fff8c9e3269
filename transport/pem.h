#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace sfteams::transport {

/// A server's certificate with its chain, its key, or certificates of authorities.
enum class PemContent { certificate, private_key, authority };

struct PemProblem {
  std::string what;  ///< goes behind the file's name: "is empty"
  std::string hint;  ///< what to do; empty: what the caller says about such files
};

/// Why a file has nothing of this kind, which OpenSSL calls "PEM lib" whatever it is: it is a
/// directory, empty, binary, holds the other of the two or nothing of PEM (RFC 7468), or a key
/// under a passphrase. nullopt: it has what is wanted, and OpenSSL's own reason counts; or it
/// cannot be read.
[[nodiscard]] std::optional<PemProblem> pem_problem(const std::filesystem::path& file,
                                                    PemContent wanted);

}  // namespace sfteams::transport
