#pragma once

// Only for the sources of Accounts.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "agent/pbx/accounts.h"
#include "uci/codes.h"

namespace sfteams::agent {

/// What the user signed in by will not be taken another time either.
[[nodiscard]] inline bool is_refusal(const Error& error) {
  return error.code == uci::codes::kLoginRefused || error.code == uci::codes::kSignInOver;
}

/// A sign-in until it has a seat or a reason.
class Accounts::Request {
 public:
  Request(std::string_view name, crypto::Secret what_pbx_takes, Guest& seat_for, SignedIn callback)
      : user(name), secret(std::move(what_pbx_takes)), guest(seat_for), done(std::move(callback)) {}

  void finish(Result<std::unique_ptr<Seat>> result) {
    if (const SignedIn callback = std::exchange(done, nullptr)) callback(std::move(result));
  }
  [[nodiscard]] bool given_up() const { return done == nullptr; }
  [[nodiscard]] bool again() const { return still_good != nullptr; }
  [[nodiscard]] bool ended() const { return again() && !still_good(); }

  const std::string user;
  crypto::Secret secret;               ///< as PbxAccess::secret_of()
  std::function<bool()> still_good{};  ///< of sign_in_again()
  Guest& guest;
  SignedIn done;
  std::unique_ptr<transport::Timer> start;
  SignInCheck::Progress progress;
  std::optional<transport::TimePoint> waits_since;
};

}  // namespace sfteams::agent
