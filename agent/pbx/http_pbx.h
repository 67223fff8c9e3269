#pragma once

#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "agent/pbx/pbx_access.h"
#include "agent/pbx/pbx_probe.h"
#include "agent/pbx/settings.h"
#include "base/error/error.h"
#include "transport/http_client.h"
#include "uci/dialect.h"
#include "uci/pbx.h"

namespace sfteams::agent {

/// What the configuration says about UCI, in the words of the uci room.
[[nodiscard]] uci::Dialect dialect_for(const PbxSettings& configuration);

/// The PBX over HTTP.
class HttpPbx final : public PbxWay {
 public:
  /// Fails as uci::Pbx::create() and transport::HttpClient::create() do. `network` outlives it.
  /// `refused` hears of every event that is not taken.
  [[nodiscard]] static Result<std::unique_ptr<HttpPbx>> create(transport::Network& network,
                                                               const PbxSettings& configuration,
                                                               uci::EventCallback::Refused refused);

  /// The token.
  [[nodiscard]] crypto::Secret secret_of(const std::string& name,
                                         const crypto::Secret& password) const override {
    return pbx_->token(name, password);
  }
  [[nodiscard]] Result<std::unique_ptr<PbxUser>> user(const std::string& name,
                                                      const crypto::Secret& secret,
                                                      uci::Connection::Handlers handlers) override;
  void ask(bool proven, PbxProbe::Answer answer) override { probe_.ask(proven, std::move(answer)); }
  void ask_nobody(std::function<void(const uci::AnswerShape&)> answer) override;
  void give_up(const Error& why) override { probe_.give_up(why); }
  [[nodiscard]] transport::HttpLoad load() const override { return pbx_->load(); }

 private:
  HttpPbx(std::unique_ptr<uci::Pbx> pbx, std::unique_ptr<transport::HttpClient> http,
          const transport::Scheduler& clock, const PbxSettings& configuration);
  std::unique_ptr<uci::Pbx> pbx_;
  /// The probe's own: users' calls keep none waiting.
  std::unique_ptr<transport::HttpClient> http_;
  PbxProbe probe_;
  transport::Url url_;
  std::optional<std::filesystem::path> ca_file_;
  std::list<std::unique_ptr<transport::HttpPending>> questions_;  ///< without a token
};

}  // namespace sfteams::agent
