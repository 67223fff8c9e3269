#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "agent/licensing/seats.h"
#include "agent/pbx/accounts.h"
#include "agent/pbx/rights_desk.h"
#include "agent/sessions/conversation_rules.h"
#include "agent/sessions/counts.h"
#include "agent/sessions/talk.h"
#include "agent/tickets/tickets.h"
#include "base/crypto/hash.h"
#include "base/json/rpc.h"
#include "transport/scheduler.h"
#include "tunnel/control.h"

namespace sfteams::agent {

/// What all conversations share. It outlives them; only `rules` may change meanwhile.
struct ConversationSetup {
  std::string software;  ///< "starface-teams-agent/0.1.0"
  transport::Scheduler& scheduler;
  /// Where users sign in; fails with why nobody can just now (agent/pbx/pbx_side.h).
  std::function<Result<Accounts*>()> accounts;
  ConversationRules rules;
  Seats* seats = nullptr;  ///< nullptr: every user whom the PBX lets in may sign in
  std::function<UnixSeconds()> unix_now{};
  /// Never nullptr.
  std::shared_ptr<ConversationCounts> counts = std::make_shared<ConversationCounts>();
  /// Why nobody can sign in at [uci] url, if it is known not to be a PBX (is_wrong_address()); may
  /// be empty. Otherwise a login that met another web server would tell of a wrong password.
  std::function<std::optional<Error>()> wrong_address{};
  Tickets* tickets = nullptr;  ///< nullptr: none are made, and none is taken
  /// Asks for what Seats needs to know of the PBX; nullptr: nobody has a right there.
  RightsDesk* rights = nullptr;
};

/// JSON-RPC 2.0 with one client: session.login, session.ticket, session.logout, system.info,
/// license.list, license.revoke, contacts.search, users.me, users.list, users.avatar, and the UCI calls that the filter lets through; events of the PBX as
/// notifications. docs/protocol.md describes it to the clients. Every call is answered exactly
/// once, in the order in which the answers come; one that takes long delays no other.
class Conversation final : public Talk, private Guest {
 public:
  Conversation(const ConversationSetup& setup, Speaker& speaker);

  void on_opened(const Opening& opening) override;
  void on_message(std::string_view text) override;
  void on_abandoned() override;

 private:
  using Request = json::rpc::Request;

  void dispatch(Request request);
  // In conversation_sign_in.cpp.
  /// What somebody signs in by; nullptr: the password.
  using ByTicket = std::shared_ptr<const Ticket>;
  void login(Request& request);
  void login_by_ticket(Request& request);
  /// Where to sign in; nullptr: nobody can on this session now, and the request is refused.
  [[nodiscard]] Accounts* may_sign_in(const Request& request);
  [[nodiscard]] Accounts::SignedIn when_signed_in(const Request& request, const std::string& user,
                                                  ByTicket ticket);
  void on_login(const Json::Value& id, const std::string& user, const ByTicket& ticket,
                Result<std::unique_ptr<Seat>> seat);
  /// Whom the PBX has taken, until it is known whether that user is named.
  struct Newcomer {
    Json::Value id;  ///< of the call that is answered then
    std::string user;
    ByTicket ticket;
    std::unique_ptr<Seat> seat;
    std::unique_ptr<RightsDesk::Question> question{};
    std::optional<bool> pbx{};  ///< what on_pbx() said last
  };
  /// The PBX signs out the user of `newcomer_`.
  void refuse_newcomer(const Error& why);
  void let_in(Newcomer newcomer, const std::optional<Seats::HasRight>& right);
  void answer_login(const Newcomer& newcomer, const std::optional<Seats::HasRight>& right);
  [[nodiscard]] bool is_signing_in() const { return login_ || newcomer_; }
  void refuse_login(const Json::Value& id, const Error& error);
  void make_ticket(const Request& request);
  /// The device of the session has a ticket of that series; who ends it means this session, too.
  void be_on_device(const Ticket::Series& series);
  void logout(const Request& request);
  /// Ends the user's tickets and other sessions. Fails with session.tickets-not-saved.
  [[nodiscard]] Result<void> sign_out_everywhere(const std::string& user);

  void info(const Request& request);
  void list_seats(const Request& request);
  void revoke_seat(const Request& request);
  /// Whether the user may; otherwise the request is refused.
  [[nodiscard]] bool is_administrator(const Request& request);
  void on_withdrawn(const Error& error);
  void call(const Request& request);
  /// Whether somebody is signed in and may have one more call under way; otherwise it is refused.
  [[nodiscard]] bool may_call(const Request& request);
  // In directory_methods.cpp.
  void search_contacts(const Request& request);
  void tell_me(const Request& request);
  void list_users(const Request& request);
  void show_avatar(const Request& request);
  void note_refused_avatar(std::string_view user, std::string_view why);
  /// Whether the PBX's REST interface may be asked, too; from now on the call is under way then.
  [[nodiscard]] bool begin_asking(const Request& request);
  /// `text`: the whole answer.
  void end_asking(const Json::Value& id, const Result<std::string>& text);
  void on_answer(const Json::Value& id, transport::TimePoint called,
                 const Result<uci::Value>& answer);
  /// An answer that has become a text beside the loop.
  void on_large_answer(const Json::Value& id, transport::TimePoint called, std::string_view text);
  void count_time(transport::TimePoint called);
  [[nodiscard]] Error why_not_signed_in(const Error& error) const;
  void refuse_call(const Json::Value& id, const Error& error);
  /// No answer will come any more.
  void give_up_calls(const Error& error);

  void on_event(const std::string& notification) override;
  void on_pbx(bool connected) override;
  void on_signed_out(const Error& error) override;

  void notify(const std::string& notification);
  void answer(const Json::Value& id, const Json::Value& result);
  void say_answer(const Json::Value& id, std::string_view text);
  void refuse(const Json::Value& id, const Error& error);
  /// Refuses a message that may not become a call: with its id, or with null where that id belongs
  /// to a call under way, whose answer the error would be taken for.
  void refuse_message(const Json::Value& id, const Error& error);
  [[nodiscard]] bool is_under_way(const Json::Value& id) const;
  void expect_login();

  const ConversationSetup& setup_;
  Speaker& speaker_;
  std::string software_;                        ///< what the client calls itself
  tunnel::KeyId key_{};                         ///< by which the client was admitted
  crypto::Sha256Digest handshake_hash_{};       ///< of the handshake that opened the session
  std::set<std::string_view> refused_avatars_;  ///< reasons, each of which is logged once
  std::set<std::string> open_calls_;  ///< ids of calls that wait for the PBX, as JSON texts
  std::unique_ptr<Accounts::Waiting> login_;
  Json::Value login_id_;  ///< of the call that login_ or newcomer_ answers
  std::unique_ptr<Newcomer> newcomer_;
  std::unique_ptr<Seat> seat_;
  std::string user_;  ///< who sits on it
  std::unique_ptr<Seats::Permit> permit_;
  /// Once somebody is signed in on a device that has a ticket.
  std::unique_ptr<Tickets::Presence> device_;
  std::unique_ptr<transport::Timer> login_deadline_;
};

}  // namespace sfteams::agent
