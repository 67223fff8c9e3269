#include "transport/bus/nats_worker.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <variant>

#include "base/crypto/random.h"
#include "base/log/log.h"
#include "transport/bus/codes.h"
#include "transport/bus/nats_dial.h"

namespace sfteams::bus {
namespace {

using transport::Clock;
using transport::Duration;
using transport::TimePoint;

/// Heartbeats in a row that may be on their way.
constexpr std::uint64_t kMostBeatsOut = 3;
/// How much longer than its own deadline an attempt may take before it is left behind: libnats 3.4.1
/// knows none in a TLS handshake (fixed in 2025, 9ec900ba), and a look-up of a name has its own.
constexpr Duration kGrace{500};
/// A line that ends sooner counts as a failed attempt, so that no two servers are asked in turns at
/// full speed.
constexpr Duration kShortLife{1'000};
constexpr std::uint64_t kDice = 1'000'000;

}  // namespace

NatsWorker::NatsWorker(NatsOptions options, std::vector<NatsAddress> servers, std::string inbox,
                       std::shared_ptr<WorkerShare> share)
    : options_(std::move(options)),
      servers_(std::move(servers)),
      share_(std::move(share)),
      ends_(std::make_shared<LineEnds>()),
      dice_(static_cast<std::minstd_rand::result_type>(crypto::random_below(kDice) + 1)) {
  ends_->inbound = share_->inbound;
  ends_->inbox = std::move(inbox);
  ends_->problem = options_.on_problem;
  if (!ends_->problem) ends_->problem = [](const Error& problem) { log::warn("bus", problem); };
  ends_->closed = [queue = share_->queue](std::uint64_t attempt, const std::string& why) {
    queue->put(Closed{attempt, why});
  };
}

void NatsWorker::run() {
  while (!share_->queue->closed()) {
    std::optional<WorkerQueue::Item> item = share_->queue->take(next_tick());
    if (item) std::visit([this](auto& each) { handle(each); }, *item);
    if (const TimePoint now = Clock::now(); now >= next_tick()) tick(now);
  }
  line_.reset();
}

TimePoint NatsWorker::next_tick() const {
  if (line_) return next_beat_;
  return dialling_ ? dial_deadline_ : next_dial_;
}

void NatsWorker::tick(TimePoint now) {
  if (line_) return beat(now);
  if (!dialling_) return dial_next(now);
  ++attempt_;  // what it still brings is not waited for
  dial_failed({codes::kUnreachable, server() + " does not answer in time",
               "check that it runs; it is tried again about every second"});
}

void NatsWorker::dial_next(TimePoint now) {
  if (round_.empty()) {
    round_.resize(servers_.size());
    std::iota(round_.begin(), round_.end(), std::size_t{0});
    std::shuffle(round_.begin(), round_.end(), dice_);
    refused_ = false;
  }
  dialled_ = round_.back();
  round_.pop_back();
  dialling_ = true;
  dial_deadline_ = now + options_.dial_timeout + kGrace;
  const std::uint64_t attempt = ++attempt_;
  const Result<void> started = share_->threads->start(
      [address = servers_[dialled_], options = options_, attempt, ends = ends_,
       queue = share_->queue] { queue->put(dial(address, options, attempt, ends)); });
  if (!started) dial_failed(started.error());
}

void NatsWorker::tell_once(const Error& problem) {
  if (told_.insert(problem.code.id).second) ends_->problem(problem);
}

void NatsWorker::dial_failed(const Error& problem) {
  dialling_ = false;
  tell_once(problem);
  refused_ = refused_ || problem.code == codes::kNotAuthorized;
  const Duration pause = refused_ ? options_.refused_pause : options_.pause;
  next_dial_ = Clock::now();
  // Not all nodes at the same moment.
  if (round_.empty())
    next_dial_ += pause + Duration(static_cast<Duration::rep>(dice_()) % (pause.count() / 2 + 1));
}

void NatsWorker::handle(Dialled& dialled) {
  if (dialled.attempt != attempt_ || !dialling_) return;
  if (dialled.problem) return dial_failed(*dialled.problem);
  dialling_ = false;
  line_ = std::move(dialled.line);
  line_since_ = Clock::now();
  first_beat_ = beats_ + 1;
  bool well = line_->listen_to_inbox();
  for (auto each = subscriptions_.begin(); well && each != subscriptions_.end(); ++each)
    well = line_->subscribe(each->first, each->second);
  if (!well) return lose("it ended before anything was subscribed");
  log::info("bus", "connected to {}", server());
  told_.clear();
  share_->inbound->line(true);
  beat(line_since_);
}

void NatsWorker::handle(Closed& closed) {
  if (line_ && closed.attempt == line_->number())
    lose(closed.why.empty() ? "the server has closed it" : closed.why);
}

void NatsWorker::beat(TimePoint now) {
  const std::uint64_t heard = std::max(ends_->last_echo.load(), first_beat_ - 1);
  if (beats_ - heard >= kMostBeatsOut) return lose("its own heartbeats do not come back");
  next_beat_ = now + options_.ping;
  if (!line_->beat(++beats_)) lose("nothing can be sent");
}

void NatsWorker::lose(const std::string& why) {
  share_->inbound->line(false);
  ends_->problem(Error{codes::kLineLost, "the line to " + server() + " is lost: " + why,
                       servers_.size() > 1 ? "another server is looked for" : ""});
  const TimePoint now = Clock::now();
  const bool short_life = now - line_since_ < kShortLife;
  line_.reset();
  // All others before this one.
  round_.clear();
  for (std::size_t index = 0; index < servers_.size(); ++index)
    if (index != dialled_) round_.push_back(index);
  std::shuffle(round_.begin(), round_.end(), dice_);
  round_.insert(round_.begin(), dialled_);
  next_dial_ = short_life ? now + options_.pause : now;
}

void NatsWorker::drop(const Publish& message) {
  share_->not_sent.fetch_add(1, std::memory_order_relaxed);
  if (message.request != 0) share_->inbound->not_sent(message.request);
}

void NatsWorker::handle(Publish& message) {
  if (!line_) return drop(message);
  const std::string reply_to =
      message.request == 0 ? std::string() : ends_->inbox + std::to_string(message.request);
  const NatsLine::Sent sent = line_->publish(message.subject, reply_to, message.body);
  if (sent != NatsLine::Sent::yes) drop(message);
  if (sent == NatsLine::Sent::dead) lose("the server takes nothing");
}

void NatsWorker::handle(Subscribe& subscription) {
  subscriptions_.emplace(subscription.number, subscription.subject);
  if (line_ && !line_->subscribe(subscription.number, subscription.subject))
    lose("nothing can be subscribed");
}

void NatsWorker::handle(Unsubscribe& subscription) {
  subscriptions_.erase(subscription.number);
  if (line_) line_->unsubscribe(subscription.number);
}

}  // namespace sfteams::bus
