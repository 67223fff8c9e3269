#pragma once

#include <filesystem>
#include <string>

namespace sfteams::transport {

/// PEM texts.
struct Certificate {
  std::string certificate;
  std::string key;
};

struct CertificateWish {
  std::string names =
      "DNS:localhost,IP:127.0.0.1";  ///< subjectAltName as x509v3_config(5) writes it
  long valid_from = -3600;           ///< seconds from now
  long valid_until = 24L * 3600;
  std::string usage = "serverAuth";  ///< extendedKeyUsage, as x509v3_config(5) writes it
};

/// A certificate authority that lives as long as the object, with P-256 keys.
class Authority {
 public:
  Authority();
  /// Its own certificate, PEM.
  [[nodiscard]] const std::string& certificate() const { return own_.certificate; }
  [[nodiscard]] Certificate issue(const CertificateWish& wish = {}) const;

 private:
  Certificate own_;
};

/// For localhost, vouched for by nobody.
[[nodiscard]] Certificate self_signed();

/// The same PEM key under a passphrase.
[[nodiscard]] std::string encrypted(const std::string& key, const std::string& passphrase);

/// A file that goes with the object.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace sfteams::transport
