#include "agent/daemon/reload.h"

#include "agent/findings/sentence.h"

namespace sfteams::agent {
Changes changes_between(const Configuration& before, const Configuration& after) {
  Changes changes;
  UplinkSettings connector = before.connector;
  connector.dial_timeout = after.connector.dial_timeout;
  connector.ping_interval = after.connector.ping_interval;
  connector.ping_timeout = after.connector.ping_timeout;
  connector.reconnect_max = after.connector.reconnect_max;
  changes.pace = before.connector != connector;
  changes.name = before.name != after.name;
  changes.connector = before.connector.url != after.connector.url;
  changes.tunnel = before.name != after.name || connector != after.connector;
  // What can change while users are signed in (PbxSide::set_limits), and what is looked up at each
  // call.
  PbxSettings uci = before.uci;
  uci.logout_delay = after.uci.logout_delay;
  uci.failed_logins = after.uci.failed_logins;
  uci.failed_logins_per_user = after.uci.failed_logins_per_user;
  uci.failed_logins_window = after.uci.failed_logins_window;
  changes.limits = before.limits != after.limits || before.uci != uci;
  uci.allow = after.uci.allow;
  changes.allow = before.uci.allow != uci.allow;
  changes.uci = uci != after.uci;
  changes.rest = before.rest != after.rest;
  // Licences are for a name.
  changes.license = before.license != after.license || before.name != after.name;
  changes.admin = before.admin != after.admin;
  changes.log_level = before.log.level != after.log.level;
  changes.watch = before.watch != after.watch;
  changes.check = before.check != after.check;
  changes.log_format = before.log.format != after.log.format;
  return changes;
}

std::vector<std::string> describe(const Changes& changes, bool level_was_lent) {
  std::vector<std::string> sentences;
  const auto add = [&](bool changed, const Sentence& sentence) {
    if (changed) sentences.push_back(sentence.text());
  };
  add(changes.tunnel, said("the tunnel is made anew; sessions go on when their clients come back"));
  add(changes.name,
      said("the system has another name: every user needs a new key file, the connector's "
           "operator has to enrol the name, and licences for the old one give no seats"));
  add(changes.connector && !changes.name,
      said("key files lead to the connector of before: export them again, and hand them out"));
  add(changes.pace && !changes.tunnel,
      said("pings and dialling keep the new times; the tunnel stays"));
  add(changes.uci, said("the connections to the PBX are made anew; users have to sign in again"));
  add(changes.allow, said("other calls are allowed now"));
  add(changes.rest, said("the address book and the list of colleagues are as [rest] says now"));
  add(changes.limits, said("the new limits hold for what comes from now on"));
  add(changes.license, said("the licence rules hold for whoever signs in from now on"));
  add(changes.admin, said("the administration page is opened, closed or moved; whoever was in has "
                          "to sign in again"));
  add(changes.log_level, said("the log has another level now"));
  add(level_was_lent && !changes.log_level,
      said("the log has the level of the configuration again"));
  add(changes.log_format, said("the format of the log changes at the next restart only"));
  add(changes.watch, said("monitoring is offered as [watch] says now"));
  add(changes.check, said("check asks the hosts that [check] names now"));
  if (sentences.empty()) return {said("nothing has changed").text()};
  return sentences;
}

}  // namespace sfteams::agent
