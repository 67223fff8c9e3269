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
  pending_.emplace_back();
  const auto place = std::prev(pending_.end());
  *place = http_.send(std::move(call), [this, place, answer = std::move(answer)](
                                           const Result<transport::HttpReply>& reply) {
    // Kept to the end: the call may not go while its callback runs.
    const std::unique_ptr<transport::HttpPending> done = std::move(*place);
    pending_.erase(place);
    answer(reply ? std::nullopt : std::optional<Error>(reply.error()));
  });
}

}  // namespace sfteams::agent
