#include "connector/cluster_desk.h"

#include <utility>

#include "base/json/json.h"
#include "base/json/view.h"
#include "connector/codes.h"
#include "connector/control_protocol.h"
#include "connector/name_switch.h"

namespace sfteams::connector {
namespace {

constexpr Json::ArrayIndex kMostNames = 1'000;

Error bad_question(const char* why) {
  return {codes::kBadControl, std::string("the running connector was asked ") + why,
          "check that it has the same version as this program"};
}

std::string member(const Json::Value& question, const char* name) {
  return std::string(json::string_member(question, name).value_or(std::string_view()));
}

}  // namespace

bool ClusterDesk::take(const Json::Value& question, const Answer& answer) {
  const auto command = json::string_member(question, "command");
  if (command == control::kChange) {
    change(question, answer);
    return true;
  }
  if (command != control::kPlaces) return false;
  find(question, answer);
  return true;
}

/// It comes from this program run by root or by the connector's own user; what it got wrong all the
/// same would stand in the log for ever.
void ClusterDesk::change(const Json::Value& question, const Answer& answer) {
  const Result<std::string> name = name_as_given(member(question, "name"));
  if (!name) return answer(fail(name.error()));
  const Result<std::string> reason = reason_of(member(question, "reason"));
  if (!reason) return answer(fail(reason.error()));
  const Json::Value& at = json::part(question, "at");
  const Registry::By by{member(question, "who"), at.isInt64() ? at.asInt64() : 0};
  const auto done = [answer](const Result<bool>& changed) {
    if (!changed) return answer(fail(changed.error()));
    Json::Value told(Json::objectValue);
    told["changed"] = *changed;
    answer(told);
  };
  const std::string action = member(question, "action");
  if (action == "enroll") return node_.log().enroll(*name, by, done);
  if (action == "disable") return node_.log().disable(*name, *reason, by, done);
  if (action == "enable") return node_.log().enable(*name, by, done);
  if (action != "forget") return answer(fail(bad_question("for a change that it does not know")));
  node_.log().forget(*name, by, [this, done, name = *name](const Result<bool>& changed) {
    // So that a node with its agent need not wait until it has read the log.
    if (changed && *changed) node_.directory().forget_everywhere(name);
    done(changed);
  });
}

void ClusterDesk::find(const Json::Value& question, const Answer& answer) {
  const Json::Value& names = json::part(question, "names");
  if (!names.isArray() || names.size() > kMostNames)
    return answer(fail(bad_question("for no names, or too many")));
  const std::uint64_t number = ++next_;
  Search& search = searches_[number];
  search.answer = answer;
  search.left = 1;  // Until all of them are asked for.
  for (const Json::Value& name : names) {
    if (!name.isString()) continue;
    ++search.left;
    search.lookups.push_back(node_.directory().find(
        name.asString(), [this, number, text = name.asString()](const Finding& finding) {
          found(number, text, finding);
        }));
  }
  found(number, "", {});
}

void ClusterDesk::found(std::uint64_t number, const std::string& name, const Finding& finding) {
  Search& search = searches_.at(number);
  using enum Finding::Outcome;
  if (finding.outcome != nobody && !name.empty()) {
    Json::Value place(Json::objectValue);
    place["name"] = name;
    place["node"] = finding.outcome == found ? Json::Value(finding.place.node) : Json::Value();
    place["certain"] = finding.outcome == found && !finding.remembered;
    search.places.append(std::move(place));
  }
  if (--search.left > 0) return;
  Json::Value told(Json::objectValue);
  told["places"] = std::move(search.places);
  const Answer answer = std::move(search.answer);
  // The callback that this runs in may be one of its lookups' own: they may go in there.
  searches_.erase(number);
  answer(told);
}

}  // namespace sfteams::connector
