#include "connector/control_client.h"

#include <algorithm>
#include <utility>

#include "base/json/json.h"
#include "base/json/view.h"
#include "connector/codes.h"
#include "connector/control_protocol.h"
#include "transport/codes.h"
#include "transport/control_socket.h"

namespace sfteams::connector {
namespace {

/// For one answer; a loop that stands still for longer serves nobody.
constexpr transport::Duration kAnswerPatience{5'000};
/// More than the names that a registry may have, in answers of a thousand.
constexpr int kMostAnswers = 10'000;

/// Names in one question, which has to stay below transport::ControlServer::kMaxRequest.
constexpr std::size_t kNamesInQuestion = 200;

}  // namespace

tl::expected<Json::Value, json::Told> ask_connector(const std::filesystem::path& registry_file,
                                                    const Json::Value& question) {
  const std::filesystem::path socket = control::socket_of(registry_file);
  const Result<std::string> text =
      transport::ask_control(socket, json::write(question), kAnswerPatience);
  if (!text && text.error().code == transport::codes::kControlUnreachable) {
    return tl::unexpected(json::told_of(
        {codes::kNotRunning, "no connector answers at " + socket.string(),
         "start it (systemctl start starface-teams-connector), or name its --config"}));
  }
  if (!text) return tl::unexpected(json::told_of(text.error()));
  return json::read_told(
      *text, {codes::kBadControl, "the running connector gave an answer that cannot be read",
              "check that it has the same version as this program"});
}

tl::expected<PlaceByName, json::Told> ask_places(const std::filesystem::path& registry_file,
                                                 const std::vector<std::string>& names) {
  PlaceByName places;
  for (std::size_t begin = 0; begin < names.size(); begin += kNamesInQuestion) {
    Json::Value question(Json::objectValue);
    question["command"] = control::kPlaces;
    question["names"] = Json::Value(Json::arrayValue);
    const std::size_t end = std::min(names.size(), begin + kNamesInQuestion);
    for (std::size_t index = begin; index < end; ++index)
      question["names"].append(names[index]);
    const auto answer = ask_connector(registry_file, question);
    if (!answer) return tl::unexpected(answer.error());
    for (const Json::Value& place : json::part(*answer, "places")) {
      const auto name = json::string_member(place, "name");
      const auto node = json::string_member(place, "node").value_or(std::string_view());
      if (name)
        places.emplace(*name, AgentPlace{std::string(node), json::is_true(place, "certain")});
    }
  }
  return places;
}

tl::expected<Json::Value, json::Told> ask_status(const std::filesystem::path& registry_file) {
  Json::Value question(Json::objectValue);
  question["command"] = control::kStatus;
  return ask_connector(registry_file, question);
}

tl::expected<OnlineByName, json::Told> ask_online(const std::filesystem::path& registry_file) {
  OnlineByName online;
  Json::Value question(Json::objectValue);
  question["command"] = control::kOnline;
  std::string after;
  for (int answers = 0; answers < kMostAnswers; ++answers) {
    question["after"] = after;
    const auto answer = ask_connector(registry_file, question);
    if (!answer) return tl::unexpected(answer.error());
    const std::string before = after;
    for (const Json::Value& agent : json::part(*answer, "agents")) {
      const auto name = json::string_member(agent, "name");
      if (!name) continue;
      after = *name;
      online.emplace(after, agent);
    }
    if (!json::is_true(*answer, "more") || after <= before) break;
  }
  return online;
}

}  // namespace sfteams::connector
