#include "connector/app_page.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text/trimmed.h"
#include "connector/gzip.h"

namespace sfteams::connector {
namespace {

using transport::HttpRequest;
using transport::HttpResponse;

constexpr std::string_view kRoot = "/app";
/// Paths that the page tells apart by itself, all of them index.html.
constexpr std::array<std::string_view, 5> kRoutes{"", "index.html", "info", "privacy", "terms"};

/// The page is told to the browser anew each time: it is what names the other files.
constexpr std::string_view kNeverKept = "no-store";
constexpr std::string_view kKeptForGood = "public, max-age=31536000, immutable";
constexpr std::string_view kAskedEachTime = "no-cache";

/// Whose windows may show the page: Teams, Outlook and Microsoft 365, in browsers and as programs.
constexpr std::string_view kFrameAncestors =
    "frame-ancestors 'self' https://*.cloud.microsoft https://teams.microsoft.com "
    "https://*.teams.microsoft.com https://*.microsoft365.com https://*.office.com "
    "https://outlook.office.com https://outlook.office365.com";

/// 'self' means the websocket, too, in today's browsers; where the connector knows its name, it says
/// so to older ones.
std::string policy(const std::optional<WebOrigin>& own) {
  return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
         "font-src 'self'; manifest-src 'self'; connect-src 'self'" +
         (own ? " wss://" + own->authority() : std::string()) +
         "; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; " +
         std::string(kFrameAncestors);
}

HttpResponse plain(int status, const char* text) {
  HttpResponse response;
  response.status = status;
  response.body = text;
  response.headers.emplace_back("cache-control", kNeverKept);
  return response;
}

/// If-None-Match (RFC 9110 section 13.1.2): a list of entity tags, compared weakly, or "*".
bool lists_tag(std::string_view list, std::string_view tag) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view element = text::trimmed(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
    if (element.starts_with("W/")) element.remove_prefix(2);
    if (element == tag || element == "*") return true;
  }
  return false;
}

/// Bytes on their way to somebody, and the place in the room that they take.
struct Lent {
  std::shared_ptr<WaitingRoom> room;
  WaitingRoom::Seat seat;
  std::shared_ptr<const std::string> bytes;
};

}  // namespace

AppPage::AppPage(const std::optional<WebOrigin>& own, std::size_t answers,
                 std::size_t answers_per_sender)
    : policy_(policy(own)),
      under_way_(std::make_shared<WaitingRoom>(answers, answers_per_sender)) {}

std::string AppPage::version() const {
  constexpr std::size_t kShown = 12;
  const AppFile* const index = files_ ? files_->find(AppFiles::kIndex) : nullptr;
  return index == nullptr ? std::string() : index->digest.substr(0, kShown);
}

bool AppPage::has(std::string_view path) {
  return path.starts_with(kRoot) && (path.size() == kRoot.size() || path[kRoot.size()] == '/');
}

HttpResponse AppPage::answer(const HttpRequest& request, const Address& sender) {
  HttpResponse response = found(request, sender);
  auto& headers = response.headers;
  // Not X-Frame-Options, which knows no list: Teams could not show the page.
  headers.emplace_back("content-security-policy", policy_);
  headers.emplace_back("referrer-policy", "no-referrer");
  headers.emplace_back("x-content-type-options", "nosniff");
  headers.emplace_back("cross-origin-resource-policy", "same-origin");
  headers.emplace_back("permissions-policy",
                       "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), "
                       "payment=(), usb=()");
  answers_.add(std::to_string(response.status));
  return response;
}

HttpResponse AppPage::found(const HttpRequest& request, const Address& sender) {
  const std::string_view path = std::string_view(request.path).substr(kRoot.size());
  const std::string_view name = path.substr(std::min<std::size_t>(path.size(), 1));
  const bool index = std::ranges::find(kRoutes, name) != kRoutes.end();
  const AppFile* const file = files_ ? files_->find(index ? AppFiles::kIndex : name) : nullptr;
  if (file == nullptr) return plain(404, "there is nothing here\n");
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse response = plain(405, "only GET and HEAD\n");
    response.headers.emplace_back("allow", "GET, HEAD");
    return response;
  }
  if (path.empty()) {
    // Relative, because a proxy may have the connector under a path of its own.
    HttpResponse response = plain(308, "");
    response.headers.emplace_back("location",
                                  request.query.empty() ? "app/" : "app/?" + request.query);
    return response;
  }
  const std::string_view kept = file->immutable ? kKeptForGood : kAskedEachTime;
  return this->file(*file, index ? kNeverKept : kept, request, sender);
}

HttpResponse AppPage::file(const AppFile& file, std::string_view cache_control,
                           const HttpRequest& request, const Address& sender) {
  const bool gzip = file.gzipped && accepts_gzip(request.header(kAcceptEncoding));
  // Two representations have two tags (RFC 9110 section 8.8.3).
  const std::string tag = '"' + file.digest + (gzip ? "-gzip" : "") + '"';
  HttpResponse response;
  response.content_type = file.content_type;
  response.headers.emplace_back("cache-control", cache_control);
  response.headers.emplace_back("etag", tag);
  if (file.gzipped) response.headers.emplace_back("vary", "Accept-Encoding");
  if (lists_tag(request.header(kIfNoneMatch), tag)) {
    response.status = 304;
    return response;
  }
  if (gzip) response.headers.emplace_back("content-encoding", "gzip");
  lend(gzip ? file.gzipped : file.plain, sender, response);
  return response;
}

void AppPage::lend(const std::shared_ptr<const std::string>& bytes, const Address& sender,
                   HttpResponse& response) {
  WaitingRoom::Seat seat = under_way_->enter(sender);
  if (!seat) {
    response = plain(503, "too many answers are on their way, try again\n");
    response.headers.emplace_back("retry-after", "5");
    return;
  }
  const auto lent = std::make_shared<Lent>(Lent{under_way_, std::move(seat), bytes});
  response.shared_body = {lent, lent->bytes.get()};
}

}  // namespace sfteams::connector
