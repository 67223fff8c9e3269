#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <json/value.h>

namespace sfteams::probe {

enum class Answer { yes, no, unknown };

/// What was seen, in words that name nobody: no user, number, host, token or password.
struct Fact {
  std::string name;
  std::string text;

  friend bool operator==(const Fact&, const Fact&) = default;
};

/// The answer to one question of the test sheet (docs/compatibility.md).
struct Finding {
  int check = 0;         ///< its number on the sheet, from 1 to 9
  std::string question;  ///< one of kQuestions
  Answer answer = Answer::unknown;
  std::string why{};  ///< why it is not known
  std::vector<Fact> facts{};
};

struct Question {
  int check;
  std::string_view text;
};

inline constexpr std::string_view kEventsByOlderToken =
    "events come after a login by the older token";
inline constexpr std::string_view kKeptOverRenewal = "the login outlives the change of its token";
inline constexpr std::string_view kEventsOverRenewal = "events come after a change of the token";
inline constexpr std::string_view kExpiredRefused = "a token that is over is turned away";
inline constexpr std::string_view kListsGiven = "the PBX lists its requests and events";
inline constexpr std::string_view kVersionTold = "the PBX says its version";
inline constexpr std::string_view kStartIsUtc = "a call's startTime is UTC";
inline constexpr std::string_view kNotBlocked =
    "the right password is taken after three wrong ones";
inline constexpr std::string_view kOauthOffered = "OAuth is offered";
inline constexpr std::string_view kLoginConfig = "login-config is there";
inline constexpr std::string_view kRestOffered = "REST is offered";
inline constexpr std::string_view kOlderTokenTaken = "the older token is taken";

/// In the order of the report.
inline constexpr Question kQuestions[] = {
    {1, kEventsByOlderToken}, {2, kKeptOverRenewal}, {2, kEventsOverRenewal}, {3, kExpiredRefused},
    {4, kListsGiven},         {5, kVersionTold},     {6, kStartIsUtc},        {7, kNotBlocked},
    {8, kOauthOffered},       {8, kLoginConfig},     {8, kRestOffered},       {9, kOlderTokenTaken},
};

/// Why it is not found out when the PBX said nothing.
inline constexpr const char* kNoAnswer = "no answer came";

[[nodiscard]] Finding found(std::string_view question, bool yes, std::vector<Fact> facts = {});
[[nodiscard]] Finding not_found_out(std::string_view question, std::string why,
                                    std::vector<Fact> facts = {});

/// "yes", "no" or "not found out".
[[nodiscard]] std::string_view to_string(Answer answer);
/// "1 events come …: yes", and a line for each fact.
[[nodiscard]] std::string to_text(const Finding& finding);
/// {"check", "question", "answer", "why", "facts": [{"name", "text"}, …]}
[[nodiscard]] Json::Value to_json(const Finding& finding);

}  // namespace sfteams::probe
