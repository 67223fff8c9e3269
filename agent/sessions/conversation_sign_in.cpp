// How users of a conversation sign in and out: the rest of the class is in conversation.cpp.

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "agent/guard/codes.h"
#include "agent/pbx/codes.h"
#include "agent/sessions/codes.h"
#include "agent/sessions/conversation.h"
#include "base/json/json.h"
#include "base/json/rpc_codes.h"
#include "base/json/values.h"
#include "base/log/log.h"
#include "base/text/encoding.h"
#include "uci/codes.h"
#include "uci/json_mapping.h"

namespace sfteams::agent {
namespace {

namespace rpc = json::rpc;

/// The member as a secret; its text inside the JSON value is wiped. Empty when it is no text.
crypto::Secret take_secret(Json::Value& object, const char* name) {
  if (!object.isObject() || !object.isMember(name)) return {};
  Json::Value& member = object[name];
  const auto text = json::text_of(member);
  if (!text) return {};
  crypto::Secret secret = crypto::Secret::from_text(*text);
  // jsoncpp hands out its own buffer, which nobody else holds.
  auto* bytes = const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text->data()));
  crypto::wipe({bytes, text->size()});
  object.removeMember(name);
  return secret;
}

Json::Value list_of(const std::vector<std::string>& texts) {
  Json::Value list(Json::arrayValue);
  for (const std::string& text : texts)
    list.append(text);
  return list;
}

Error not_signed_in() {
  return {codes::kNotSignedIn, "nobody is signed in on this session", {}};
}

std::optional<crypto::P256PublicKey> device_key_in(const Json::Value& params) {
  const auto text = json::string_member(params, "key");
  const auto bytes = text ? text::from_base64(*text) : std::nullopt;
  if (!bytes || !crypto::is_p256_public_key(*bytes)) return std::nullopt;
  crypto::P256PublicKey key{};
  std::ranges::copy(*bytes, key.begin());
  return key;
}

std::optional<Tickets::Life> life_in(const Json::Value& params) {
  const auto text = json::string_member(params, "lifetime");
  if (text == "tab") return Tickets::Life::tab;
  if (text == "long") return Tickets::Life::lasting;
  return std::nullopt;
}

/// Why a sign-in failed, to whom it was by ticket. Where the PBX refuses the user, the user's tickets
/// were ended before (Accounts::Setup::secret_ended), or by somebody meanwhile.
Error in_words_of(const std::shared_ptr<const Ticket>& ticket, const Error& why) {
  const bool ticket_is_dead = ticket != nullptr && (why.code == uci::codes::kLoginRefused ||
                                                    why.code == uci::codes::kSignInOver);
  return ticket_is_dead ? ticket_refused() : why;
}

/// Of session.logout; nullopt: wrong parameters.
std::optional<bool> everywhere_in(const Json::Value& params) {
  if (params.empty()) return false;
  const Json::Value* const everywhere = json::member(params, "everywhere");
  if (everywhere == nullptr || !everywhere->isBool() || params.size() != 1) return std::nullopt;
  return everywhere->asBool();
}

}  // namespace

Accounts* Conversation::may_sign_in(const Request& request) {
  if (seat_ || is_signing_in()) {
    refuse(request.id, {codes::kAlreadySignedIn, "somebody is signed in on this session",
                        "call session.logout first"});
    return nullptr;
  }
  const Result<Accounts*> accounts = setup_.accounts();
  if (accounts) return *accounts;
  setup_.counts->logins.add(accounts.error().code.id);
  refuse(request.id, accounts.error());
  return nullptr;
}

Accounts::SignedIn Conversation::when_signed_in(const Request& request, const std::string& user,
                                                ByTicket ticket) {
  return [this, id = request.id, user, ticket = std::move(ticket)](
             Result<std::unique_ptr<Seat>> seat) { on_login(id, user, ticket, std::move(seat)); };
}

void Conversation::login(Request& request) {
  if (json::member(request.params, "ticket") != nullptr) return login_by_ticket(request);
  const crypto::Secret password = take_secret(request.params, "password");
  const auto user = json::string_member(request.params, "user");
  if (!user || password.empty() || request.params.size() != 1) {
    return refuse(request.id,
                  {rpc::codes::kInvalidParams,
                   "session.login takes {\"user\": …, \"password\": …} or {\"ticket\": …, "
                   "\"proof\": …}, all texts, not empty",
                   {}});
  }
  Accounts* const accounts = may_sign_in(request);
  if (accounts == nullptr) return;
  const std::string name(*user);
  login_id_ = request.id;
  login_ = accounts->sign_in(name, password, *this, when_signed_in(request, name, nullptr));
  speaker_.on_sign_in(SignIn::under_way, {});
}

void Conversation::login_by_ticket(Request& request) {
  const crypto::Secret text = take_secret(request.params, "ticket");
  const auto proof = json::string_member(request.params, "proof");
  if (!proof || proof->empty() || text.empty() || request.params.size() != 1) {
    return refuse(request.id,
                  {rpc::codes::kInvalidParams,
                   "session.login takes {\"ticket\": …, \"proof\": …}, both texts, not empty",
                   {}});
  }
  Accounts* const accounts = may_sign_in(request);
  if (accounts == nullptr) return;
  Result<Ticket> ticket = setup_.tickets != nullptr
                              ? setup_.tickets->take(text.text(), *proof, handshake_hash_)
                              : fail(ticket_refused());
  if (!ticket) {
    setup_.counts->logins.add(ticket.error().code.id);
    return refuse(request.id, ticket.error());
  }
  const crypto::Secret secret = std::exchange(ticket->secret, crypto::Secret());
  const auto taken = std::make_shared<const Ticket>(std::move(*ticket));
  login_id_ = request.id;
  login_ = accounts->sign_in_again(
      taken->user, secret, [tickets = setup_.tickets, taken] { return tickets->is_good(*taken); },
      *this, when_signed_in(request, taken->user, taken));
  speaker_.on_sign_in(SignIn::under_way, {});
}

void Conversation::refuse_login(const Json::Value& id, const Error& error) {
  setup_.counts->logins.add(error.code.id);
  speaker_.on_sign_in(SignIn::none, {});
  refuse(id, error);
}

void Conversation::on_login(const Json::Value& id, const std::string& user, const ByTicket& ticket,
                            Result<std::unique_ptr<Seat>> seat) {
  const std::unique_ptr<Accounts::Waiting> done = std::move(login_);
  if (!seat) {
    return refuse_login(id, in_words_of(ticket, why_not_signed_in(seat.error())));
  }
  Newcomer newcomer{id, user, ticket, std::move(*seat)};
  const bool asks =
      setup_.seats != nullptr && setup_.rights != nullptr && setup_.seats->asks_pbx(user);
  if (!asks) return let_in(std::move(newcomer), std::nullopt);
  newcomer_ = std::make_unique<Newcomer>(std::move(newcomer));
  newcomer_->question = setup_.rights->ask(
      *newcomer_->seat, user, setup_.seats->rules().pbx_rights, setup_.rules.rest,
      [this](const Result<bool>& right) {
        const std::unique_ptr<Newcomer> asked = std::move(newcomer_);
        // It may have been ended meanwhile.
        const bool over = asked->ticket != nullptr && !setup_.tickets->is_good(*asked->ticket);
        if (!over) return let_in(std::move(*asked), right);
        asked->seat->sign_out();
        refuse_login(asked->id, ticket_refused());
      });
}

void Conversation::refuse_newcomer(const Error& why) {
  const std::unique_ptr<Newcomer> newcomer = std::move(newcomer_);
  refuse_login(newcomer->id, in_words_of(newcomer->ticket, why));
}

void Conversation::let_in(Newcomer newcomer, const std::optional<Seats::HasRight>& right) {
  if (setup_.seats != nullptr) {
    Result<std::unique_ptr<Seats::Permit>> permit = setup_.seats->admit(
        newcomer.user, setup_.unix_now(), [this](const Error& error) { on_withdrawn(error); },
        right);
    if (!permit) {
      newcomer.seat->sign_out();
      log::info("license", "user {} is not let in: {}", newcomer.user, permit.error().message);
      return refuse_login(newcomer.id, permit.error());
    }
    permit_ = std::move(*permit);
  }
  setup_.counts->logins.add("ok");
  login_deadline_.reset();
  seat_ = std::move(newcomer.seat);
  user_ = newcomer.user;
  if (newcomer.ticket != nullptr) {
    setup_.tickets->use(*newcomer.ticket);
    be_on_device(newcomer.ticket->series);
  }
  speaker_.on_sign_in(SignIn::done, user_);
  answer_login(newcomer, right);
  if (newcomer.pbx) on_pbx(*newcomer.pbx);
}

void Conversation::answer_login(const Newcomer& newcomer,
                                const std::optional<Seats::HasRight>& right) {
  Json::Value result(Json::objectValue);
  result["user"] = newcomer.user;
  result["services"] = list_of(seat_->services());
  const std::optional<uci::Value> version = seat_->server_version();
  result["serverVersion"] = version ? uci::to_json(*version) : Json::Value();
  if (right) result["right"] = !*right ? "unknown" : **right ? "granted" : "missing";
  answer(newcomer.id, result);
}

Error Conversation::why_not_signed_in(const Error& error) const {
  const bool met_at_pbx = error.code.id.starts_with("uci.") || error.code == codes::kLoginPaused;
  const std::optional<Error> wrong =
      met_at_pbx && setup_.wrong_address ? setup_.wrong_address() : std::nullopt;
  if (!wrong) return error;
  return {wrong->code, "the agent has a wrong address of the PBX: " + wrong->message,
          "not the password is wrong; tell your administrator: " + wrong->hint};
}

void Conversation::make_ticket(const Request& request) {
  const auto key = device_key_in(request.params);
  const auto life = life_in(request.params);
  if (!key || !life || request.params.size() != 2) {
    return refuse(request.id,
                  {rpc::codes::kInvalidParams,
                   "session.ticket takes {\"key\": the 65 bytes of a P-256 public key in base64, "
                   "\"lifetime\": \"tab\" or \"long\"}",
                   {}});
  }
  const crypto::Secret* const secret = seat_ ? seat_->secret() : nullptr;
  if (secret == nullptr) return refuse(request.id, not_signed_in());
  if (setup_.tickets == nullptr) return refuse(request.id, tickets_off());
  const Result<Tickets::Made> made =
      setup_.tickets->make({user_, *secret, *key, key_, *life,
                            device_ ? std::optional(device_->series()) : std::nullopt, software_});
  if (!made) return refuse(request.id, made.error());
  be_on_device(made->series);
  Json::Value result(Json::objectValue);
  result["ticket"] = made->text;
  result["expires"] = Json::Int64(made->ends);
  answer(request.id, result);
}

void Conversation::be_on_device(const Ticket::Series& series) {
  device_ = setup_.tickets->be_here(series, [this] {
    on_withdrawn({codes::kSignedOut, "an administrator has signed this device out",
                  "sign in again with your password"});
  });
}

void Conversation::logout(const Request& request) {
  const std::optional<bool> everywhere = everywhere_in(request.params);
  if (!everywhere) {
    return refuse(request.id, {rpc::codes::kInvalidParams,
                               "session.logout takes nothing, or {\"everywhere\": true}",
                               {}});
  }
  if (!seat_) return refuse(request.id, not_signed_in());
  seat_->sign_out();
  seat_.reset();
  permit_.reset();
  device_.reset();
  speaker_.on_sign_in(SignIn::none, {});
  give_up_calls({codes::kSignedOut, "the user signed out before the answer came", {}});
  expect_login();
  const Result<void> done = *everywhere ? sign_out_everywhere(user_) : Result<void>();
  if (!done) return refuse(request.id, done.error());
  answer(request.id, true);
}

Result<void> Conversation::sign_out_everywhere(const std::string& user) {
  Result<bool> ended = false;
  if (setup_.tickets != nullptr) ended = setup_.tickets->end(user);
  if (const Result<Accounts*> accounts = setup_.accounts()) {
    static_cast<void>((*accounts)->sign_out(
        user, {codes::kSignedOut, "you signed out everywhere", "sign in again"}));
  }
  log::info("session", "user {} has signed out everywhere", user);
  if (!ended) return fail(ended.error());
  return {};
}

}  // namespace sfteams::agent
