#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/metrics/tally.h"
#include "connector/address.h"
#include "connector/app_files.h"
#include "connector/waiting_room.h"
#include "connector/web_origin.h"
#include "transport/server.h"

namespace sfteams::connector {

/// The Teams app's page over HTTP: everything below /app. Who it answers it does not know, and it
/// tells everybody the same.
class AppPage {
 public:
  /// Headers that answer() wants to see.
  static constexpr std::string_view kAcceptEncoding = "accept-encoding";
  static constexpr std::string_view kIfNoneMatch = "if-none-match";

  /// `own`: what the connector is called from outside, where it knows. `answers` may be on their
  /// way at once, `answers_per_sender` of these to one sender: each holds some memory for as long
  /// as it is not taken.
  AppPage(const std::optional<WebOrigin>& own, std::size_t answers, std::size_t answers_per_sender);

  /// From now on these are served, or nothing; answers that are on their way end as they began.
  void serve(std::optional<AppFiles> files) { files_ = std::move(files); }
  /// 0: nothing is served.
  [[nodiscard]] std::size_t files() const { return files_ ? files_->size() : 0; }

  /// The beginning of the digest of index.html, which names the other files by theirs: the same on
  /// connectors that serve the same page. Empty when nothing is served.
  [[nodiscard]] std::string version() const;

  /// "/app" and everything below it.
  [[nodiscard]] static bool has(std::string_view path);
  /// GET and HEAD; 405 for other methods, 404 for what there is not, 503 beyond the limits above.
  [[nodiscard]] transport::HttpResponse answer(const transport::HttpRequest& request,
                                               const Address& sender);

  /// Answers by status.
  [[nodiscard]] const metrics::Tally& answers() const { return answers_; }

 private:
  [[nodiscard]] transport::HttpResponse found(const transport::HttpRequest& request,
                                              const Address& sender);
  [[nodiscard]] transport::HttpResponse file(const AppFile& file, std::string_view cache_control,
                                             const transport::HttpRequest& request,
                                             const Address& sender);
  void lend(const std::shared_ptr<const std::string>& bytes, const Address& sender,
            transport::HttpResponse& response);

  std::string policy_;  ///< Content-Security-Policy
  std::optional<AppFiles> files_;
  /// Shared with the answers that are on their way, which may outlive this.
  std::shared_ptr<WaitingRoom> under_way_;
  metrics::Tally answers_{"200", "304", "308", "404", "405", "503"};
};

}  // namespace sfteams::connector
