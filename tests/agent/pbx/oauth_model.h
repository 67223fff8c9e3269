#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/pbx/oauth_user.h"
#include "agent/pbx/pbx_access.h"
#include "tests/contains.h"
#include "tests/oauth/scene.h"
#include "uci/codes.h"
#include "uci/dialect.h"
#include "uci/oauth_binding.h"
#include "uci/pbx.h"
#include "uci/reply.h"
#include "uci/xmlrpc.h"

namespace sfteams::agent::test {

using sfteams::test::FakeScheduler;

/// A PBX with users that gives out tokens for passwords and for refresh tokens, each of which is good
/// once, and counts every password and token that it does not take.
class OauthModel final : public PbxAccess {
  FakeScheduler& scheduler_;  // before those who use it

 public:
  explicit OauthModel(FakeScheduler& scheduler) : scheduler_(scheduler) {
    namespace play = oauth::test;
    http.latency = transport::Duration(100);
    http.answers(play::kLogin, 404, "");
    http.answers(play::kDiscovery, 200, play::kDocument);
    http.answers(play::kToken, [this](const auto& asked) { return give(asked.body); });
    http.answers(play::kRevoke, [this](const auto& asked) {
      ++revoked;
      renewable.erase(field(asked.body, "token"));
      return play::reply_of(200, "");
    });
    http.answers("/xml-rpc", [this](const auto& asked) { return serve(asked); });
  }

  [[nodiscard]] Result<std::unique_ptr<PbxUser>> user(const std::string& name,
                                                      const crypto::Secret& password,
                                                      uci::Connection::Handlers handlers) override {
    const Result<crypto::Secret> key = RefreshBook::new_key();
    return open({name, password.clone(), {}}, *key, false, std::move(handlers));
  }
  [[nodiscard]] Result<std::unique_ptr<PbxUser>> user_again(
      const std::string& name, const crypto::Secret& kept,
      uci::Connection::Handlers handlers) override {
    std::optional<crypto::Secret> refresh = book.get(name, kept);
    if (!refresh) return fail(uci::codes::kSignInOver, "nothing is left", "");
    return open({name, {}, std::move(*refresh)}, kept, true, std::move(handlers));
  }
  [[nodiscard]] bool keeps_other_secrets() const override { return true; }
  void forget_kept(const std::string& user) override {
    book.forget(user);
    users_.forget(user);
  }
  void ask_nobody(std::function<void(const uci::AnswerShape&)> answer) override {
    nobody_ = scheduler_.after(http.latency, [this, answer = std::move(answer)] {
      const auto over = std::move(nobody_);
      answer(uci::read_with_sign(uci::RpcReply{401, "text/html", "<html>"}, dialect_).token.shape);
    });
  }

  /// The most that was not taken within so long a time.
  [[nodiscard]] std::ptrdiff_t most_wrong_within(transport::Duration window) const {
    std::ptrdiff_t most = 0;
    for (auto first = wrong_at.begin(); first != wrong_at.end(); ++first) {
      const auto end = std::find_if(first, wrong_at.end(),
                                    [&](transport::TimePoint at) { return at >= *first + window; });
      most = std::max(most, end - first);
    }
    return most;
  }
  /// All tokens are worth nothing from now on, as after a restart of the PBX.
  void forget_tokens() {
    renewable.clear();
    good_.clear();
    logged_in_.clear();
  }

  std::map<std::string, std::string> passwords;
  std::map<std::string, std::string> renewable;  ///< refresh tokens, with whose they are
  std::vector<transport::TimePoint> wrong_at;
  std::set<std::string> without_uci;  ///< users whose tokens UCI does not take
  int by_password = 0;
  int renewals = 0;
  int logins = 0;
  int revoked = 0;
  oauth::test::ScriptedHttp http{scheduler_};
  RefreshBook book{scheduler_, {}, crypto::Secret(32)};

 private:
  using Reply = Result<transport::HttpReply>;

  static std::string field(const std::string& form, const std::string& name) {
    const std::size_t at = ("&" + form).find("&" + name + "=");
    if (at == std::string::npos) return "";
    const std::size_t from = at + name.size() + 1;
    return form.substr(from, form.find('&', from) - from);
  }
  Reply give(const std::string& form) {
    const bool renewal = field(form, "grant_type") == "refresh_token";
    ++(renewal ? renewals : by_password);
    std::string who = field(form, "username");
    if (renewal) {
      const auto found = renewable.find(field(form, "refresh_token"));
      who = found == renewable.end() ? "" : found->second;
      if (found != renewable.end()) renewable.erase(found);
    } else if (!passwords.contains(who) || passwords[who] != field(form, "password")) {
      who.clear();
    }
    if (who.empty()) return wrong(oauth::test::refused("invalid_grant"));
    const std::string number = std::to_string(++given_);
    good_["a" + number] = who;
    renewable["r" + number] = who;
    return oauth::test::tokens_reply("a" + number, "r" + number);
  }
  Reply wrong(Reply reply) {
    wrong_at.push_back(scheduler_.now());
    return reply;
  }
  static Reply value(const uci::Value& value) {
    return oauth::test::reply_of(200, uci::write_response(value).value(), "text/xml");
  }
  Reply serve(const oauth::test::ScriptedHttp::Asked& asked) {
    const std::string query = asked.url.substr(asked.url.find('?') + 1);
    const auto who = good_.find(field(query, "de.vertico.starface.jwt"));
    if (who == good_.end() || without_uci.contains(who->second))
      return wrong(oauth::test::reply_of(401, "<html>", "text/html"));
    const uci::Call call = uci::parse_call(asked.body).value();
    if (call.method == dialect_.login) {
      ++logins;
      logged_in_.insert(who->second);
      return value(true);
    }
    if (call.method == dialect_.keep_alive) return value(logged_in_.contains(who->second));
    if (call.method == dialect_.logout) {
      logged_in_.erase(who->second);
      return value(true);
    }
    if (call.method == dialect_.server_version) return value("10.0.2.6");
    if (logged_in_.contains(who->second)) return value(true);
    return oauth::test::reply_of(200, uci::write_fault({.code = 0, .text = "UcpNotConnected"}),
                                 "text/xml");
  }
  Result<std::unique_ptr<PbxUser>> open(oauth::UserTokens::Start start, const crypto::Secret& key,
                                        bool given_out, uci::Connection::Handlers handlers) {
    const std::string name = start.user;
    auto user = std::make_unique<OauthUser>(users_, &book, name, key, given_out);
    auto tokens = std::make_unique<oauth::UserTokens>(
        issuer_, scheduler_, std::move(start),
        oauth::UserTokens::Events{[raw = user.get()] { raw->on_rotated(); },
                                  [gate = handlers.gate] {
                                    if (gate != nullptr) gate->note_refusal();
                                  }});
    auto binding = std::make_unique<uci::OauthBinding>(
        http, scheduler_, pbx_, dialect_, name, *tokens, uci::CallbackAddress{"::1", 9, "/"});
    auto connection =
        std::make_unique<uci::Connection>(*binding, scheduler_, dialect_, std::move(handlers));
    user->set_connection(std::make_unique<uci::UserConnection>(
        std::move(tokens), std::move(binding), std::move(connection)));
    return user;
  }

  uci::HttpBinding::Pbx pbx_{.url = transport::parse_url("https://pbx.example").value(),
                             .ca_file = {}};
  uci::Dialect dialect_ = [] {
    uci::Dialect dialect = uci::dialect_of(uci::Version::v30);
    dialect.chance = [](std::uint64_t) { return 0; };  // the same pauses in each run
    return dialect;
  }();
  oauth::Issuer issuer_{
      {http,
       scheduler_,
       {pbx_.url, {}},
       {},
       std::make_shared<const oauth::Client>(oauth::Client{"client", {}, {}, {}})}};
  OauthUsers users_;
  int given_ = 0;
  std::map<std::string, std::string> good_;  ///< access tokens, with whose they are
  std::set<std::string> logged_in_;
  std::unique_ptr<transport::Timer> nobody_;
};

}  // namespace sfteams::agent::test
