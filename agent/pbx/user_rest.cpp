#include "agent/pbx/user_rest.h"

#include <utility>

#include "oauth/codes.h"
#include "rest/codes.h"

namespace sfteams::agent {
namespace {

Error in_words_of_rest(const Error& error) {
  if (error.code == oauth::codes::kRenewalRefused)
    return {rest::codes::kNotSignedIn, error.message, "sign in again"};
  if (error.code == oauth::codes::kUnwell)
    return {rest::codes::kPbxError, error.message, error.hint};
  if (error.code == oauth::codes::kBrokenReply)
    return {rest::codes::kBrokenReply, error.message, error.hint};
  return error;
}

/// Waits for a token.
class AskingForToken final : public rest::Asking {
 public:
  explicit AskingForToken(std::unique_ptr<oauth::UserTokens::Waiting> waiting)
      : waiting_(std::move(waiting)) {}

 private:
  std::unique_ptr<oauth::UserTokens::Waiting> waiting_;
};

std::unique_ptr<rest::Asking> get_token(oauth::UserTokens& tokens,
                                        rest::BearerCredential::Got got) {
  using Bearer = rest::BearerCredential::Token;
  auto waiting =
      tokens.get(false, [got = std::move(got)](const Result<oauth::UserTokens::Access>& access) {
        got(access ? Result<Bearer>(Bearer{access->token, access->number})
                   : Result<Bearer>(fail(in_words_of_rest(access.error()))));
      });
  return waiting ? std::make_unique<AskingForToken>(std::move(waiting)) : nullptr;
}

}  // namespace

class NonceLogins::Leave final : public rest::NonceCredential::Leave {
 public:
  Leave(NonceLogins& logins, std::string user, std::unique_ptr<uci::TokenGate::Leave> gate)
      : logins_(logins), user_(std::move(user)), gate_(std::move(gate)) {
    ++logins_.under_way_;
  }
  ~Leave() override { --logins_.under_way_; }
  Leave(const Leave&) = delete;
  Leave& operator=(const Leave&) = delete;

  void granted() override { settle(uci::TokenSign::good); }
  void refused() override {
    logins_.refused_[user_] = logins_.scheduler_.now() + kPause;
    settle(uci::TokenSign::refused);
  }

 private:
  void settle(uci::TokenSign sign) {
    uci::TokenAnswer answer;
    answer.sign = sign;
    if (gate_) gate_->settle(answer);
  }

  NonceLogins& logins_;
  std::string user_;
  std::unique_ptr<uci::TokenGate::Leave> gate_;
};

Result<std::unique_ptr<rest::NonceCredential::Leave>> NonceLogins::take(const std::string& user,
                                                                        uci::TokenGate* gate) {
  const auto now = scheduler_.now();
  std::erase_if(refused_, [now](const auto& one) { return now >= one.second; });
  if (refused_.contains(user) || refused_.size() >= kMostRefused) {
    return fail(
        rest::codes::kBusy,
        "the PBX has refused a login at its REST interface lately; until it is known to take "
        "them, none follows",
        "try again in some minutes");
  }
  if (under_way_ >= kMostAtOnce) {
    return fail(rest::codes::kBusy, "many users sign in at the PBX's REST interface just now",
                "try again in a moment");
  }
  std::unique_ptr<uci::TokenGate::Leave> counted;
  if (gate != nullptr) {
    // As a logout: it is sent only while the password is known to be good, waits for nothing, and
    // casts no doubt on UCI's token.
    counted = gate->take(uci::TokenGate::Use::logout);
    if (!counted) {
      return fail(rest::codes::kBusy,
                  "it is not known at the moment whether the PBX still takes the password",
                  "try again in a moment");
    }
  }
  return std::make_unique<Leave>(*this, user, std::move(counted));
}

rest::Client& UserRest::client() {
  if (!client_) {
    client_ = std::make_unique<rest::Client>(rest::Client::Setup{way_.http,
                                                                 way_.scheduler,
                                                                 way_.background,
                                                                 way_.pbx,
                                                                 way_.ca_file,
                                                                 user_,
                                                                 make_(),
                                                                 {},
                                                                 way_.pictures});
  }
  return *client_;
}

void UserRest::log_out(const std::function<void(std::function<void()>)>& log_out_elsewhere,
                       std::function<void()> done) {
  if (!client_) return log_out_elsewhere(std::move(done));
  done_ = std::move(done);
  under_way_ = 2;
  patience_ = way_.scheduler.after(kSignOutPatience, [this] {
    const std::unique_ptr<transport::Timer> over = std::move(patience_);
    one_is_over();
  });
  // First: what it still asks for is given up before the other ends what it asks with.
  client_->sign_out([this] {
    const std::unique_ptr<transport::Timer> in_time = std::move(patience_);
    if (in_time) one_is_over();
  });
  log_out_elsewhere([this] { one_is_over(); });
}

void UserRest::one_is_over() {
  if (--under_way_ > 0) return;
  const std::function<void()> done = std::exchange(done_, nullptr);
  done();
}

std::unique_ptr<rest::Credential> nonce_credential(const RestWay& way, const std::string& user,
                                                   const crypto::Secret& password_sha512,
                                                   uci::TokenGate* gate) {
  return std::make_unique<rest::NonceCredential>(rest::NonceCredential::Setup{
      way.http, way.scheduler, way.pbx, way.ca_file, user, password_sha512.clone(),
      [&logins = way.logins, user, gate] { return logins.take(user, gate); }});
}

std::unique_ptr<rest::Credential> token_credential(oauth::UserTokens& tokens) {
  return std::make_unique<rest::BearerCredential>(rest::BearerCredential::Source{
      [&tokens](rest::BearerCredential::Got got) { return get_token(tokens, std::move(got)); },
      [&tokens](std::uint64_t number) { tokens.served(number); },
      [&tokens](std::uint64_t number) { return tokens.over(number); }});
}

}  // namespace sfteams::agent
