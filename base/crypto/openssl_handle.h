#pragma once

// Only for the .cpp files of this room: OpenSSL's types stay behind its headers.

#include <memory>
#include <stdexcept>
#include <string>

#include <openssl/err.h>
#include <openssl/evp.h>

namespace sfteams::crypto {

/// Frees an OpenSSL object with the function that belongs to its type.
template <auto kFree>
struct FreeWith {
  template <typename T>
  void operator()(T* object) const noexcept {
    kFree(object);
  }
};

using PkeyHandle = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeWith<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeWith<EVP_CIPHER_CTX_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, FreeWith<EVP_MAC_CTX_free>>;

/// For steps that only fail when memory is out or OpenSSL was built without the algorithm: nobody
/// up the stack could do anything sensible about it.
inline void must(bool succeeded, const char* step) {
  if (!succeeded) throw std::runtime_error(std::string("OpenSSL refused ") + step);
}

/// Empties OpenSSL's error queue of this thread when it goes. What is left there after an expected
/// failure (a tag that does not fit) would be taken by SSL_get_error for a failure of the next TLS
/// connection that is served.
class ErrorQueueGuard {
 public:
  ErrorQueueGuard() = default;
  ~ErrorQueueGuard() { ERR_clear_error(); }
  ErrorQueueGuard(const ErrorQueueGuard&) = delete;
  ErrorQueueGuard& operator=(const ErrorQueueGuard&) = delete;
};

}  // namespace sfteams::crypto
