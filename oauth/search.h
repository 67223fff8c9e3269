#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/error/error.h"
#include "oauth/issuer.h"
#include "oauth/provider.h"
#include "transport/http_client.h"
#include "transport/url.h"

namespace sfteams::oauth {

/// Finds out who gives out tokens: asks the PBX where to look, then for the document itself. Up to
/// Issuer::kMostRedirects redirects are followed, to hosts that may see passwords only.
class Issuer::Search {
 public:
  struct Outcome {
    Result<Provider> provider;
    std::string resource;  ///< which token requests have to name; mostly empty
  };
  /// `done` comes once, in a later turn, unless the search goes first.
  Search(const Setup& setup, std::function<void(Outcome)> done);
  void start();

 private:
  /// Not now: it says nothing about what the PBX offers.
  [[nodiscard]] static bool is_unwell(const transport::HttpReply& reply);
  void end_unwell(const transport::HttpReply& reply);
  using Handler = void (Search::*)(const transport::HttpReply& reply);
  void ask(const transport::Url& url, Handler handler);
  void on_login_config(const transport::HttpReply& reply);
  void on_document(const transport::HttpReply& reply);
  void on_provider(Result<Provider> provider);
  void follow(const transport::HttpReply& reply);
  void end(Result<Provider> provider) { done_({std::move(provider), resource_}); }
  [[nodiscard]] transport::Url at_pbx(std::string_view path) const;

  const Setup& setup_;
  std::function<void(Outcome)> done_;
  std::string resource_;
  transport::Url asked_{};  ///< the latest
  int redirects_ = 0;
  std::unique_ptr<transport::HttpPending> pending_;
};

}  // namespace sfteams::oauth
