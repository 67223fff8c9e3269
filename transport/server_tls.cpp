#include "transport/server_tls.h"

#include <ctime>
#include <memory>
#include <string>
#include <string_view>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/error/system_error.h"
#include "base/files/access.h"
#include "base/program/service_view.h"
#include "transport/codes.h"
#include "transport/pem.h"
#include "transport/tls.h"

namespace sfteams::transport {
namespace {

template <auto kFree>
struct FreeWith {
  template <typename T>
  void operator()(T* object) const noexcept {
    kFree(object);
  }
};
using Bio = std::unique_ptr<BIO, FreeWith<BIO_free>>;
using Key = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using X509Handle = std::unique_ptr<X509, FreeWith<X509_free>>;

/// Without this OpenSSL asks for the passphrase on the terminal, and a daemon hangs there.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*user*/) {
  return -1;
}

Result<void> readable(const std::filesystem::path& file, const std::string& what) {
  const int problem = files::reading_problem(file);
  if (problem == 0) return {};
  return fail(
      codes::kCertificateUnreadable,
      "the " + what + " file " + file.string() + " cannot be read: " + system_message(problem),
      program::hint_about_file(file,
                               "check the path, and that the user of this service may read it"));
}

/// Behind a failed attempt to take the file. Empties OpenSSL's queue.
Error unusable(const std::filesystem::path& file, PemContent wanted) {
  const bool certificate = wanted == PemContent::certificate;
  const std::string reason = take_first_tls_error();
  const PemProblem problem =
      pem_problem(file, wanted)
          .value_or(PemProblem{
              (certificate ? "holds no usable certificate: " : "holds no usable key: ") + reason,
              {}});
  const char* const usual = certificate
                                ? "it has to be PEM: the server's certificate first, then those "
                                  "above it"
                                : "it has to be PEM and without a passphrase";
  return Error{codes::kCertificateUnreadable,
               std::string("the ") + (certificate ? "certificate" : "key") + " file " +
                   file.string() + " " + problem.what,
               program::hint_about_file(file, problem.hint.empty() ? usual : problem.hint)};
}

/// Whether a later certificate of the file is the one of this key; then says of whom the first is.
std::optional<std::string> first_before_own(const ServerTls& files) {
  const Bio key_file(BIO_new_file(files.key_file.c_str(), "r"));
  const Bio certificates(BIO_new_file(files.certificate_file.c_str(), "r"));
  if (key_file == nullptr || certificates == nullptr) return std::nullopt;
  const Key key(PEM_read_bio_PrivateKey(key_file.get(), nullptr, no_passphrase, nullptr));
  if (key == nullptr) return std::nullopt;
  std::optional<std::string> first;
  // The number is bounded by what was taken as a chain a moment ago.
  for (;;) {
    const X509Handle next(PEM_read_bio_X509(certificates.get(), nullptr, no_passphrase, nullptr));
    if (next == nullptr) return std::nullopt;
    if (first && X509_check_private_key(next.get(), key.get()) == 1) return first;
    if (!first) first = name_in_words(X509_get_subject_name(next.get()));
  }
}

Error key_mismatch(const ServerTls& files) {
  const std::optional<std::string> first = first_before_own(files);
  ERR_clear_error();
  if (first) {
    return Error{codes::kCertificateMismatch,
                 "the first certificate in " + files.certificate_file.string() + " is that of " +
                     *first + "; the one of the key in " + files.key_file.string() + " comes later",
                 "put the server's certificate first, then each with which the one above was "
                 "signed"};
  }
  return Error{codes::kCertificateMismatch,
               "the key in " + files.key_file.string() + " does not belong to the certificate in " +
                   files.certificate_file.string(),
               "name the key with which the certificate was requested"};
}

/// RFC 7301: names with their lengths in front. Whoever does not offer HTTP/1.1 goes without.
int choose_http_1_1(SSL* /*ssl*/, const unsigned char** chosen, unsigned char* chosen_length,
                    const unsigned char* offered, unsigned int offered_length, void* /*user*/) {
  constexpr std::string_view kOurs = "http/1.1";
  const std::string_view list(reinterpret_cast<const char*>(offered), offered_length);
  for (std::size_t at = 0; at < list.size();) {
    const auto length = static_cast<unsigned char>(list[at]);
    if (list.substr(at + 1, length) == kOurs) {
      *chosen = offered + at + 1;
      *chosen_length = length;
      return SSL_TLSEXT_ERR_OK;
    }
    at += 1 + std::size_t{length};
  }
  return SSL_TLSEXT_ERR_NOACK;
}

void set_rules(SSL_CTX* context) {
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_TICKET);
  // Nobody who comes here takes sessions up again, and each one kept is memory and one more secret.
  // With an ECDSA certificate one would save no more than a signature (20 us), and a connector that
  // was started again, which is when all come, could not read the tickets of before.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_ENABLE_PARTIAL_WRITE);
  // One read takes one record, also one that is TLS's own matter: otherwise OpenSSL goes on for as
  // long as a peer sends changes of its keys, and nobody else has a turn.
  SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_alpn_select_cb(context, choose_http_1_1, nullptr);
}

}  // namespace

std::optional<Validity> chain_validity(SSL_CTX* context) {
  const X509* const own = SSL_CTX_get0_certificate(context);
  if (own == nullptr) return std::nullopt;
  const ASN1_TIME* from = X509_get0_notBefore(own);
  const ASN1_TIME* until = X509_get0_notAfter(own);
  STACK_OF(X509)* above = nullptr;
  SSL_CTX_get0_chain_certs(context, &above);
  for (int i = 0; above != nullptr && i < sk_X509_num(above); ++i) {
    const X509* const certificate = sk_X509_value(above, i);
    const ASN1_TIME* const begin = X509_get0_notBefore(certificate);
    const ASN1_TIME* const end = X509_get0_notAfter(certificate);
    if (ASN1_TIME_compare(begin, from) > 0) from = begin;
    if (ASN1_TIME_compare(end, until) < 0) until = end;
  }
  std::tm first{};
  std::tm last{};
  if (ASN1_TIME_to_tm(from, &first) != 1 || ASN1_TIME_to_tm(until, &last) != 1) return std::nullopt;
  return Validity{std::chrono::system_clock::from_time_t(timegm(&first)),
                  std::chrono::system_clock::from_time_t(timegm(&last))};
}

Result<void> set_up_server(SSL_CTX* context, const ServerTls& files) {
  ERR_clear_error();  // of whatever failed before
  set_rules(context);
  if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1) {
    return fail(codes::kTlsFailed, "TLS could not be set up: " + take_tls_error());
  }
  if (auto able = readable(files.certificate_file, "certificate"); !able) return able;
  if (auto able = readable(files.key_file, "key"); !able) return able;
  ERR_clear_error();
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate_file.c_str()) != 1)
    return fail(unusable(files.certificate_file, PemContent::certificate));
  if (SSL_CTX_use_PrivateKey_file(context, files.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    const bool mismatch = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH ||
                          ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_TYPE_MISMATCH;
    return fail(mismatch ? key_mismatch(files) : unusable(files.key_file, PemContent::private_key));
  }
  if (SSL_CTX_check_private_key(context) == 1) return {};
  return fail(key_mismatch(files));
}

std::optional<Error> chain_warning(const ServerTls& files) {
  const SslContext context(SSL_CTX_new(TLS_server_method()));
  if (context == nullptr || !set_up_server(context.get(), files)) return std::nullopt;
  const X509* highest = SSL_CTX_get0_certificate(context.get());
  STACK_OF(X509)* above = nullptr;
  SSL_CTX_get0_chain_certs(context.get(), &above);
  const int length = above == nullptr ? 0 : sk_X509_num(above);
  const std::string file = files.certificate_file.string();
  for (int i = 0; i < length; ++i) {
    X509* const next = sk_X509_value(above, i);
    if (X509_check_issued(next, const_cast<X509*>(highest)) != X509_V_OK) {
      return Error{codes::kChainOrder,
                   "certificate " + std::to_string(i + 2) + " in " + file +
                       " did not sign the one before it",
                   "put the server's certificate first, then each with which the one above was "
                   "signed"};
    }
    highest = next;
  }
  ERR_clear_error();
  if (length > 0 ||
      X509_NAME_cmp(X509_get_subject_name(highest), X509_get_issuer_name(highest)) == 0)
    return std::nullopt;
  const std::string issuer = name_in_words(X509_get_issuer_name(highest));
  return Error{codes::kChainIncomplete,
               file + " holds the server's certificate alone, without that of its issuer " +
                   issuer + "; agents and clients will not trust it, except those that trust " +
                   issuer + " itself",
               "name fullchain.pem, or append the certificates of the intermediate authorities"};
}

Result<std::optional<Validity>> check_certificate(const ServerTls& files) {
  ERR_clear_error();
  const SslContext context(SSL_CTX_new(TLS_server_method()));
  if (context == nullptr) {
    return fail(codes::kTlsFailed, "TLS could not be set up: " + take_tls_error());
  }
  if (const Result<void> done = set_up_server(context.get(), files); !done)
    return fail(done.error());
  return chain_validity(context.get());
}

}  // namespace sfteams::transport
