#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "base/error/error.h"

namespace sfteams::uci {

/// What an answer says about the token that its request carried.
enum class TokenSign {
  good,      ///< the PBX served the request
  no_login,  ///< it knows no login of this token, which may be right or wrong
  refused,   ///< it speaks of this user: false to a login, a fault that names access
  odd,       ///< it says nothing for certain, and the PBX may have counted the token as wrong
  unsent,    ///< there was no connection: certainly nobody has judged the token
};

/// How an answer looks to somebody who cannot know what it means. Two answers of one PBX that have
/// the same shape were given for the same reason, as far as anybody can tell.
struct AnswerShape {
  /// How much of a PBX was to be seen.
  enum class Rank : std::uint8_t {
    nothing,   ///< no answer
    failure,   ///< HTTP 5xx
    web,       ///< a page, a redirect, any status without XML-RPC
    rpc,       ///< XML-RPC
    judgement  ///< a fault that names access or the login: UCI itself has answered
  };
  Rank rank = Rank::nothing;
  /// Of kind, status, fault code and text, without numbers and identifiers.
  std::uint64_t hash = 0;
  /// An order only for sorted lists of them: by rank, then by hash.
  // clang-tidy 14 takes the zero in it for a pointer.
  friend auto operator<=>(const AnswerShape&,
                          const AnswerShape&) = default;  // NOLINT(modernize-use-nullptr)
};

struct TokenAnswer {
  TokenSign sign = TokenSign::odd;
  AnswerShape shape{};
  /// In a way in which strangers are turned away: false to a login, a fault, 401, 403, 407, a
  /// redirect or a page. Otherwise it is an answer that says nothing, or none.
  bool turned_away = false;
  bool answered = true;  ///< false: not in time, or no connection
  /// As RpcReply::token_issued: a refusal says nothing about the user's password.
  bool issued = false;
  /// Who gives out tokens has refused one. That is final, and says nothing about others.
  enum class Issue {
    none,
    password,  ///< the user's password is wrong
    over,      ///< the user's tokens are not renewed any more
    unclear,   ///< the password, a right of the user, or what the agent is configured with
    client,    ///< what the agent asks with, its scope for instance
  };
  Issue issue = Issue::none;
};

/// Asked before every request that carries the user's token, and told how each one ended: a token
/// that is wrong is counted by the PBX as often as it arrives, and after some ten the PBX ignores
/// this host. A token that was good a moment ago may have become wrong, so that even good ones
/// are under way a few times only.
class TokenGate {
 public:
  enum class Use {
    login,       ///< connection.login
    keep_alive,  ///< one that settles a doubt, or a regular one
    call,        ///< a call of a client, a subscription, a question for the version
    logout,
  };
  /// One request that may be sent. Destroyed without an answer, its end is unknown.
  class Leave {
   public:
    virtual ~Leave() = default;
    /// Once.
    virtual void settle(const TokenAnswer& answer) = 0;
  };
  enum class Verdict {
    wrong,  ///< the token is not taken any more, or never was
    later,  ///< the state of the PBX, as far as can be told: ask again later
  };

  virtual ~TokenGate() = default;
  /// nullptr: not now; what was set by on_room() is called, in a later turn, when it may be
  /// different.
  [[nodiscard]] virtual std::unique_ptr<Leave> take(Use use) = 0;
  virtual void on_room(std::function<void()> room) = 0;
  /// The PBX has refused a token of this user in a request that went on with another one: it counts
  /// for good, whatever comes of that.
  virtual void note_refusal() {}
  /// False after an answer that casts doubt on the token: calls wait until a keepAlive or a login
  /// has settled it.
  [[nodiscard]] virtual bool trusted() const = 0;
  /// What a refusal (TokenSign::refused or odd) of a login or a keepAlive means, after it was
  /// settled. `decide` comes once, at once or in a later turn, or never when the gate goes.
  virtual void judge(const TokenAnswer& answer, std::function<void(Verdict)> decide) = 0;
  /// Why take() gives no leave.
  [[nodiscard]] virtual Error why() const = 0;
};

/// The gate of a connection that shares the PBX with nobody: bounds what is under way, stops at the
/// first doubt, and takes being turned away for final.
class LoneGate final : public TokenGate {
 public:
  /// Requests of one token at once. More of them gain little, because the PBX answers within
  /// milliseconds, and each would be one more wrong token when the password has just changed.
  static constexpr std::size_t kMostAtOnce = 4;

  [[nodiscard]] std::unique_ptr<Leave> take(Use use) override;
  void on_room(std::function<void()> room) override { (void)room; }
  [[nodiscard]] bool trusted() const override { return state_->trusted; }
  void judge(const TokenAnswer& answer, std::function<void(Verdict)> decide) override;
  [[nodiscard]] Error why() const override;

 private:
  struct State {
    std::size_t calls = 0;
    bool trusted = true;
  };
  class Ticket;
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace sfteams::uci
