#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "simulator/blacklist.h"
#include "simulator/directory.h"
#include "simulator/events.h"
#include "simulator/gate.h"
#include "simulator/journal.h"
#include "simulator/logins.h"
#include "simulator/oauth.h"
#include "simulator/oauth_tokens.h"
#include "simulator/odd_values.h"
#include "simulator/options.h"
#include "simulator/outbox.h"
#include "simulator/reply.h"
#include "simulator/rest.h"
#include "simulator/rules.h"
#include "simulator/services/table.h"
#include "simulator/switchboard.h"
#include "transport/http_client.h"
#include "transport/scheduler.h"
#include "uci/xmlrpc.h"

namespace sfteams::simulator {

/// One POST to /xml-rpc.
struct Incoming {
  std::string_view query;
  std::string_view body;
  std::string_view address;  ///< of the client
};

/// The stand-in PBX without its sockets: requests in, replies out; events leave through the
/// HttpClient that it is given, time comes from the Scheduler.
class Pbx {
 public:
  struct Environment {
    transport::Scheduler& scheduler;
    transport::HttpClient& http;  ///< for events
    WallClock wall;
    IdSource ids;
    Reach reach{};                                     ///< of events
    std::optional<std::filesystem::path> events_ca{};  ///< PEM, for callbacks by https
  };

  Pbx(Directory directory, Options options, Rules rules, Environment environment);
  Pbx(const Pbx&) = delete;
  Pbx& operator=(const Pbx&) = delete;

  /// Whatever the bytes are, there is a reply.
  [[nodiscard]] Reply handle(const Incoming& incoming);
  /// A request of another path; nullopt: the PBX has nothing there.
  [[nodiscard]] std::optional<Reply> handle_web(const WebRequest& request);

  // For whoever stands beside the PBX: tests, the control port.
  [[nodiscard]] const Directory& directory() const { return directory_; }
  [[nodiscard]] const Options& options() const { return options_; }
  void change(const Options& options);
  /// From now on only this password is right; who is logged in stays so.
  void change_password(const User& user, const crypto::Secret& password) {
    gate_.change_password(user, password);
  }
  /// What REST shows of the user from now on.
  void set_permissions(const User& user, std::vector<std::string> permissions) {
    directory_.set_permissions(user, std::move(permissions));
  }
  [[nodiscard]] Rules& rules() { return rules_; }
  [[nodiscard]] Journal& journal() { return journal_; }
  [[nodiscard]] Blacklist& blacklist() { return blacklist_; }
  [[nodiscard]] OauthTokens& tokens() { return tokens_; }
  [[nodiscard]] Logins& logins() { return logins_; }
  [[nodiscard]] Switchboard& switchboard() { return switchboard_; }
  [[nodiscard]] Outbox& outbox() { return outbox_; }
  [[nodiscard]] Events& events() { return events_; }
  [[nodiscard]] Extensions& extensions() { return extensions_; }
  [[nodiscard]] transport::TimePoint now() const { return scheduler_.now(); }

 private:
  struct Request;

  /// `part`: of what lies beside /xml-rpc, with the route that it has for the path.
  template <typename Part, typename Route>
  Reply pass_to(Part& part, const Route& route, const WebRequest& request);
  Reply take(Request& request);
  /// Finds Request::user; what is answered when there is none.
  std::optional<Reply> identify(Request& request);
  std::optional<Reply> identify_by_jwt(Request& request);
  [[nodiscard]] Login* find_login(const Request& request);
  [[nodiscard]] Reply ignore() const;
  Reply refuse(Request& request, Refusal shape, std::string_view outcome);
  [[nodiscard]] bool is_starting() const;
  Reply starting_reply();
  uci::Response run(Request& request);
  uci::Response call_module(const Request& request) const;
  Reply reply_with(const uci::Response& response);
  void note(Request& request, std::string_view outcome);
  void login_ended(const Login& login, bool timed_out);
  void note_ended(const Login& login, std::string_view outcome);
  [[nodiscard]] transport::Duration latency(std::string_view method) const;

  Directory directory_;
  Options options_;
  transport::TimePoint starting_since_;
  Rules rules_;
  transport::Scheduler& scheduler_;
  const Reach reach_;
  Journal journal_;
  Blacklist blacklist_;
  Gate gate_;
  OauthTokens tokens_;
  Oauth oauth_;
  Rest rest_;
  MethodTable methods_;
  Extensions extensions_;
  Logins logins_;
  Outbox outbox_;
  OddValues odd_;
  Events events_;
  Switchboard switchboard_;
  Exchange exchange_;
};

}  // namespace sfteams::simulator
