#include "connector/cluster/word.h"

#include <stdexcept>

#include <fmt/format.h>

#include "base/error/counted.h"
#include "base/log/log.h"
#include "connector/cluster/codes.h"
#include "connector/cluster/fields.h"

namespace sfteams::connector {
namespace {

constexpr const char* kBusPurpose = "bus";
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kMacSize = 16;
constexpr std::array<std::uint8_t, 1> kEnd{};  ///< of the subject: no subject has a zero byte

/// In place of a subject: what an answer is sealed to.
std::string context_of_answer(std::string_view subject, std::string_view node, const BootId& boot,
                              std::uint64_t question) {
  const bus::Bytes asker = FieldWriter().text(node).bytes(boot).number(question).take();
  std::string context(subject);
  // No subject has a space, so no word is good as an answer, and no answer as a word.
  context += " ";
  context.append(asker.begin(), asker.end());
  return context;
}

std::string sender_of(const Word& word) {
  return word.node + ' ' + std::string(word.boot.begin(), word.boot.end());
}

}  // namespace

bus::Bytes WordMaker::make(std::string_view subject, WordKind kind,
                           std::span<const std::uint8_t> payload) {
  return seal(subject, kind, payload);
}

bus::Bytes WordMaker::answer(std::string_view subject, const Word& question, WordKind kind,
                             std::span<const std::uint8_t> payload) {
  return seal(context_of_answer(subject, question.node, question.boot, question.counter), kind,
              payload);
}

bus::Bytes WordMaker::seal(std::string_view context, WordKind kind,
                           std::span<const std::uint8_t> payload) {
  if (payload.size() > Word::kMostPayload)
    throw std::length_error("a payload that no word has room for");
  bus::Bytes body = FieldWriter()
                        .number(kVersion)
                        .number(static_cast<std::uint8_t>(kind))
                        .text(identity_.id)
                        .bytes(identity_.boot)
                        .number(++counter_)
                        .number(clock_())
                        .bytes(payload)
                        .take();
  const auto mac = keys_.mac(kBusPurpose, {crypto::bytes_of(context), kEnd, body});
  body.insert(body.end(), mac.begin(), mac.begin() + kMacSize);
  return body;
}

std::optional<Word> parse_word(std::span<const std::uint8_t> body) {
  FieldReader fields(body);
  const auto version = fields.number<std::uint8_t>();
  Word word;
  word.kind = static_cast<WordKind>(fields.number<std::uint8_t>());
  word.node = fields.text();
  word.boot = fields.array<std::tuple_size_v<BootId>>();
  word.counter = fields.number<std::uint64_t>();
  word.sent = fields.number<std::uint64_t>();
  const auto rest = fields.rest();
  if (!fields.ok() || version != kVersion || !is_node_id(word.node) || word.counter == 0 ||
      rest.size() < kMacSize || rest.size() > Word::kMostPayload + kMacSize)
    return std::nullopt;
  word.payload.assign(rest.begin(), rest.end() - kMacSize);
  return word;
}

std::optional<Word> WordReader::open(std::string_view context, const bus::Bytes& body) {
  auto word = parse_word(body);
  if (!word) {
    drop(Reason::malformed);
    return std::nullopt;
  }
  // Its mac does not matter: a stranger's word in our name is not heard either way.
  if (word->node == identity_.id && word->boot == identity_.boot) {
    ++dropped_.own;
    return std::nullopt;
  }
  const std::span<const std::uint8_t> all(body);
  const auto said = all.first(all.size() - kMacSize);
  if (!keys_.verifies(kBusPurpose, all.last(kMacSize), {crypto::bytes_of(context), kEnd, said})) {
    drop(Reason::wrong_mac);
    return std::nullopt;
  }
  return word;
}

std::optional<Word> WordReader::read(std::string_view subject, const bus::Bytes& body) {
  auto word = open(subject, body);
  if (!word) return std::nullopt;
  const UnixMs now = clock_();
  const UnixMs age = now > word->sent ? now - word->sent : word->sent - now;
  if (age > kMostAge) {
    drop(Reason::stale, &*word);
    return std::nullopt;
  }
  if (!is_new(*word)) {
    drop(Reason::replayed);
    return std::nullopt;
  }
  return word;
}

std::optional<Word> WordReader::read_answer(std::string_view subject, std::uint64_t question,
                                            const bus::Bytes& body) {
  return open(context_of_answer(subject, identity_.id, identity_.boot, question), body);
}

bool WordReader::is_new(const Word& word) {
  const std::string sender = sender_of(word);
  Seen* const seen = senders_.use(sender);
  if (seen == nullptr) {
    senders_.put(sender, {word.counter, 1});
    return true;
  }
  if (word.counter > seen->highest) {
    const std::uint64_t step = word.counter - seen->highest;
    seen->bits = step < kWindow ? seen->bits << step | 1U : 1U;
    seen->highest = word.counter;
    return true;
  }
  const std::uint64_t behind = seen->highest - word.counter;
  if (behind >= kWindow || (seen->bits >> behind & 1U) != 0) return false;
  seen->bits |= std::uint64_t{1} << behind;
  return true;
}

void WordReader::drop(Reason reason, const Word* verified) {
  struct Drop {
    std::uint64_t* count;
    const char* what;
  };
  const std::array<Drop, 4> drops{{
      {&dropped_.malformed, "malformed"},
      {&dropped_.wrong_mac, "sealed with a key that this node does not take"},
      {&dropped_.stale, "too old or from the future"},
      {&dropped_.replayed, "heard before"},
  }};
  const auto index = static_cast<std::size_t>(reason);
  const Drop& dropped = drops.at(index);
  ++*dropped.count;
  Logged& logged = logged_.at(index);
  ++logged.since;
  const auto now = scheduler_.now();
  if (logged.at && now - *logged.at < kLogPause) return;
  logged.at = now;
  const std::uint64_t number = std::exchange(logged.since, 0);
  if (verified != nullptr) {
    log::warn(
        "cluster",
        Error{codes::kNodeClockDiffers,
              fmt::format("{} dropped from the bus: the clock of node {} differs by more than "
                          "{} s from that of this node, or its messages are delayed",
                          counted(number, "message", "messages"), verified->node, kMostAge / 1'000),
              "synchronise the clocks of all nodes (NTP)"});
    return;
  }
  log::warn("cluster", Error{codes::kBusWordDropped,
                             fmt::format("{} dropped from the bus: {}",
                                         counted(number, "message", "messages"), dropped.what),
                             "compare [cluster] key-file on all nodes, and find out who else may "
                             "publish on this bus"});
}

}  // namespace sfteams::connector
