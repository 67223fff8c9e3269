#pragma once

#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "agent/pbx/oauth_user.h"
#include "agent/pbx/pbx_access.h"
#include "agent/pbx/pbx_probe.h"
#include "agent/pbx/refresh_book.h"
#include "agent/pbx/settings.h"
#include "agent/pbx/user_rest.h"
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
  /// Fails as uci::Pbx::create(), oauth_client() and transport::HttpClient::create() do.
  /// `configuration.auth` is not automatic. `network` and `book` outlive it. `refused` hears of
  /// every event that is not taken. `book` keeps what renews users' tokens; nullptr: nobody does.
  [[nodiscard]] static Result<std::unique_ptr<HttpPbx>> create(transport::Network& network,
                                                               const PbxSettings& configuration,
                                                               uci::EventCallback::Refused refused,
                                                               RefreshBook* book = nullptr);

  /// What uci::hash_password() makes of it, of which come UCI's tokens and REST's; with md5 the token
  /// of UCI, and for OAuth the password itself.
  [[nodiscard]] crypto::Secret secret_of(const std::string& name,
                                         const crypto::Secret& password) const override;
  [[nodiscard]] Result<std::unique_ptr<PbxUser>> user(const std::string& name,
                                                      const crypto::Secret& secret,
                                                      uci::Connection::Handlers handlers) override;
  [[nodiscard]] Result<std::unique_ptr<PbxUser>> user_again(
      const std::string& name, const crypto::Secret& kept,
      uci::Connection::Handlers handlers) override;
  [[nodiscard]] bool keeps_other_secrets() const override { return pbx_->issuer() != nullptr; }
  void forget_kept(const std::string& user) override;
  void ask(bool proven, PbxProbe::Answer answer) override { probe_.ask(proven, std::move(answer)); }
  void ask_nobody(std::function<void(const uci::AnswerShape&)> answer) override;
  void give_up(const Error& why) override { probe_.give_up(why); }
  [[nodiscard]] Result<void> reload_certificate() override { return pbx_->reload_certificate(); }
  /// UCI's and REST's together.
  [[nodiscard]] transport::HttpLoad load() const override;

 private:
  struct Clients;
  HttpPbx(std::unique_ptr<uci::Pbx> pbx, Clients clients, transport::Network& network,
          const PbxSettings& configuration, RefreshBook* book);
  [[nodiscard]] Result<std::unique_ptr<PbxUser>> oauth_user(oauth::UserTokens::Start start,
                                                            const crypto::Secret& kept, bool issued,
                                                            uci::Connection::Handlers handlers);
  std::unique_ptr<uci::Pbx> pbx_;
  /// The probe's own: users' calls keep none waiting.
  std::unique_ptr<transport::HttpClient> http_;
  /// REST's own, too: a large address book keeps no call waiting.
  std::unique_ptr<transport::HttpClient> rest_http_;
  std::unique_ptr<transport::HttpClient> picture_http_;
  NonceLogins rest_logins_;
  RestWay rest_;
  PbxProbe probe_;
  transport::Url url_;
  std::optional<std::filesystem::path> ca_file_;
  RefreshBook* book_;
  OauthUsers oauth_users_;
  std::list<std::unique_ptr<transport::HttpPending>> questions_;  ///< without a token
};

}  // namespace sfteams::agent
