#include "connector/web_origin.h"

#include <algorithm>
#include <utility>

namespace sfteams::connector {
namespace {

constexpr std::string_view kScheme = "https://";

}  // namespace

std::optional<WebOrigin> WebOrigin::parse(std::string_view text) {
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) return std::nullopt;
  const bool only_authority = text.find_first_of("/?#\\", scheme + 3) == std::string_view::npos;
  if (!only_authority) return std::nullopt;
  Result<transport::Url> url = transport::parse_url(text);
  if (!url || url->scheme != "https") return std::nullopt;
  return WebOrigin(std::move(*url));
}

std::optional<WebOrigin> WebOrigin::of_host(std::string_view host) {
  return parse(std::string(kScheme).append(host));
}

OriginRule::OriginRule(const std::optional<WebOrigin>& own, std::vector<WebOrigin> others)
    : listed_(std::move(others)) {
  if (own) listed_.push_back(*own);
}

bool OriginRule::allows(std::optional<std::string_view> origin, std::string_view host) const {
  if (!origin) return true;
  const std::optional<WebOrigin> asking = WebOrigin::parse(*origin);
  if (!asking) return false;
  return asking == WebOrigin::of_host(host) || std::ranges::find(listed_, *asking) != listed_.end();
}

}  // namespace sfteams::connector
