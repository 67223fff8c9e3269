#include "agent/pbx_probe.h"

#include <utility>

namespace sfteams::agent {

PbxProbe::PbxProbe(transport::HttpClient& http, transport::Url url,
                   std::optional<std::filesystem::path> ca_file)
    : http_(http), url_(std::move(url)), ca_file_(std::move(ca_file)) {}

void PbxProbe::ask(Answer answer) {
  transport::HttpCall call;
  call.method = "GET";
  call.url = crypto::Secret::from_text(url_.to_string());
  call.ca_file = ca_file_;
  call.connect_timeout = kPatience;
  call.timeout = kPatience;
  pending_.push_back({std::move(answer), nullptr});
  const auto place = std::prev(pending_.end());
  place->call =
      http_.send(std::move(call), [this, place](const Result<transport::HttpReply>& reply) {
        // Kept to the end: the call may not go while its callback runs.
        const Question done = std::move(*place);
        pending_.erase(place);
        done.answer(reply ? std::nullopt : std::optional<Error>(reply.error()));
      });
}

void PbxProbe::give_up(const Error& why) {
  const std::list<Question> left = std::exchange(pending_, {});
  for (const Question& question : left)
    question.answer(why);
}

}  // namespace sfteams::agent
