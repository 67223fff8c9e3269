#include "transport/local_authority.h"

#include <cstdio>
#include <memory>
#include <system_error>

#include <openssl/err.h>
#include <openssl/pem.h>

namespace sfteams::transport {
namespace {

struct FileClose {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
struct CertificateFree {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Certificate = std::unique_ptr<X509, CertificateFree>;

bool holds(const std::filesystem::path& path, const X509& wanted) {
  const std::unique_ptr<std::FILE, FileClose> file(std::fopen(path.c_str(), "re"));
  if (file == nullptr) return false;
  if (const Certificate der(d2i_X509_fp(file.get(), nullptr)); der != nullptr)
    return X509_cmp(der.get(), &wanted) == 0;
  std::rewind(file.get());
  while (const Certificate pem{PEM_read_X509(file.get(), nullptr, nullptr, nullptr)}) {
    if (X509_cmp(pem.get(), &wanted) == 0) return true;
  }
  return false;
}

}  // namespace

std::vector<std::filesystem::path> local_authority_directories() {
  return {"/usr/local/share/ca-certificates", "/etc/pki/ca-trust/source/anchors"};
}

bool is_among(const X509& certificate, std::span<const std::filesystem::path> directories) {
  bool found = false;
  for (const std::filesystem::path& directory : directories) {
    std::error_code ignored;
    for (std::filesystem::recursive_directory_iterator entry(directory, ignored), end;
         !ignored && entry != end && !found; entry.increment(ignored)) {
      found = entry->is_regular_file(ignored) && holds(entry->path(), certificate);
    }
  }
  ERR_clear_error();
  return found;
}

}  // namespace sfteams::transport
