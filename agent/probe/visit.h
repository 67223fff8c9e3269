#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/probe/pbx_line.h"
#include "base/crypto/secret.h"
#include "uci/dialect.h"
#include "uci/http_binding.h"

namespace sfteams::probe {

/// One login of the user at the PBX's UCI, with a callback of its own; every request names it.
class Visit {
 public:
  /// The token that is good now.
  using Token = std::function<const crypto::Secret&()>;

  /// The references outlive it.
  Visit(PbxLine& line, std::unique_ptr<PbxLine::Ear> ear, const uci::Dialect& dialect,
        std::string user, uci::TokenParameter parameter, Token token);

  /// connection.login; true when the PBX took it.
  bool log_in();
  /// Asks for the events of calls; whether the PBX granted it.
  bool subscribe();
  /// Whether keepAlive said true.
  bool keep_alive();
  void log_out();
  /// The PBX takes the token no longer, or the latest login was refused: more requests with it could
  /// count as wrong passwords.
  [[nodiscard]] bool refused() const { return refused_; }
  /// Something came of the latest request.
  [[nodiscard]] bool answered() const { return answered_; }
  [[nodiscard]] Reply call(const std::string& method, const uci::Array& params = {});
  /// What the latest of them was answered.
  [[nodiscard]] const std::string& form() const { return form_; }

  /// PbxLine::wait(), with a keepAlive every `interval`, of which `kept` hears whether it said true.
  bool wait(transport::Duration most, transport::Duration interval,
            const std::function<bool()>& enough, const std::function<void(bool)>& kept);
  [[nodiscard]] const std::vector<Heard>& heard() const { return ear_->heard(); }
  /// What came until now counts no more.
  void forget_heard() { ear_->forget(); }

 private:
  PbxLine& line_;
  std::unique_ptr<PbxLine::Ear> ear_;
  const uci::Dialect& dialect_;
  std::string user_;
  uci::TokenParameter parameter_;
  Token token_;
  std::string form_;
  bool refused_ = false;
  bool answered_ = false;
};

/// One request to UCI. `callback` may be left out.
[[nodiscard]] Reply call_uci(PbxLine& line, const uci::Dialect& dialect, const std::string& user,
                             uci::TokenParameter parameter, const crypto::Secret& token,
                             const std::optional<uci::CallbackAddress>& callback,
                             const std::string& method, const uci::Array& params);

}  // namespace sfteams::probe
