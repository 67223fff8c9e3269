#include "tests/transport/certificates.h"

#include <array>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

namespace sfteams::transport {
namespace {

template <auto kFree>
struct FreeWith {
  template <typename T>
  void operator()(T* object) const noexcept {
    kFree(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, FreeWith<::EVP_PKEY_free>>;
using X509Handle = std::unique_ptr<X509, FreeWith<::X509_free>>;
using Bio = std::unique_ptr<BIO, FreeWith<::BIO_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, FreeWith<::X509_EXTENSION_free>>;

void must(bool succeeded, const char* step) {
  if (!succeeded) throw std::runtime_error(std::string("making a test certificate: ") + step);
}

std::string text_of(const Bio& bio) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(length)};
}

void extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context{};
  ::X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(::X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  must(extension != nullptr && ::X509_add_ext(certificate, extension.get(), -1) == 1, "extension");
}

X509Handle blank(EVP_PKEY* key, const char* name, const CertificateWish& wish) {
  X509Handle certificate(::X509_new());
  ::X509_set_version(certificate.get(), X509_VERSION_3);
  long serial = 0;
  must(::RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1, "serial");
  ::ASN1_INTEGER_set_int64(::X509_get_serialNumber(certificate.get()), serial & 0x7fffffff);
  ::X509_gmtime_adj(::X509_getm_notBefore(certificate.get()), wish.valid_from);
  ::X509_gmtime_adj(::X509_getm_notAfter(certificate.get()), wish.valid_until);
  ::X509_set_pubkey(certificate.get(), key);
  ::X509_NAME_add_entry_by_txt(::X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  return certificate;
}

Certificate written(X509* certificate, EVP_PKEY* key) {
  const Bio first(::BIO_new(::BIO_s_mem()));
  const Bio second(::BIO_new(::BIO_s_mem()));
  must(::PEM_write_bio_X509(first.get(), certificate) == 1, "writing");
  must(::PEM_write_bio_PrivateKey(second.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
       "writing the key");
  return {text_of(first), text_of(second)};
}

}  // namespace

Authority::Authority() {
  const Key key(::EVP_EC_gen("P-256"));
  const X509Handle certificate = blank(key.get(), "test authority", {});
  ::X509_set_issuer_name(certificate.get(), ::X509_get_subject_name(certificate.get()));
  extend(certificate.get(), certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  extend(certificate.get(), certificate.get(), NID_key_usage, "critical,keyCertSign");
  extend(certificate.get(), certificate.get(), NID_subject_key_identifier, "hash");
  must(::X509_sign(certificate.get(), key.get(), ::EVP_sha256()) > 0, "signing");
  own_ = written(certificate.get(), key.get());
}

Certificate Authority::issue(const CertificateWish& wish) const {
  const Bio issuer_text(::BIO_new_mem_buf(own_.certificate.data(), -1));
  const X509Handle issuer(::PEM_read_bio_X509(issuer_text.get(), nullptr, nullptr, nullptr));
  const Bio key_text(::BIO_new_mem_buf(own_.key.data(), -1));
  const Key issuer_key(::PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
  const Key key(::EVP_EC_gen("P-256"));
  const X509Handle certificate = blank(key.get(), "test server", wish);
  ::X509_set_issuer_name(certificate.get(), ::X509_get_subject_name(issuer.get()));
  extend(certificate.get(), issuer.get(), NID_subject_alt_name, wish.names);
  extend(certificate.get(), issuer.get(), NID_ext_key_usage, wish.usage);
  must(::X509_sign(certificate.get(), issuer_key.get(), ::EVP_sha256()) > 0, "signing");
  return written(certificate.get(), key.get());
}

Certificate self_signed() {
  const Key key(::EVP_EC_gen("P-256"));
  const X509Handle certificate = blank(key.get(), "localhost", {});
  ::X509_set_issuer_name(certificate.get(), ::X509_get_subject_name(certificate.get()));
  extend(certificate.get(), certificate.get(), NID_subject_alt_name, "DNS:localhost");
  must(::X509_sign(certificate.get(), key.get(), ::EVP_sha256()) > 0, "signing");
  return written(certificate.get(), key.get());
}

std::string encrypted(const std::string& key, const std::string& passphrase) {
  const Bio text(::BIO_new_mem_buf(key.data(), -1));
  const Key parsed(::PEM_read_bio_PrivateKey(text.get(), nullptr, nullptr, nullptr));
  const Bio out(::BIO_new(::BIO_s_mem()));
  must(::PEM_write_bio_PrivateKey(out.get(), parsed.get(), ::EVP_aes_128_cbc(),
                                  reinterpret_cast<const unsigned char*>(passphrase.data()),
                                  static_cast<int>(passphrase.size()), nullptr, nullptr) == 1,
       "encrypting the key");
  return text_of(out);
}

TemporaryFile::TemporaryFile(const std::string& content) {
  std::string name = (std::filesystem::temp_directory_path() / "sfteams-test-XXXXXX").string();
  const int file = ::mkstemp(name.data());
  must(file >= 0, "a temporary file");
  ::close(file);
  path_ = name;
  std::ofstream(path_) << content;
}

TemporaryFile::~TemporaryFile() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

}  // namespace sfteams::transport
