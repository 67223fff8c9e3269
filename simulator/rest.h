#pragma once

#include <string>
#include <string_view>

#include "simulator/address_book.h"
#include "simulator/blacklist.h"
#include "simulator/directory.h"
#include "simulator/gate.h"
#include "simulator/journal.h"
#include "simulator/oauth_tokens.h"
#include "simulator/options.h"
#include "simulator/reply.h"
#include "simulator/rest_logins.h"
#include "simulator/rest_route.h"
#include "simulator/web_request.h"
#include "transport/scheduler.h"

namespace sfteams::simulator {

/// The REST interface of a STARFACE, as far as an address book, colleagues and permissions need it.
class Rest {
 public:
  struct Parts {
    const Directory& directory;
    const Options& options;
    const Gate& gate;
    const OauthTokens& tokens;
    Blacklist& blacklist;
    Journal& journal;
    const transport::Scheduler& scheduler;
  };

  /// All parts outlive this.
  explicit Rest(Parts parts);

  /// `route`: of the request's path.
  [[nodiscard]] Reply answer(const RestRoute& route, const WebRequest& request);
  /// Something else has answered a request: "ignored", "starting", "not executed".
  void note(const RestRoute& route, const WebRequest& request, std::string_view outcome);

 private:
  /// What becomes of a request, and what the journal says of it.
  struct Verdict {
    Reply reply;
    std::string outcome;
    std::string user;
  };
  /// Whose request it is.
  struct Identity {
    const User* user = nullptr;   ///< nullptr: nobody's
    std::string_view why;         ///< nobody's
    const User* owner = nullptr;  ///< of a token that is good no more
  };

  [[nodiscard]] Verdict decide(const RestRoute& route, const WebRequest& request);
  [[nodiscard]] Verdict login(const WebRequest& request);
  [[nodiscard]] Verdict offer_nonce();
  [[nodiscard]] Verdict log_in(const WebRequest& request);
  [[nodiscard]] Verdict log_out(const WebRequest& request);
  [[nodiscard]] Identity identify(const WebRequest& request) const;
  [[nodiscard]] Verdict turn_away(const Identity& identity, const WebRequest& request);
  [[nodiscard]] Verdict read(const RestRoute& route, const WebRequest& request, const User& user);
  [[nodiscard]] Verdict read_avatar(const RestRoute& route, const User& user) const;
  [[nodiscard]] Verdict read_book(const RestRoute& route, const WebRequest& request,
                                  const User& user);
  [[nodiscard]] Verdict read_list(const WebRequest& request, const User& user);
  [[nodiscard]] Verdict read_permissions(const RestRoute& route, const User& user) const;
  [[nodiscard]] bool is_administrator() const;
  void distort(const RestRoute& route, Reply& reply) const;
  void add_entry(const RestRoute& route, const WebRequest& request, std::string_view outcome,
                 std::string_view user);

  Parts parts_;
  RestLogins logins_;
  AddressBook book_;
};

}  // namespace sfteams::simulator
