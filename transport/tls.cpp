#include "transport/tls.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <utility>

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include "base/error/system_error.h"
#include "base/files/access.h"
#include "base/program/service_view.h"
#include "transport/codes.h"
#include "transport/local_authority.h"
#include "transport/pem.h"
#include "transport/tls_files.h"

namespace sfteams::transport {
namespace {

constexpr std::size_t kMaxNamePart = 80;

constexpr const char* kAboutCa =
    "name a PEM file with the certificate of the authority that signed the server's certificate";

Result<SslContext> new_client_context() {
  ERR_clear_error();  // of whatever failed before
  SslContext context(SSL_CTX_new(TLS_client_method()));
  if (context == nullptr || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1) {
    return fail(codes::kTlsFailed, "TLS could not be set up: " + take_tls_error());
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  // An idle connection gives its two buffers of 16 KiB back.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return context;
}

std::string when(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return "an unknown date";
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M UTC", &parts);
  return text.data();
}

std::optional<std::chrono::system_clock::time_point> certificate_time(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

/// Empty when `error` is none.
std::string tls_error_in_words(unsigned long error) {
  if (error == 0) return {};
  if (ERR_SYSTEM_ERROR(error)) return system_message(ERR_GET_REASON(error));
  const char* reason = ERR_reason_error_string(error);
  return reason != nullptr ? reason : "error " + std::to_string(error);
}

bool is_ip_address(const std::string& host) {
  const std::unique_ptr<ASN1_OCTET_STRING, decltype(&ASN1_OCTET_STRING_free)> parsed(
      a2i_IPADDRESS(host.c_str()), &ASN1_OCTET_STRING_free);
  ERR_clear_error();
  return parsed != nullptr;
}

/// Refuses a CA file in which there are only servers' certificates that others have signed: nothing
/// could be verified with it. A self-signed one is its own authority.
Result<void> holds_authority(SSL_CTX* context, const std::filesystem::path& file) {
  const STACK_OF(X509_OBJECT)* const objects =
      X509_STORE_get0_objects(SSL_CTX_get_cert_store(context));
  std::string leaf;
  for (int i = 0; i < sk_X509_OBJECT_num(objects); ++i) {
    X509* const certificate = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
    if (certificate == nullptr) continue;
    const bool own =
        X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0;
    if (own || X509_check_ca(certificate) != 0) return {};
    leaf = "of " + name_in_words(X509_get_subject_name(certificate)) + ", which was signed by " +
           name_in_words(X509_get_issuer_name(certificate));
  }
  if (leaf.empty()) return {};
  return fail(codes::kCaNotAuthority,
              "the CA file " + file.string() + " holds a server's own certificate (" + leaf +
                  "), and no authority's",
              kAboutCa);
}

}  // namespace

std::string name_in_words(const X509_NAME* name) {
  std::string words;
  for (const int part : {NID_commonName, NID_organizationName}) {
    const int at = name == nullptr ? -1 : X509_NAME_get_index_by_NID(name, part, -1);
    if (at < 0) continue;
    unsigned char* text = nullptr;
    const int length =
        ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    if (length <= 0) continue;
    if (!words.empty()) words += ", ";
    words.append(reinterpret_cast<const char*>(text),
                 std::min(static_cast<std::size_t>(length), kMaxNamePart));
    OPENSSL_free(text);
  }
  return words.empty() ? "without a name" : words;
}

std::string take_tls_error() {
  std::string reason = newest_tls_error();
  ERR_clear_error();
  return reason.empty() ? "no reason given" : reason;
}

std::string take_first_tls_error() {
  std::string reason = tls_error_in_words(ERR_peek_error());
  ERR_clear_error();
  return reason.empty() ? "no reason given" : reason;
}

std::string newest_tls_error() {
  return tls_error_in_words(ERR_peek_last_error());
}

bool is_answer_without_tls(std::string_view reason) {
  // The first bytes of "HTTP/1.1 400" where a record's version and length stand; the words differ
  // with OpenSSL's version.
  constexpr std::array<std::string_view, 3> kReasons{"wrong version number",
                                                     "packet length too long", "http request"};
  return std::ranges::any_of(kReasons, [&](std::string_view known) {
    return reason.find(known) != std::string_view::npos;
  });
}

std::string no_tls_hint(const Url& url) {
  const std::string port = std::to_string(url.port);
  const std::string wrong_port = "check the port in the URL: the server has to speak TLS on port " +
                                 port + (url.port == 443 ? "" : " (443 is usual)");
  if (url.scheme == "https") return wrong_port + "; without TLS the URL begins with http://";
  return is_loopback(url.host) ? wrong_port +
                                     "; without TLS the URL begins with ws://, which is "
                                     "taken only towards this host"
                               : wrong_port;
}

Result<std::unique_ptr<ClientTls>> ClientTls::load(
    const std::optional<std::filesystem::path>& ca_file) {
  auto context = new_client_context();
  if (!context) return fail(context.error());
  ERR_clear_error();
  if (!ca_file) {
    if (SSL_CTX_set_default_verify_paths(context->get()) != 1) {
      return fail(codes::kCaUnreadable,
                  "the system's certificate authorities cannot be loaded: " + take_tls_error(),
                  "install the package ca-certificates");
    }
    return std::unique_ptr<ClientTls>(new ClientTls(std::move(*context)));
  }
  // OpenSSL tells apart neither a missing nor an unreadable nor an empty file from a broken one.
  if (const int problem = files::reading_problem(*ca_file); problem != 0) {
    return fail(codes::kCaUnreadable,
                "the CA file " + ca_file->string() + " cannot be read: " + system_message(problem),
                program::hint_about_file(*ca_file, kAboutCa));
  }
  if (SSL_CTX_load_verify_file(context->get(), ca_file->c_str()) != 1) {
    const std::string reason = take_first_tls_error();
    const PemProblem problem =
        pem_problem(*ca_file, PemContent::authority)
            .value_or(PemProblem{"holds no usable certificate: " + reason, {}});
    return fail(codes::kCaUnreadable, "the CA file " + ca_file->string() + " " + problem.what,
                program::hint_about_file(*ca_file, problem.hint.empty() ? kAboutCa : problem.hint));
  }
  if (Result<void> fine = holds_authority(context->get(), *ca_file); !fine)
    return fail(fine.error());
  return std::unique_ptr<ClientTls>(new ClientTls(std::move(*context)));
}

Result<std::unique_ptr<ClientTls>> ClientTls::trusting_nobody() {
  auto context = new_client_context();
  if (!context) return fail(context.error());
  return std::unique_ptr<ClientTls>(new ClientTls(std::move(*context)));
}

std::filesystem::path system_ca_file() {
  const char* const set = std::getenv(X509_get_default_cert_file_env());
  return set != nullptr ? set : X509_get_default_cert_file();
}

std::string ca_key(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return file.string();
  return file.string() + ' ' + std::to_string(status.st_ino) + ' ' +
         std::to_string(status.st_size) + ' ' + std::to_string(status.st_mtim.tv_sec) + '.' +
         std::to_string(status.st_mtim.tv_nsec);
}

void expect_peer(SSL* ssl, const std::string& host) {
  X509_VERIFY_PARAM* param = SSL_get0_param(ssl);
  X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const bool address = is_ip_address(host);
  // An address that could not be set would leave nothing to check, so a name that nobody has stands
  // behind it.
  X509_VERIFY_PARAM_set1_host(param, address ? "invalid." : host.c_str(), 0);
  if (address && X509_VERIFY_PARAM_set1_ip_asc(param, host.c_str()) == 1) {
    X509_VERIFY_PARAM_set1_host(param, nullptr, 0);
  }
  // What SSL_set_tlsext_host_name() does; it is a macro with a cast that our warnings do not let
  // pass.
  SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
           address ? nullptr : const_cast<char*>(host.c_str()));
}

bool peer_is_verified(const SSL* ssl, const std::string& host) {
  if (ssl == nullptr || host.empty() || SSL_get_verify_result(ssl) != X509_V_OK) return false;
  X509* certificate = SSL_get0_peer_certificate(ssl);
  if (certificate == nullptr) return false;
  if (is_ip_address(host)) return X509_check_ip_asc(certificate, host.c_str(), 0) == 1;
  return X509_check_host(certificate, host.c_str(), host.size(),
                         X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, nullptr) == 1;
}

TlsFacts tls_facts(const SSL* ssl) {
  TlsFacts facts;
  facts.version = SSL_get_version(ssl);
  if (const X509* certificate = SSL_get0_peer_certificate(ssl); certificate != nullptr) {
    facts.issuer = name_in_words(X509_get_issuer_name(certificate));
    facts.not_after = certificate_time(X509_get0_notAfter(certificate));
  }
  // Another authority of the same name may sign, so it is the chain that was verified which counts.
  const STACK_OF(X509)* const chain = SSL_get0_verified_chain(ssl);
  const int length = chain == nullptr ? 0 : sk_X509_num(chain);
  if (length == 0) return facts;
  const X509* const root = sk_X509_value(chain, length - 1);
  facts.root = name_in_words(X509_get_subject_name(root));
  facts.root_is_local = is_among(*root, local_authority_directories());
  return facts;
}

Error untrusted(const X509_STORE_CTX* verification, const std::string& host) {
  const int why = X509_STORE_CTX_get_error(verification);
  const X509* certificate = X509_STORE_CTX_get_current_cert(verification);
  const std::string whose = "the certificate of " + host;
  const auto refused = [](std::string message, std::string hint) {
    return Error{codes::kTlsUntrusted, std::move(message), std::move(hint)};
  };
  switch (why) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return refused("hostname mismatch: the certificate that the server showed is not for " + host,
                     "use the name that stands in the certificate, or get one for this name");
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return refused(whose + " or of an authority above it expired on " +
                         when(certificate ? X509_get0_notAfter(certificate) : nullptr),
                     "renew it on the server, and check this machine's clock");
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return refused(whose + " is not valid before " +
                         when(certificate ? X509_get0_notBefore(certificate) : nullptr),
                     "check this machine's clock");
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return refused(whose + " is self-signed and not among the trusted ones",
                     "name the certificate of its authority as the CA file, if you trust it");
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_UNTRUSTED:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:  // another authority of the same name
      return refused(whose + " is signed by an unknown authority (unknown CA): " +
                         name_in_words(certificate ? X509_get_issuer_name(certificate) : nullptr),
                     "if that is not the authority of the server's owner, a firewall or proxy on "
                     "the way breaks TLS open (interception): have it leave out this host; else "
                     "name the authority's certificate as the CA file, or have the server send "
                     "the whole chain");
    default:
      return refused(whose + " was not accepted: " + X509_verify_cert_error_string(why),
                     "look at the server's certificate with: openssl s_client -connect host:port");
  }
}

Result<void> check_ca_file(const std::filesystem::path& file) {
  const auto loaded = ClientTls::load(file);
  if (!loaded) return fail(loaded.error());
  return {};
}

}  // namespace sfteams::transport
