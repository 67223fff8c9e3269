#include "transport/http_transfer.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <new>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/program/service_view.h"
#include "base/text/ascii.h"
#include "transport/codes.h"
#include "transport/pem.h"
#include "transport/url.h"

namespace sfteams::transport {
namespace {

/// The file of the system's certificate authorities, which distributions have in different places;
/// SSL_CERT_FILE names another one, as it does to OpenSSL for our websockets.
const char* system_authorities() {
  const char* const named = ::secure_getenv("SSL_CERT_FILE");
  if (named != nullptr && *named != '\0') return named;
  const char* const built_in = ::curl_version_info(CURLVERSION_NOW)->cainfo;
  return built_in != nullptr ? built_in : ::X509_get_default_cert_file();
}

/// Shorter than the 20 s after which web servers close an idle connection: a request that meets
/// such a close on its way would be lost (see on_request).
constexpr long kMaxIdleSeconds = 15;

template <typename T>
void set(CURL* easy, CURLoption option, T value) {
  // Every option used here is in libcurl 7.87; a value that it does not take is a fault of this
  // file.
  if (::curl_easy_setopt(easy, option, value) == CURLE_OK) return;
  throw std::runtime_error("libcurl refused option " + std::to_string(int{option}));
}

/// Far more than a PBX sends, far less than would hurt.
constexpr std::size_t kMaxReplyHeaders = 65'536;

long clamp_to_long(Duration duration) {
  return static_cast<long>(
      std::clamp<Duration::rep>(duration.count(), 1, std::numeric_limits<int>::max()));
}

}  // namespace

Result<HttpTarget> read_target(const crypto::Secret& url) {
  const std::string_view text = url.text();
  const std::size_t end = text.find('?');
  const auto parsed = parse_url(text.substr(0, end));
  if (!parsed) return fail(parsed.error());
  const std::string origin = parsed->scheme + "://" + parsed->authority();
  if (parsed->scheme != "http" && parsed->scheme != "https") {
    return fail(codes::kBadUrl, origin + " is no http or https URL", "write http:// or https://");
  }
  const std::string_view query = end == std::string_view::npos ? "" : text.substr(end);
  if (!text::is_printable(query) || query.find_first_of(" #") != std::string_view::npos) {
    return fail(codes::kBadUrl,
                "the query for " + origin + " holds a space, a '#' or a character outside ASCII",
                "write it as %NN");
  }
  return HttpTarget{origin, std::min(text.find_first_of("/?", text.find("://") + 3), text.size())};
}

std::unique_ptr<HttpTransfer> HttpTransfer::create() {
  CURL* easy = ::curl_easy_init();
  if (easy == nullptr) throw std::bad_alloc();
  return std::make_unique<HttpTransfer>(easy);
}

HttpTransfer::HttpTransfer(CURL* easy) : easy_(easy) {
  set_fixed_options();
}

HttpTransfer::~HttpTransfer() {
  ::curl_easy_cleanup(easy_);
}

HttpTransfer& HttpTransfer::of(CURL* easy) {
  void* self = nullptr;
  ::curl_easy_getinfo(easy, CURLINFO_PRIVATE, &self);
  return *static_cast<HttpTransfer*>(self);
}

void HttpTransfer::set_fixed_options() {
  set(easy_, CURLOPT_PRIVATE, this);
  set(easy_, CURLOPT_ERRORBUFFER, detail_.data());
  set(easy_, CURLOPT_NOSIGNAL, 1L);
  set(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy_, CURLOPT_FOLLOWLOCATION, 0L);
  set(easy_, CURLOPT_PROXY, "");     // otherwise http_proxy of the environment is taken
  set(easy_, CURLOPT_NOPROXY, "*");  // and no_proxy is looked up for every call
  set(easy_, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  set(easy_, CURLOPT_SSL_VERIFYPEER, 1L);
  set(easy_, CURLOPT_SSL_VERIFYHOST, 2L);
  set(easy_, CURLOPT_TCP_NODELAY, 1L);
  set(easy_, CURLOPT_MAXAGE_CONN, kMaxIdleSeconds);
  // A look-up that nobody waits for any more is left to its thread instead of holding up the loop.
  set(easy_, CURLOPT_QUICK_EXIT, 1L);
  set(easy_, CURLOPT_WRITEFUNCTION, &HttpTransfer::on_body);
  set(easy_, CURLOPT_WRITEDATA, this);
  set(easy_, CURLOPT_HEADERFUNCTION, &HttpTransfer::on_header);
  set(easy_, CURLOPT_HEADERDATA, this);
  set(easy_, CURLOPT_SSL_CTX_FUNCTION, &HttpTransfer::on_tls_context);
  set(easy_, CURLOPT_SSL_CTX_DATA, this);
  set(easy_, CURLOPT_PREREQFUNCTION, &HttpTransfer::on_request);
  set(easy_, CURLOPT_PREREQDATA, this);
}

std::size_t HttpTransfer::on_body(char* data, std::size_t size, std::size_t count,
                                  void* self) noexcept {
  auto* transfer = static_cast<HttpTransfer*>(self);
  const std::size_t bytes = size * count;
  if (bytes > transfer->max_body_ - transfer->body_.size()) {
    transfer->too_large_ = true;
    return 0;
  }
  if (bytes + transfer->body_.size() > kSmallBody && !transfer->passes_gate()) {
    return CURL_WRITEFUNC_PAUSE;
  }
  transfer->body_.append(data, bytes);
  return bytes;
}

bool HttpTransfer::passes_gate() {
  if (let_in_) return true;
  if (gate_ && !gate_(expected_body())) return false;
  let_in();
  return true;
}

void HttpTransfer::let_in() {
  let_in_ = true;
  curl_off_t announced = -1;
  ::curl_easy_getinfo(easy_, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
  if (announced >= 0) body_.reserve(expected_body());
}

std::size_t HttpTransfer::expected_body() const {
  curl_off_t announced = -1;
  ::curl_easy_getinfo(easy_, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
  if (announced < 0) return max_body_;
  return std::min(static_cast<std::size_t>(announced), max_body_);
}

/// libcurl takes a connection that closes within the headers for the end of a reply. What it hands
/// over here are also the headers of a proxy, of interim replies (1xx) and, behind the body, the
/// trailers, which end without an empty line.
std::size_t HttpTransfer::on_header(char* data, std::size_t size, std::size_t count,
                                    void* self) noexcept {
  auto* transfer = static_cast<HttpTransfer*>(self);
  const std::string_view line(data, size * count);
  transfer->header_bytes_ += line.size();
  if (transfer->header_bytes_ > kMaxReplyHeaders) return 0;
  if (transfer->requests_ == 0 || transfer->headers_whole_) return line.size();
  if (line.starts_with("HTTP/")) {
    const std::size_t at = std::min(line.find(' '), line.size());
    transfer->interim_ = line.substr(at).starts_with(" 1");
  } else if (line == "\r\n" || line == "\n") {
    transfer->headers_whole_ = !transfer->interim_;
  }
  return line.size();
}

/// Only looks on: libcurl hands up OpenSSL's first error, which for a forged certificate is one of
/// the signature's arithmetic.
CURLcode HttpTransfer::on_tls_context(CURL* /*easy*/, void* context, void* self) noexcept {
  auto* tls = static_cast<SSL_CTX*>(context);
  SSL_CTX_set_app_data(tls, self);
  ::SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, [](int trusted, X509_STORE_CTX* store) {
    auto* ssl = static_cast<SSL*>(
        ::X509_STORE_CTX_get_ex_data(store, ::SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* transfer = static_cast<HttpTransfer*>(SSL_CTX_get_app_data(::SSL_get_SSL_CTX(ssl)));
    if (trusted == 0) transfer->verify_error_ = ::X509_STORE_CTX_get_error(store);
    return trusted;
  });
  return CURLE_OK;
}

/// libcurl sends a request again when a kept-open connection closes without an answer. But the PBX
/// may have placed the call before it closed, so a request is sent once.
int HttpTransfer::on_request(void* self, char* /*peer*/, char* /*local*/, int /*peer_port*/,
                             int /*local_port*/) noexcept {
  auto* transfer = static_cast<HttpTransfer*>(self);
  return ++transfer->requests_ == 1 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

void HttpTransfer::begin(const HttpCall& call, const HttpTarget& target) {
  body_ = {};
  let_in_ = false;
  gate_ = nullptr;
  max_body_ = call.max_body;
  read_redirect_ = call.read_redirect;
  too_large_ = false;
  requests_ = 0;
  header_bytes_ = 0;
  headers_whole_ = false;
  interim_ = false;
  verify_error_ = 0;
  detail_.front() = '\0';
  set_url(call, target);
  set_method(call);
  set_headers(call);
  set_authorities(call.ca_file);
  set_proxy(call.proxy);
  set(easy_, CURLOPT_CONNECTTIMEOUT_MS, clamp_to_long(call.connect_timeout));
  set(easy_, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(call.max_body));
}

/// libcurl takes a URL apart and together again, character by character, for every call. With the
/// path and the query handed over as they are to be sent, a call costs it half the instructions.
void HttpTransfer::set_url(const HttpCall& call, const HttpTarget& target) {
  if (origin_ != target.origin) {
    origin_ = target.origin;
    set(easy_, CURLOPT_URL, origin_.c_str());
  }
  const std::string_view rest = call.url.text().substr(target.path_at);
  std::string request(rest.starts_with('/') ? "" : "/");
  request += rest;
  set(easy_, CURLOPT_REQUEST_TARGET, request.c_str());
  crypto::wipe(request);
}

void HttpTransfer::set_proxy(const std::optional<Proxy>& proxy) {
  if (!std::exchange(proxied_, proxy.has_value()) && !proxy) return;
  set(easy_, CURLOPT_PROXY, proxy ? ("http://" + proxy->to_string()).c_str() : "");
  set(easy_, CURLOPT_NOPROXY, proxy ? "" : "*");
  set(easy_, CURLOPT_HTTPPROXYTUNNEL, 1L);
  proxy_ = proxy ? proxy->to_string() : std::string();
  const crypto::Secret* const both = proxy ? proxy->credentials.get() : nullptr;
  with_credentials_ = both != nullptr;
  std::string user(both != nullptr ? both->text() : std::string_view());
  std::string password(user.substr(std::min(user.find(':') + 1, user.size())));
  user.resize(user.find(':') == std::string::npos ? 0 : user.find(':'));
  set(easy_, CURLOPT_PROXYUSERNAME, both != nullptr ? user.c_str() : nullptr);
  set(easy_, CURLOPT_PROXYPASSWORD, both != nullptr ? password.c_str() : nullptr);
  crypto::wipe(user);
  crypto::wipe(password);
}

void HttpTransfer::set_method(const HttpCall& call) {
  const bool post = call.method == "POST";
  const bool head = call.method == "HEAD";
  const bool secret = !call.secret_body.empty();
  const std::string_view body = secret ? call.secret_body.text() : std::string_view(call.body);
  const bool with_body = post || !body.empty();
  set(easy_, CURLOPT_NOBODY, 0L);
  if (with_body) {
    set(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    // Not copied: it stays where it is until end().
    set(easy_, CURLOPT_POSTFIELDS, body.empty() ? "" : body.data());
  } else {
    set(easy_, CURLOPT_POSTFIELDS, static_cast<char*>(nullptr));
    set(easy_, CURLOPT_HTTPGET, 1L);
  }
  if (head) set(easy_, CURLOPT_NOBODY, 1L);
  const bool standard = post || head || (call.method == "GET" && !with_body);
  set(easy_, CURLOPT_CUSTOMREQUEST, standard ? nullptr : call.method.c_str());
}

void HttpTransfer::FreeList::operator()(curl_slist* list) const noexcept {
  for (curl_slist* at = list; at != nullptr; at = at->next) {
    const std::string_view line(at->data);
    crypto::wipe({reinterpret_cast<std::uint8_t*>(at->data), line.size()});
  }
  ::curl_slist_free_all(list);
}

HttpTransfer::Headers HttpTransfer::headers_for(const HttpCall& call) {
  Headers headers;
  const auto add = [&headers](const char* line) {
    curl_slist* const longer = ::curl_slist_append(headers.get(), line);
    if (longer == nullptr) throw std::bad_alloc();
    static_cast<void>(headers.release());
    headers.reset(longer);
  };
  // Without a value the header is left out: nothing here waits for "100 Continue".
  add("Expect:");
  add(("Content-Type:" + (call.content_type.empty() ? "" : " " + call.content_type)).c_str());
  if (call.framing == Framing::chunked) add("Transfer-Encoding: chunked");
  if (call.framing == Framing::http_1_0) add("Connection: keep-alive");
  for (const HttpHeader& header : call.headers) {
    if (!header.value.empty()) add((header.name + ": " + header.value).c_str());
  }
  const auto add_secret = [&add](std::string_view name, const crypto::Secret& value) {
    if (value.empty()) return;
    std::string line;
    line.reserve(name.size() + value.size() + 32);
    line.append(name).append(": ").append(value.text());
    add(line.c_str());
    crypto::wipe(line);
  };
  add_secret("Authorization", call.authorization);
  add_secret(call.secret_header.name, call.secret_header.value);
  return headers;
}

void HttpTransfer::set_headers(const HttpCall& call) {
  set(easy_, CURLOPT_HTTP_VERSION,
      long{call.framing == Framing::http_1_0 ? CURL_HTTP_VERSION_1_0 : CURL_HTTP_VERSION_1_1});
  if (!call.headers.empty() || !call.authorization.empty() || !call.secret_header.value.empty()) {
    Headers own = headers_for(call);
    set(easy_, CURLOPT_HTTPHEADER, own.get());
    own_headers_ = std::move(own);
    return;
  }
  if (headers_ == nullptr || call.content_type != content_type_ || call.framing != framing_) {
    headers_ = headers_for(call);
    content_type_ = call.content_type;
    framing_ = call.framing;
  }
  set(easy_, CURLOPT_HTTPHEADER, headers_.get());
  own_headers_.reset();
}

void HttpTransfer::set_authorities(const std::optional<std::filesystem::path>& ca_file) {
  ca_file_ = ca_file ? ca_file->string() : std::string();
  set(easy_, CURLOPT_CAINFO, ca_file ? ca_file_.c_str() : system_authorities());
  // A path is searched besides the file, and Debian's libcurl has one by default.
  set(easy_, CURLOPT_CAPATH, static_cast<char*>(nullptr));
}

void HttpTransfer::drop() {
  body_ = {};
}

Result<HttpReply> HttpTransfer::end(CURLcode code, const HttpTarget& target) {
  if (code != CURLE_OK) {
    drop();
    return fail(explain(failure(code, target)));
  }
  if (!headers_whole_) {
    drop();
    return fail(broken_reply(target.origin, "the connection was closed within the headers"));
  }
  HttpReply reply;
  long status = 0;
  ::curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  reply.status = static_cast<int>(status);
  const char* type = nullptr;
  ::curl_easy_getinfo(easy_, CURLINFO_CONTENT_TYPE, &type);
  if (type != nullptr) reply.content_type = type;
  const char* peer = nullptr;
  ::curl_easy_getinfo(easy_, CURLINFO_PRIMARY_IP, &peer);
  if (peer != nullptr) reply.peer = peer;
  const char* redirect = nullptr;
  if (read_redirect_) ::curl_easy_getinfo(easy_, CURLINFO_REDIRECT_URL, &redirect);
  if (redirect != nullptr) reply.redirect = redirect;
  reply.body = std::exchange(body_, {});
  return reply;
}

HttpFailure HttpTransfer::failure(CURLcode code, const HttpTarget& target) const {
  HttpFailure failure;
  failure.code = code;
  failure.origin = target.origin;
  failure.detail = detail_.data();
  long number = 0;
  ::curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &number);
  failure.system_error = static_cast<int>(number);
  // Once the request was sent, the way through the proxy was open.
  if (proxied_ && requests_ == 0) {
    long answer = 0;
    ::curl_easy_getinfo(easy_, CURLINFO_HTTP_CONNECTCODE, &answer);
    failure.proxy = HttpFailure::ProxyLeg{proxy_, with_credentials_, answer};
  }
  if (too_large_ || code == CURLE_FILESIZE_EXCEEDED) failure.larger_than = max_body_;
  failure.endless_headers = header_bytes_ > kMaxReplyHeaders;
  failure.verify_error = verify_error_;
  if (code == CURLE_SSL_CACERT_BADFILE) {
    failure.ca_file = ca_file_;
    failure.ca_problem = pem_problem(ca_file_, PemContent::authority);
    failure.system_authorities = system_authorities();
  }
  return failure;
}

}  // namespace sfteams::transport
