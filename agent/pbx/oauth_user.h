#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/pbx/pbx_access.h"
#include "agent/pbx/refresh_book.h"
#include "agent/pbx/user_rest.h"
#include "base/crypto/secret.h"
#include "oauth/user_tokens.h"
#include "uci/pbx.h"

namespace sfteams::agent {

class OauthUser;

/// All of one PBX.
class OauthUsers {
 public:
  void forget(std::string_view user);

 private:
  friend class OauthUser;
  std::list<OauthUser*> users_;
};

/// A user who has signed in by OAuth. What is kept of one is the key under which the newest refresh
/// token lies in the book; it lies there only once that key has been given out.
class OauthUser final : public PbxUser {
 public:
  /// `book` may be nullptr: nothing is kept. `given_out`: the user came with this key. Both
  /// references outlive the user.
  OauthUser(OauthUsers& users, RefreshBook* book, std::string name, const crypto::Secret& key,
            bool given_out);
  ~OauthUser() override;
  OauthUser(const OauthUser&) = delete;
  OauthUser& operator=(const OauthUser&) = delete;
  /// Before anything below. `rest` outlives the user; nullptr: there is no way to REST.
  void set_connection(std::unique_ptr<uci::UserConnection> connection,
                      const RestWay* rest = nullptr);

  [[nodiscard]] uci::Connection& connection() override { return connection_->connection(); }
  [[nodiscard]] const crypto::Secret* kept_secret() override;
  void add_kept_secret(const crypto::Secret& kept) override;
  [[nodiscard]] bool take_over(PbxUser& newer) override;
  [[nodiscard]] rest::Client* rest() override;
  void log_out(std::function<void()> done) override;

  /// There is another refresh token.
  void on_rotated();
  [[nodiscard]] const std::string& name() const { return name_; }
  /// Nothing is kept of the user from now on, until a key is given out again: another one.
  void forget();

 private:
  [[nodiscard]] oauth::UserTokens& tokens() { return *connection_->tokens(); }
  void end_connection(std::function<void()> done);

  OauthUsers& users_;
  RefreshBook* book_;
  std::string name_;
  std::vector<crypto::Secret> keys_;  ///< the first one is given out from now on
  bool given_out_;
  std::unique_ptr<uci::UserConnection> connection_;
  std::unique_ptr<UserRest> rest_;  ///< asks with the connection's tokens
};

}  // namespace sfteams::agent
