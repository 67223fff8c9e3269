#include "connector/cluster/log_follower.h"

#include <algorithm>
#include <utility>

#include "base/log/log.h"
#include "connector/cluster/codes.h"

namespace sfteams::connector {

using transport::Duration;

LogFollower::LogFollower(transport::Scheduler& scheduler, bus::Bus& bus, LogReplica& replica,
                         const LogSeal& seal, LogMemory& memory, std::function<void()> keys_lost)
    : scheduler_(scheduler),
      replica_(replica),
      seal_(seal),
      memory_(memory),
      keys_lost_(std::move(keys_lost)),
      streams_(bus),
      bus_(bus) {
  watch_ = bus_.watch([this](bool up) { bus_changed(up); });
  // What comes there is only a sign that there is something to read: everybody can publish there.
  names_hint_ =
      bus_.subscribe(seal_.names_prefix() + ">", [this](const bus::Message&) { look_soon(); });
  keys_hint_ =
      bus_.subscribe(seal_.keys_prefix() + "*", [this](const bus::Message&) { look_soon(); });
  later(Duration(0));
}

LogFollower::Phase LogFollower::phase() const {
  if (memory_.problem()) return Phase::disk;
  if (!bus_.up() || trouble_ == Trouble::away) return Phase::bus_down;
  if (trouble_ != Trouble::none) return Phase::no_stream;
  if (!complete_) return Phase::catching_up;
  if (restoring_) return Phase::restoring;
  if (settled_at_ && scheduler_.now() < *settled_at_) return Phase::settling;
  return Phase::in_step;
}

std::uint64_t LogFollower::behind() const {
  return reader_ ? reader_->left() : 0;
}

void LogFollower::bus_changed(bool up) {
  start_again();
  if (up) later(Duration(0));
}

/// Nothing goes on any more; the next look asks for everything.
void LogFollower::start_again() {
  complete_ = false;
  prepared_ = false;
  looking_ = false;
  again_ = false;
  request_.reset();
  reader_.reset();
  timer_.reset();
  look_.reset();
  restore_requests_.clear();
  to_restore_.clear();
  restore_waits_ = 0;
}

void LogFollower::later(Duration delay) {
  look_ = scheduler_.after(delay, [this] { look(); });
}

void LogFollower::look_soon() {
  if (looking_) {
    again_ = true;
    return;
  }
  if (bus_.up()) later(kAfterHint);
}

void LogFollower::look() {
  look_.reset();
  if (!bus_.up() || looking_) return;
  looking_ = true;
  prepare();
}

/// Before the log is read: names that it has never heard of have to be entries then.
void LogFollower::prepare() {
  if (!prepared_ && memory_.adopt_some()) {
    timer_ = scheduler_.after(Duration(0), [this] { prepare(); });
    return;
  }
  if (!prepared_ && memory_.problem()) {
    give_up_for_disk();
    return;
  }
  prepared_ = true;
  ask_keys();
}

void LogFollower::ask_keys() {
  request_ = streams_.info(seal_.keys_stream(), [this](StreamReply<StreamInfo> reply) {
    if (reply.outcome != StreamOutcome::ok) {
      give_up(reply.outcome);
      return;
    }
    keys_info_ = std::move(reply.value);
    ask_names();
  });
}

void LogFollower::ask_names() {
  request_ = streams_.info(seal_.names_stream(), [this](StreamReply<StreamInfo> reply) {
    if (reply.outcome != StreamOutcome::ok) {
      give_up(reply.outcome);
      return;
    }
    names_info_ = std::move(reply.value);
    judge_names(names_info_);
  });
}

void LogFollower::judge_names(const StreamInfo& info) {
  const auto position = replica_.position(Stream::names);
  if (!memory_.checked(position)) {
    give_up_for_disk();
    return;
  }
  if (position->created != info.created) {
    const bool first = position->created.empty();
    lost(first ? "is new to this node" : "was made again", first);
    return;
  }
  if (info.last < position->sequence) {
    lost("has less than before");
    return;
  }
  // It may have lost something and grown since the last look.
  auto last = replica_.last_read();
  if (!memory_.checked(last)) {
    give_up_for_disk();
  } else if (!*last) {
    read_names();
  } else {
    check_last(std::move(**last));
  }
}

void LogFollower::check_last(LogReplica::Message last) {
  const std::uint64_t sequence = last.sequence;
  request_ = streams_.next(
      seal_.names_stream(), sequence,
      [this, last = std::move(last)](const StreamReply<StreamMessage>& reply) {
        const StreamMessage& now = reply.value;
        if (reply.outcome != StreamOutcome::ok) {
          give_up(reply.outcome);
        } else if (LogReplica::Message{now.sequence, now.subject, now.value} != last) {
          lost("has something else than before");
        } else {
          read_names();
        }
      });
}

void LogFollower::lost(const char* how, bool first) {
  complete_ = false;
  restoring_ = true;
  restore_after_.clear();
  restore_found_ = false;
  settled_at_ = scheduler_.now() + kSettling;
  if (first) {
    log::info("cluster", "the log of names {}: it is read from its beginning", how);
  } else {
    log::warn("cluster", Error{codes::kRegistryLogLost,
                               std::string("the log of names ") + how +
                                   "; what it lacks and this node has is written to it again",
                               "find out what happened to the NATS servers' JetStream; new names "
                               "wait until the nodes have written what they have"});
  }
  const auto restarted = replica_.restart(Stream::names, names_info_.created);
  if (!memory_.checked(restarted)) {
    give_up_for_disk();
    return;
  }
  read_names();
}

void LogFollower::read_names() {
  const auto position = replica_.position(Stream::names);
  if (!memory_.checked(position)) {
    give_up_for_disk();
    return;
  }
  trouble_ = Trouble::none;
  if (names_info_.last <= position->sequence) {
    judge_keys();
    return;
  }
  reader_ = std::make_unique<StreamReader>(
      streams_, seal_.names_stream(), position->sequence + 1, names_info_.last,
      StreamReader::Hooks{
          [this](const std::vector<StreamMessage>& batch, std::uint64_t read_up_to) {
            return memory_.take_names(batch, read_up_to);
          },
          [this](StreamOutcome outcome) {
            reader_.reset();
            if (outcome == StreamOutcome::ok) {
              judge_keys();
            } else {
              give_up(outcome);
            }
          }});
}

void LogFollower::judge_keys() {
  auto position = replica_.position(Stream::keys);
  if (memory_.checked(position) &&
      (position->created != keys_info_.created || keys_info_.last < position->sequence)) {
    keys_lost_now_ = true;
    if (memory_.checked(replica_.restart(Stream::keys, keys_info_.created)))
      position = replica_.position(Stream::keys);
  }
  if (memory_.problem() || !memory_.checked(position)) {
    give_up_for_disk();
    return;
  }
  if (keys_info_.last <= position->sequence) {
    looked();
    return;
  }
  reader_ = std::make_unique<StreamReader>(
      streams_, seal_.keys_stream(), position->sequence + 1, keys_info_.last,
      StreamReader::Hooks{
          [this](const std::vector<StreamMessage>& batch, std::uint64_t read_up_to) {
            return memory_.take_keys(batch, read_up_to);
          },
          [this](StreamOutcome outcome) {
            reader_.reset();
            if (outcome == StreamOutcome::ok) {
              looked();
            } else {
              give_up(outcome);
            }
          }});
}

void LogFollower::looked() {
  complete_ = true;
  if (std::exchange(told_disk_, false))
    log::info("cluster", "the log of names can be kept here again");
  if (std::exchange(keys_lost_now_, false) && keys_lost_) keys_lost_();
  if (restoring_) {
    restore_after_.clear();
    restore_found_ = false;
    restore_page();
    return;
  }
  looking_ = false;
  later(std::exchange(again_, false) ? kAfterHint : kLookEvery);
}

/// Goes through all that this node has, and writes what the stream is not known to have. What is
/// written comes back by the next look, after which another walk has to find nothing.
void LogFollower::restore_page() {
  auto page = replica_.unconfirmed(restore_after_, kRows);
  if (!memory_.checked(page)) {
    give_up_for_disk();
    return;
  }
  restore_after_ = page->next;
  to_restore_ = std::move(page->entries);
  if (!to_restore_.empty()) {
    restore_found_ = true;
    restore_some();
    return;
  }
  restore_next();
}

/// After a page.
void LogFollower::restore_next() {
  if (!restore_after_.empty()) {
    timer_ = scheduler_.after(Duration(0), [this] { restore_page(); });
    return;
  }
  // The other nodes get their time from now on.
  if (!restore_found_) {
    restoring_ = false;
    if (settled_at_) settled_at_ = scheduler_.now() + kSettling;
  }
  looking_ = false;
  again_ = false;
  later(kAfterHint);
}

void LogFollower::restore_some() {
  restore_requests_.clear();
  restore_waits_ = std::min(kRestoredAtOnce, to_restore_.size());
  for (std::size_t number = 0; number < restore_waits_; ++number) {
    LogReplica::Stored stored = std::move(to_restore_.back());
    to_restore_.pop_back();
    restore_requests_.push_back(
        streams_.publish(seal_.names_stream(), stored.subject, std::move(stored.value),
                         [this](const auto& reply) { restored_one(reply); }));
  }
}

/// That another node was faster is as good.
void LogFollower::restored_one(const StreamReply<std::uint64_t>& reply) {
  if (reply.outcome == StreamOutcome::ok) ++restored_;
  if (reply.outcome == StreamOutcome::away || reply.outcome == StreamOutcome::failed) {
    give_up(reply.outcome);
    return;
  }
  if (--restore_waits_ > 0) return;
  timer_ = scheduler_.after(kRestorePause, [this] {
    if (to_restore_.empty()) {
      restore_next();
    } else {
      restore_some();
    }
  });
}

void LogFollower::give_up(StreamOutcome outcome) {
  if (memory_.problem()) {
    give_up_for_disk();
    return;
  }
  const Trouble before = trouble_;
  trouble_ = outcome == StreamOutcome::no_stream ? Trouble::missing
             : outcome == StreamOutcome::failed  ? Trouble::wrong
                                                 : Trouble::away;
  if (before != trouble_) {
    const bool missing = trouble_ == Trouble::missing;
    log::warn("cluster",
              Error{missing ? codes::kStreamMissing : codes::kRegistryLogAway,
                    std::string("the log of names: ") + to_string(outcome) +
                        "; known names go on, new ones have to wait",
                    missing ? "make the streams: starface-teams-connector cluster create-log"
                            : "look whether the NATS servers run, and a majority of them"});
  }
  start_again();
  later(kLookEvery);
}

void LogFollower::give_up_for_disk() {
  if (!std::exchange(told_disk_, true)) log::error("cluster", *memory_.problem());
  start_again();
  later(kLookEvery);
}

}  // namespace sfteams::connector
