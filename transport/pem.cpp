#include "transport/pem.h"

#include <string_view>
#include <system_error>

#include "base/files/small_file.h"

namespace sfteams::transport {
namespace {

constexpr std::size_t kMaxFile = 4U << 20U;
constexpr const char* kSwapped = ": have certificate-file and key-file been swapped?";

/// What a file has in it, by the labels of its blocks.
struct Blocks {
  bool certificate = false;
  bool key = false;
  bool locked_key = false;  ///< under a passphrase
  bool request = false;
};

Blocks blocks_of(std::string_view content) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  constexpr std::string_view kEnd = "-----";
  Blocks found;
  for (std::size_t at = content.find(kBegin); at != std::string_view::npos;
       at = content.find(kBegin, at)) {
    at += kBegin.size();
    const std::size_t end = content.find(kEnd, at);
    if (end == std::string_view::npos) break;
    const std::string_view label = content.substr(at, end - at);
    if (label.ends_with("CERTIFICATE")) found.certificate = true;
    if (label.ends_with("CERTIFICATE REQUEST")) found.request = true;
    if (label.ends_with("PRIVATE KEY")) {
      found.key = true;
      const std::string_view body = content.substr(end, content.find(kEnd, end + 5) - end);
      // In PKCS #8, and in the older form with headers (RFC 1421).
      if (label.starts_with("ENCRYPTED") || body.find("ENCRYPTED") != std::string_view::npos)
        found.locked_key = true;
    }
  }
  return found;
}

bool is_blank(std::string_view content) {
  return content.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// DER and PKCS #12 begin with a SEQUENCE whose length takes more than a byte.
bool is_der(std::string_view content) {
  return content.size() > 1 && content[0] == '\x30' &&
         (static_cast<unsigned char>(content[1]) & 0x80U) != 0;
}

std::optional<PemProblem> problem_in(std::string_view content, PemContent wanted) {
  if (is_blank(content)) return PemProblem{"is empty", {}};
  if (is_der(content)) {
    return PemProblem{"is not PEM, but binary (DER or PKCS #12)",
                      "convert it, with openssl x509, openssl pkey or openssl pkcs12"};
  }
  const Blocks blocks = blocks_of(content);
  if (wanted != PemContent::private_key) {
    if (blocks.certificate) return std::nullopt;
    if (blocks.key) {
      return PemProblem{std::string("holds a private key and no certificate") +
                            (wanted == PemContent::certificate ? kSwapped : ""),
                        {}};
    }
    if (blocks.request) {
      return PemProblem{"holds a request for a certificate, and no certificate",
                        "name the file that the authority has sent back"};
    }
    return PemProblem{"holds no PEM certificate", {}};
  }
  if (blocks.locked_key) {
    return PemProblem{"holds a key under a passphrase",
                      "nobody is there to type it: write the key without one, with openssl pkey "
                      "-in FILE -out NEW, and let only the service read it"};
  }
  if (blocks.key) return std::nullopt;
  if (blocks.certificate)
    return PemProblem{std::string("holds a certificate and no private key") + kSwapped, {}};
  return PemProblem{"holds no PEM private key", {}};
}

}  // namespace

std::optional<PemProblem> pem_problem(const std::filesystem::path& file, PemContent wanted) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) {
    return PemProblem{"is a directory", "write the path of the file in it"};
  }
  const Result<crypto::Secret> content = files::read_small_file(file, kMaxFile);
  if (!content) return std::nullopt;
  return problem_in(content->text(), wanted);
}

}  // namespace sfteams::transport
