#include "connector/cluster/jet_stream.h"

#include <optional>
#include <utility>

#include "base/crypto/hash.h"
#include "base/json/json.h"
#include "base/text/encoding.h"
#include "base/text/line.h"

namespace sfteams::connector {
namespace {

using bus::Bytes;

constexpr json::Limits kLimits{bus::kMaxBody, 16};

// server/errors.json of nats-server.
constexpr int kNotEnabledForAccount = 10'039;
constexpr int kNoMessage = 10'037;
constexpr int kNoStream = 10'059;
constexpr int kNotEnabled = 10'076;
constexpr int kStoreFailed = 10'077;  ///< that the subject has a message already is one of these
constexpr int kStreamOffline = 10'118;
constexpr int kUnavailable = 503;

Bytes body_of(const std::string& text) {
  const auto bytes = crypto::bytes_of(text);
  return {bytes.begin(), bytes.end()};
}

int int_member(const Json::Value& value, const char* name) {
  const Json::Value* const found = json::member(value, name);
  return found != nullptr && found->isInt() ? found->asInt() : 0;
}

std::optional<std::uint64_t> number_member(const Json::Value& value, const char* name) {
  const Json::Value* const found = json::member(value, name);
  if (found == nullptr || !found->isUInt64()) return std::nullopt;
  return found->asUInt64();
}

StreamOutcome outcome_of(const Json::Value& error) {
  switch (int_member(error, "err_code")) {
    case kNoMessage:
      return StreamOutcome::no_message;
    case kNoStream:
    case kNotEnabled:
    case kNotEnabledForAccount:
      return StreamOutcome::no_stream;
    case kStoreFailed:
      return StreamOutcome::refused;
    case kStreamOffline:
      return StreamOutcome::away;
    default:
      return int_member(error, "code") == kUnavailable ? StreamOutcome::away
                                                       : StreamOutcome::failed;
  }
}

/// The outcome, and with `ok` the answer.
struct Answer {
  StreamOutcome outcome = StreamOutcome::away;
  std::string problem{};
  Json::Value value{};
};

Answer answer_of(const bus::Reply& reply, StreamOutcome nobody) {
  using Outcome = bus::Reply::Outcome;
  if (reply.outcome == Outcome::nobody) return {nobody};
  if (reply.outcome != Outcome::answered) return {StreamOutcome::away};
  // A byte may be looked at as a char ([basic.lval]).
  const std::string_view text(reinterpret_cast<const char*>(reply.body.data()), reply.body.size());
  Result<Json::Value> parsed = json::parse(text, kLimits);
  if (!parsed || !parsed->isObject())
    return {StreamOutcome::failed, "its answer is not understood"};
  if (const Json::Value* const error = json::member(*parsed, "error"); error != nullptr) {
    return {outcome_of(*error),
            text::one_line(json::string_member(*error, "description").value_or("no reason"))};
  }
  return {StreamOutcome::ok, "", std::move(*parsed)};
}

template <typename T>
StreamReply<T> not_understood() {
  return {StreamOutcome::failed, {}, "its answer is not understood"};
}

StreamReply<StreamInfo> info_of(Answer answer) {
  if (answer.outcome != StreamOutcome::ok) return {answer.outcome, {}, std::move(answer.problem)};
  const Json::Value* const state = json::member(answer.value, "state");
  const Json::Value* const config = json::member(answer.value, "config");
  const auto created = json::string_member(answer.value, "created");
  if (state == nullptr || config == nullptr || !created || created->empty())
    return not_understood<StreamInfo>();
  const auto messages = number_member(*state, "messages");
  const auto first = number_member(*state, "first_seq");
  const auto last = number_member(*state, "last_seq");
  if (!messages || !first || !last) return not_understood<StreamInfo>();
  return {StreamOutcome::ok, {std::string(*created), *messages, *first, *last, *config}};
}

StreamReply<StreamMessage> message_of(Answer answer) {
  if (answer.outcome != StreamOutcome::ok) return {answer.outcome, {}, std::move(answer.problem)};
  const Json::Value* const message = json::member(answer.value, "message");
  if (message == nullptr) return not_understood<StreamMessage>();
  const auto subject = json::string_member(*message, "subject");
  const auto sequence = number_member(*message, "seq");
  // A message without content comes without it.
  auto value = text::from_base64(json::string_member(*message, "data").value_or(""));
  if (!subject || !sequence || !value) return not_understood<StreamMessage>();
  return {StreamOutcome::ok, {std::string(*subject), *sequence, std::move(*value)}};
}

}  // namespace

const char* to_string(StreamOutcome outcome) {
  switch (outcome) {
    case StreamOutcome::ok:
      return "done";
    case StreamOutcome::no_message:
      return "it has no such message";
    case StreamOutcome::refused:
      return "it is refused";
    case StreamOutcome::no_stream:
      return "there is no such stream";
    case StreamOutcome::away:
      return "it does not answer";
    case StreamOutcome::failed:
      return "it failed";
  }
  return "";
}

JetStream::Handle JetStream::info(std::string_view stream, Done<StreamInfo> done) {
  return bus_.request("$JS.API.STREAM.INFO." + std::string(stream), {}, kDeadline,
                      [done = std::move(done)](const bus::Reply& reply) {
                        done(info_of(answer_of(reply, StreamOutcome::no_stream)));
                      });
}

JetStream::Handle JetStream::create(const Json::Value& config, Done<StreamInfo> done) {
  const std::string name(json::string_member(config, "name").value_or(""));
  return bus_.request("$JS.API.STREAM.CREATE." + name, body_of(json::write(config)), kDeadline,
                      [done = std::move(done)](const bus::Reply& reply) {
                        done(info_of(answer_of(reply, StreamOutcome::no_stream)));
                      });
}

// A stream without a leader does not listen to its subjects, nor does one that is not there.
JetStream::Handle JetStream::publish(std::string_view stream, const std::string& subject,
                                     Bytes value, Done<std::uint64_t> done) {
  return bus_.request(
      subject, std::move(value), kDeadline,
      [done = std::move(done), stream = std::string(stream)](const bus::Reply& reply) {
        Answer answer = answer_of(reply, StreamOutcome::away);
        if (answer.outcome != StreamOutcome::ok) {
          done({answer.outcome, 0, std::move(answer.problem)});
          return;
        }
        const auto sequence = number_member(answer.value, "seq");
        if (json::string_member(answer.value, "stream") != stream || !sequence) {
          done(not_understood<std::uint64_t>());
        } else {
          done({StreamOutcome::ok, *sequence});
        }
      });
}

JetStream::Handle JetStream::last(std::string_view stream, std::string_view subject,
                                  Done<StreamMessage> done) {
  Json::Value which(Json::objectValue);
  which["last_by_subj"] = std::string(subject);
  return get(stream, which, std::move(done));
}

// By ">" the server takes the next message as it comes; by another pattern 2.9 may look through all
// subjects of a block for each.
JetStream::Handle JetStream::next(std::string_view stream, std::uint64_t sequence,
                                  Done<StreamMessage> done) {
  Json::Value which(Json::objectValue);
  which["seq"] = Json::Value::UInt64{sequence};
  which["next_by_subj"] = ">";
  return get(stream, which, std::move(done));
}

JetStream::Handle JetStream::get(std::string_view stream, const Json::Value& which,
                                 Done<StreamMessage> done) {
  return bus_.request("$JS.API.STREAM.MSG.GET." + std::string(stream), body_of(json::write(which)),
                      kDeadline, [done = std::move(done)](const bus::Reply& reply) {
                        done(message_of(answer_of(reply, StreamOutcome::no_stream)));
                      });
}

}  // namespace sfteams::connector
