#include <iostream>

#include "agent/commands/commands.h"
#include "agent/commands/control_client.h"
#include "agent/commands/report.h"
#include "agent/state/state_directory.h"
#include "agent/tickets/ticket_book.h"
#include "agent/tickets/ticket_list.h"
#include "agent/tickets/tickets.h"
#include "base/clock/unix_time.h"
#include "base/error/counted.h"
#include "base/json/json.h"

namespace sfteams::commands {
namespace {

Exit print_revoked_of_user(const std::string& user, const std::optional<std::string>& device) {
  std::cout << user << " is signed out on " << (device ? "device " + *device : "all devices")
            << ", and has to type the password." << std::endl;
  return Exit::ok;
}

Exit print_revoked_all(std::uint64_t users) {
  std::cout << "Everybody is signed out on all devices, and has to type the password ("
            << counted(users, "user") << " had tickets)." << std::endl;
  return Exit::ok;
}

Exit revoke_tickets_in(const agent::StateDirectory& state, const TicketsOf& whose) {
  agent::TicketBook book(nullptr, state.tickets_file());
  if (!whose.user) {
    const Result<std::size_t> ended = book.end_all();
    return ended ? print_revoked_all(*ended) : report(ended.error());
  }
  const Result<bool> ended =
      whose.device ? book.end(*whose.user, *whose.device) : book.end(*whose.user);
  if (!ended) return report(ended.error());
  return *ended ? print_revoked_of_user(*whose.user, whose.device) : report(agent::no_tickets());
}

}  // namespace

Exit list_tickets(const agent::Options& options, bool as_json) {
  const auto print = [&](const Json::Value& list) {
    std::cout << (as_json ? json::write_pretty(list) : agent::ticket_list_text(list)) << std::flush;
    return Exit::ok;
  };
  const auto by_daemon = [&] {
    const auto answer =
        ask_daemon(options, agent::control::write_request(agent::control::kTicketList));
    return answer ? print(*answer) : answer.error();
  };
  return with_state(options, by_daemon, [&](const agent::StateDirectory& state) {
    const agent::TicketBook book(nullptr, state.tickets_file());
    return print(agent::ticket_list_json(book.entries(clock::unix_now())));
  });
}

Exit revoke_tickets(const agent::Options& options, const TicketsOf& whose) {
  const auto by_daemon = [&] {
    Json::Value request = agent::control::write_request(agent::control::kTicketRevoke);
    if (whose.user) {
      request["user"] = *whose.user;
    } else {
      request["all"] = true;
    }
    if (whose.device) request["device"] = *whose.device;
    const auto answer = ask_daemon(options, request);
    if (!answer) return answer.error();
    if (whose.user) return print_revoked_of_user(*whose.user, whose.device);
    const Json::Value* const users = json::member(*answer, "users");
    return print_revoked_all(users != nullptr && users->isUInt64() ? users->asUInt64() : 0);
  };
  return with_state(options, by_daemon, [&](const agent::StateDirectory& state) {
    return revoke_tickets_in(state, whose);
  });
}

}  // namespace sfteams::commands
