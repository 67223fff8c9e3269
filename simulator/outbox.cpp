#include "simulator/outbox.h"

#include <utility>

namespace sfteams::simulator {
namespace {

/// `number`: of the attempt, for one way after the other.
transport::Framing framing_of(EventPosting posting, unsigned number) {
  using transport::Framing;
  switch (posting) {
    case EventPosting::length:
      break;
    case EventPosting::chunked:
      return Framing::chunked;
    case EventPosting::http_1_0:
      return Framing::http_1_0;
    case EventPosting::mixed:
      return number % 3 == 0   ? Framing::length
             : number % 3 == 1 ? Framing::chunked
                               : Framing::http_1_0;
  }
  return Framing::length;
}

crypto::Secret url_for(const Login& login, CallbackAuth shape) {
  const std::string& user = login.user->login;
  if (!login.by_jwt) return event_url(*login.callback, user, EventAuth::token, login.token);
  switch (shape) {
    case CallbackAuth::token:
      break;
    case CallbackAuth::none:
      return event_url(*login.callback, user, EventAuth::nothing, login.token);
    case CallbackAuth::legacy:
      return event_url(*login.callback, user, EventAuth::token, login.legacy_token);
  }
  return event_url(*login.callback, user, EventAuth::jwt, login.token);
}

}  // namespace

Outbox::Outbox(transport::HttpClient& http, transport::Scheduler& scheduler, const Options& options,
               Journal& journal, std::optional<std::filesystem::path> ca_file)
    : http_(http),
      scheduler_(scheduler),
      options_(options),
      journal_(journal),
      ca_file_(std::move(ca_file)),
      odd_(options) {}

void Outbox::send(const Login& login, Event event) {
  if (!login.callback) return;
  Waiting waiting;
  JournalEntry entry;
  entry.kind = JournalEntry::Kind::event;
  entry.address = login.callback->origin();
  entry.user = login.user->login;
  entry.method = event.method;
  entry.params = event.summary;
  entry.outcome = "waiting";
  waiting.journal = journal_.add(std::move(entry));
  waiting.event = std::move(event);
  waiting.event.body = odd_.write(std::move(waiting.event.body));
  journal_.count("events");

  Lane& lane = lanes_[login.id];
  if (static_cast<std::int64_t>(lane.queue.size()) >= options_.event_queue) {
    close(waiting, "dropped", 0);
    return;
  }
  // Taken anew each time: the client may have signed in again with another kind of token.
  lane.url = url_for(login, options_.oauth.callback_auth);
  lane.queue.push_back(std::move(waiting));
  if (lane.queue.size() == 1) post(login.id);
}

void Outbox::drop(const Login& login) {
  const auto found = lanes_.find(login.id);
  if (found == lanes_.end()) return;
  for (const Waiting& waiting : found->second.queue)
    close(waiting, "dropped", 0);
  lanes_.erase(found);
}

std::size_t Outbox::waiting() const {
  std::size_t sum = 0;
  for (const auto& [login, lane] : lanes_)
    sum += lane.queue.size();
  return sum;
}

void Outbox::post(std::uint64_t lane_id) {
  Lane& lane = lanes_.at(lane_id);
  Waiting& front = lane.queue.front();
  ++front.attempts;
  transport::HttpCall call;
  call.url = lane.url.clone();
  call.content_type = "text/xml; charset=UTF-8";
  call.body = front.event.body;
  call.ca_file = ca_file_;
  call.connect_timeout = options_.event_timeout;
  call.timeout = options_.event_timeout;
  call.max_body = 64UL * 1024;
  call.framing = framing_of(options_.event_posting, posted_++);
  lane.pending = http_.send(
      std::move(call),
      [this, lane_id](const Result<transport::HttpReply>& reply) { posted(lane_id, reply); });
}

void Outbox::posted(std::uint64_t lane_id, const Result<transport::HttpReply>& reply) {
  Lane& lane = lanes_.at(lane_id);
  const Waiting& front = lane.queue.front();
  const int status = reply ? reply->status : 0;
  if (status >= 200 && status < 300) {
    close(front, "delivered", status);
    next(lane_id);
  } else if (front.attempts < options_.event_attempts) {
    journal_.count("eventsRetried");
    lane.retry = scheduler_.after(options_.event_retry_time, [this, lane_id] { post(lane_id); });
  } else {
    close(front, "failed", status);
    next(lane_id);
  }
}

void Outbox::next(std::uint64_t lane_id) {
  Lane& lane = lanes_.at(lane_id);
  lane.queue.pop_front();
  if (lane.queue.empty()) {
    lanes_.erase(lane_id);
  } else {
    post(lane_id);
  }
}

void Outbox::close(const Waiting& waiting, const char* outcome, int status) {
  if (JournalEntry* entry = journal_.find(waiting.journal)) {
    entry->outcome = outcome;
    entry->attempts = waiting.attempts;
    entry->status = status;
  }
  const std::string_view word = outcome;
  journal_.count(word == "delivered" ? "eventsDelivered"
                 : word == "failed"  ? "eventsFailed"
                                     : "eventsDropped");
}

}  // namespace sfteams::simulator
