#include "connector/cluster/stream_reader.h"

#include <algorithm>
#include <utility>

namespace sfteams::connector {

StreamReader::StreamReader(JetStream& streams, std::string stream, std::uint64_t first,
                           std::uint64_t last, Hooks hooks)
    : streams_(streams), stream_(std::move(stream)), last_(last), hooks_(std::move(hooks)) {
  const std::uint64_t all = last - first + 1;
  const std::uint64_t count = std::min<std::uint64_t>(kAtOnce, all);
  const std::uint64_t each = all / count;
  for (std::uint64_t number = 0; number < count; ++number) {
    const std::uint64_t from = first + number * each;
    shares_.push_back({from, number + 1 == count ? last : from + each - 1});
  }
  for (std::size_t number = 0; number < shares_.size(); ++number)
    ask(number);
}

void StreamReader::ask(std::size_t number) {
  Share& share = shares_.at(number);
  share.request = streams_.next(
      stream_, share.next,
      [this, number](StreamReply<StreamMessage> reply) { take(number, std::move(reply)); });
}

void StreamReader::take(std::size_t number, StreamReply<StreamMessage> reply) {
  // The last one is there. If a leader says otherwise, it does not know all of the stream yet: what
  // it does not show is not taken for a gap.
  if (reply.outcome != StreamOutcome::ok) {
    finish(reply.outcome == StreamOutcome::no_message ? StreamOutcome::away : reply.outcome);
    return;
  }
  Share& share = shares_.at(number);
  if (reply.value.sequence < share.next) {
    finish(StreamOutcome::failed);
    return;
  }
  share.next = std::min(reply.value.sequence, share.last) + 1;
  if (reply.value.sequence <= share.last) batch_.push_back(std::move(reply.value));
  if (batch_.size() >= kBatch || over()) {
    if (!hooks_.take(std::exchange(batch_, {}), read_up_to())) {
      finish(StreamOutcome::failed);
      return;
    }
  }
  if (!share.over()) {
    ask(number);
  } else if (over()) {
    finish(StreamOutcome::ok);
  }
}

bool StreamReader::over() const {
  return std::ranges::all_of(shares_, [](const Share& share) { return share.over(); });
}

std::uint64_t StreamReader::read_up_to() const {
  const auto first =
      std::ranges::find_if(shares_, [](const Share& share) { return !share.over(); });
  return first == shares_.end() ? last_ : first->next - 1;
}

std::uint64_t StreamReader::left() const {
  std::uint64_t left = 0;
  for (const Share& share : shares_)
    left += share.over() ? 0 : share.last - share.next + 1;
  return left;
}

void StreamReader::finish(StreamOutcome outcome) {
  shares_.clear();
  // It may destroy this.
  const auto done = std::move(hooks_.done);
  done(outcome);
}

}  // namespace sfteams::connector
