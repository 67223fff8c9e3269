#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/pbx/pbx_probe.h"
#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "rest/client.h"
#include "transport/http_client.h"
#include "uci/connection.h"
#include "uci/token_gate.h"

namespace sfteams::agent {

/// One user's connection to the PBX with everything below it.
class PbxUser {
 public:
  virtual ~PbxUser() = default;
  [[nodiscard]] virtual uci::Connection& connection() = 0;
  /// With this the user signs in again without the password (PbxAccess::user_again()). nullptr: with
  /// what the user was opened with. From now on it is kept for that.
  [[nodiscard]] virtual const crypto::Secret* kept_secret() { return nullptr; }
  /// Another one that was given out before leads to the same from now on.
  virtual void add_kept_secret(const crypto::Secret& /*kept*/) {}
  /// Goes on with what `newer`, of the same user, has proven. False: this is not possible, and the
  /// older one is worth nothing any more.
  [[nodiscard]] virtual bool take_over(PbxUser& /*newer*/) { return false; }
  /// The PBX's REST interface as this user; made when it is asked for the first time. nullptr: what
  /// the user signed in by is no good there.
  [[nodiscard]] virtual rest::Client* rest() { return nullptr; }
  /// As uci::Connection::logout(), and ends whatever else the PBX has given the user, unless it is
  /// kept.
  virtual void log_out(std::function<void()> done) { connection().logout(std::move(done)); }
};

/// Signs users in at the PBX: by HTTP in the program (agent/pbx/http_pbx.h), by a script in a test.
class PbxAccess {
 public:
  virtual ~PbxAccess() = default;
  /// What the PBX takes of this user, as long as the password stays the same. Unless it says
  /// otherwise, the password itself.
  [[nodiscard]] virtual crypto::Secret secret_of(const std::string& /*name*/,
                                                 const crypto::Secret& password) const {
    return password.clone();
  }
  /// Sends nothing yet. `secret`, as secret_of() makes it, is needed for this call only. Fails with
  /// crypto.no-randomness.
  [[nodiscard]] virtual Result<std::unique_ptr<PbxUser>> user(
      const std::string& name, const crypto::Secret& secret,
      uci::Connection::Handlers handlers) = 0;
  /// The same of a user who comes with what PbxUser::kept_secret() was. Fails with uci.sign-in-over,
  /// too: it is not known any more.
  [[nodiscard]] virtual Result<std::unique_ptr<PbxUser>> user_again(
      const std::string& name, const crypto::Secret& kept, uci::Connection::Handlers handlers) {
    return user(name, kept, std::move(handlers));
  }
  /// Users sign in again with another secret than with the first time.
  [[nodiscard]] virtual bool keeps_other_secrets() const { return false; }
  /// Nothing of what was kept of the user is worth anything any more.
  virtual void forget_kept(const std::string& /*user*/) {}
  /// Asks UCI without any token, which costs nothing, and tells how the answer looks; its rank is
  /// `nothing` when there is none. `answer` comes once, at once or in a later turn, or never when
  /// the access goes first.
  virtual void ask_nobody(std::function<void(const uci::AnswerShape&)> answer) = 0;
};

/// The way to the PBX, and the question whether it is there.
class PbxWay : public PbxAccess {
 public:
  /// As PbxProbe::ask() and give_up().
  virtual void ask(bool proven, PbxProbe::Answer answer) = 0;
  virtual void give_up(const Error& why) = 0;
  /// Reads the certificate of the callback for events again; fails as
  /// transport::Server::reload_certificate() does.
  [[nodiscard]] virtual Result<void> reload_certificate() { return {}; }
  /// What large answers hold just now.
  [[nodiscard]] virtual transport::HttpLoad load() const { return {}; }
};

}  // namespace sfteams::agent
