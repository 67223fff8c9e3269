#include "agent/reload.h"

#include "agent/sentence.h"

namespace sfteams::agent {

Changes changes_between(const Configuration& before, const Configuration& after) {
  Changes changes;
  changes.tunnel = before.name != after.name || before.connector != after.connector;
  Configuration::Uci uci = after.uci;
  changes.allow = uci.allow != before.uci.allow;
  uci.allow = before.uci.allow;
  changes.uci = uci != before.uci;
  changes.limits = before.limits != after.limits;
  // Licences are for a name.
  changes.license = before.license != after.license || before.name != after.name;
  changes.admin = before.admin != after.admin;
  changes.log_level = before.log.level != after.log.level;
  changes.watch = before.watch != after.watch;
  changes.log_format = before.log.format != after.log.format;
  return changes;
}

std::vector<std::string> describe(const Changes& changes, bool level_was_lent) {
  std::vector<std::string> sentences;
  const auto add = [&](bool changed, const Sentence& sentence) {
    if (changed) sentences.push_back(sentence.text());
  };
  add(changes.tunnel, said("the tunnel is made anew; sessions go on when their clients come back"));
  add(changes.uci, said("the connections to the PBX are made anew; users have to sign in again"));
  add(changes.allow, said("other calls are allowed now"));
  add(changes.limits, said("the new limits hold for what comes from now on"));
  add(changes.license, said("the licence rules hold for whoever signs in from now on"));
  add(changes.admin, said("the administration page is opened, closed or moved; whoever was in has "
                          "to sign in again"));
  add(changes.log_level, said("the log has another level now"));
  add(level_was_lent && !changes.log_level,
      said("the log has the level of the configuration again"));
  add(changes.log_format, said("the format of the log changes at the next restart only"));
  add(changes.watch, said("monitoring is offered as [watch] says now"));
  if (sentences.empty()) return {said("nothing has changed").text()};
  return sentences;
}

}  // namespace sfteams::agent
