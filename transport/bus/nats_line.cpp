#include "transport/bus/nats_line.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "base/log/log.h"
#include "transport/bus/codes.h"

namespace sfteams::bus {
namespace {

constexpr std::string_view kBeat = "beat";

/// What a subscription's callbacks get: freed when libnats has delivered its last message.
struct Tap {
  std::shared_ptr<LineEnds> ends;
  std::uint64_t number;
};

struct MessageFree {
  void operator()(natsMsg* message) const noexcept { natsMsg_Destroy(message); }
};
using OwnedMessage = std::unique_ptr<natsMsg, MessageFree>;

std::string text_of(const char* text) {
  return text == nullptr ? std::string() : std::string(text);
}

std::string_view data_of(natsMsg* message) {
  const char* const data = natsMsg_GetData(message);
  const int length = natsMsg_GetDataLength(message);
  return data == nullptr || length <= 0 ? std::string_view()
                                        : std::string_view(data, static_cast<std::size_t>(length));
}

/// nullopt: it is none.
std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

void hand_over(Tap& tap, Incoming::Kind kind, std::uint64_t number, natsMsg* message) {
  const std::string_view data = data_of(message);
  if (data.size() > kMaxBody) {
    tap.ends->inbound->drop();
    return;
  }
  static_cast<void>(tap.ends->inbound->put(
      {kind,
       number,
       {text_of(natsMsg_GetSubject(message)), text_of(natsMsg_GetReply(message)),
        Bytes(data.begin(), data.end())}}));
}

void on_message(natsConnection* /*connection*/, natsSubscription* /*subscription*/,
                natsMsg* raw_message, void* closure) noexcept {
  const OwnedMessage message(raw_message);
  Tap& tap = *static_cast<Tap*>(closure);
  hand_over(tap, Incoming::Kind::message, tap.number, message.get());
}

/// A heartbeat, or the end of a request.
void on_inbox(natsConnection* /*connection*/, natsSubscription* /*subscription*/,
              natsMsg* raw_message, void* closure) noexcept {
  const OwnedMessage message(raw_message);
  Tap& tap = *static_cast<Tap*>(closure);
  const std::string subject = text_of(natsMsg_GetSubject(message.get()));
  if (subject.size() <= tap.ends->inbox.size()) return;
  const std::string_view last = std::string_view(subject).substr(tap.ends->inbox.size());
  if (last == kBeat) {
    // Others know this subject, too: what was never sent, or came already, is not from here.
    const auto number = number_of(data_of(message.get()));
    if (number && *number > tap.ends->last_echo && *number <= tap.ends->last_beat)
      tap.ends->last_echo = *number;
    return;
  }
  const auto request = number_of(last);
  if (!request) return;
  const bool nobody = natsMsg_IsNoResponders(message.get());
  hand_over(tap, nobody ? Incoming::Kind::nobody : Incoming::Kind::answered, *request,
            message.get());
}

void on_complete(void* closure) noexcept {
  delete static_cast<Tap*>(closure);  // NOLINT(cppcoreguidelines-owning-memory)
}

std::string last_words(natsConnection* connection) {
  const char* text = nullptr;
  static_cast<void>(natsConnection_GetLastError(connection, &text));
  return text_of(text);
}

/// libnats' last word about a connection.
void on_closed(natsConnection* connection, void* closure) noexcept {
  const std::unique_ptr<std::shared_ptr<LineContext>> context(
      static_cast<std::shared_ptr<LineContext>*>(closure));
  (*context)->ends->closed((*context)->number, last_words(connection));
}

void on_error(natsConnection* connection, natsSubscription* /*subscription*/, natsStatus status,
              void* closure) noexcept {
  const LineContext& context = **static_cast<std::shared_ptr<LineContext>*>(closure);
  if (status == NATS_SLOW_CONSUMER) context.ends->inbound->drop();
  if (status != NATS_NOT_PERMITTED) return;
  context.ends->problem(Error{
      codes::kNotPermitted, "the NATS server does not permit something: " + last_words(connection),
      "give the node's user the rights that the cluster's guide names"});
}

}  // namespace

LineContext::~LineContext() {
  for (natsSubscription* const each : subscriptions)
    natsSubscription_Destroy(each);
}

std::shared_ptr<LineContext>* NatsLine::set_callbacks(natsOptions* options,
                                                      std::shared_ptr<LineContext> context) {
  auto held = std::make_unique<std::shared_ptr<LineContext>>(std::move(context));
  natsOptions_SetClosedCB(options, on_closed, held.get());
  natsOptions_SetErrorHandler(options, on_error, held.get());
  return held.release();
}

NatsLine::NatsLine(natsConnection* connection, std::shared_ptr<LineContext> context)
    : connection_(connection), context_(std::move(context)) {}

NatsLine::~NatsLine() {
  natsConnection_Close(connection_);
  for (const auto& [number, subscription] : subscriptions_)
    context_->subscriptions.push_back(subscription);
  for (const Ended& each : ended_)
    context_->subscriptions.push_back(each.subscription);
  context_->subscriptions.push_back(inbox_);
  natsConnection_Destroy(connection_);
}

natsSubscription* NatsLine::open(const std::string& subject, natsMsgHandler handler,
                                 std::uint64_t number) {
  auto tap = std::make_unique<Tap>(Tap{context_->ends, number});
  natsSubscription* subscription = nullptr;
  if (natsConnection_Subscribe(&subscription, connection_, subject.c_str(), handler, tap.get()) !=
      NATS_OK)
    return nullptr;
  // From here on libnats has it. When the line was closed between these two calls, nobody can say
  // when the last message is delivered: then it stays, one at most for every line.
  static_cast<void>(natsSubscription_SetOnCompleteCB(subscription, on_complete, tap.release()));
  return subscription;
}

bool NatsLine::subscribe(std::uint64_t number, const std::string& subject) {
  natsSubscription* const subscription = open(subject, on_message, number);
  if (subscription == nullptr) return false;
  subscriptions_.emplace(number, subscription);
  return true;
}

bool NatsLine::listen_to_inbox() {
  inbox_ = open(context_->ends->inbox + "*", on_inbox, 0);
  return inbox_ != nullptr;
}

void NatsLine::unsubscribe(std::uint64_t number) {
  const auto found = subscriptions_.find(number);
  if (found == subscriptions_.end()) return;
  natsSubscription_Unsubscribe(found->second);
  ended_.push_back({found->second, last_beat_});
  subscriptions_.erase(found);
}

NatsLine::Sent NatsLine::publish(const std::string& subject, const std::string& reply_to,
                                 const Bytes& body) {
  const int size = static_cast<int>(body.size());
  const natsStatus status =
      reply_to.empty() ? natsConnection_Publish(connection_, subject.c_str(), body.data(), size)
                       : natsConnection_PublishRequest(connection_, subject.c_str(),
                                                       reply_to.c_str(), body.data(), size);
  if (status == NATS_OK) return Sent::yes;
  // After any other failure a part of a message may have gone out.
  return status == NATS_MAX_PAYLOAD || status == NATS_INVALID_SUBJECT ? Sent::refused : Sent::dead;
}

bool NatsLine::beat(std::uint64_t number) {
  const auto passed =
      std::ranges::find_if(ended_, [echo = context_->ends->last_echo.load()](const Ended& each) {
        return each.after_beat >= echo;
      });
  for (auto each = ended_.begin(); each != passed; ++each)
    natsSubscription_Destroy(each->subscription);
  ended_.erase(ended_.begin(), passed);
  last_beat_ = number;
  context_->ends->last_beat = number;
  const std::string text = std::to_string(number);
  return publish(context_->ends->inbox + std::string(kBeat), "", Bytes(text.begin(), text.end())) ==
         Sent::yes;
}

}  // namespace sfteams::bus
