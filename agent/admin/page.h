#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <json/value.h>

#include "agent/admin/sign_in.h"
#include "base/error/error.h"
#include "transport/server.h"

namespace sfteams::admin {

/// The administration page: static files, and POST /api/COMMAND with a JSON object, which is
/// answered with {"result": …} or {"error": {"code", "message", "hint"}}. A request with a header
/// x-unattended is the page's own, which nobody has clicked. docs/admin-page.md tells
/// what keeps others out.
class Page {
 public:
  using Answer = std::function<void(Result<Json::Value>)>;
  struct Setup {
    /// Carries out {"command": COMMAND, …}.
    std::function<void(const Json::Value& request, const Answer&)> carry_out;
    std::set<std::string, std::less<>> commands;  ///< that the page may give
    std::function<SignIn::TimePoint()> now;
    /// Part of the cookie's name. Browsers send cookies to every port of a host: of two pages that
    /// are open at once (two hosts' ports forwarded to one computer) each has to have its own.
    std::string instance{};
  };
  /// What the server has to hand over beside what it always does.
  [[nodiscard]] static std::vector<std::string> wanted_headers();

  explicit Page(Setup setup) : setup_(std::move(setup)) {}

  using Respond = std::function<void(transport::HttpResponse)>;
  /// `respond` comes once, perhaps later.
  void handle(const transport::HttpRequest& request, const Respond& respond);

  [[nodiscard]] SignIn& sign_in() { return sign_in_; }

 private:
  void handle_api(const transport::HttpRequest& request, const Respond& respond);
  void sign_in(const Json::Value& body, const Respond& respond);
  [[nodiscard]] std::string cookie_name() const;
  /// Our cookie's value in "a=b; c=d".
  [[nodiscard]] std::string_view cookie_of(std::string_view header) const;
  [[nodiscard]] std::string set_cookie(const std::string& value, const char* more) const;

  Setup setup_;
  SignIn sign_in_;
};

}  // namespace sfteams::admin
