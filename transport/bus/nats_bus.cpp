#include "transport/bus/nats_bus.h"

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "base/crypto/random.h"
#include "base/error/system_error.h"
#include "base/files/access.h"
#include "base/text/encoding.h"
#include "transport/bus/codes.h"
#include "transport/bus/inbound.h"
#include "transport/bus/nats_worker.h"
#include "transport/bus/own_threads.h"
#include "transport/bus/subject.h"
#include "transport/bus/worker_queue.h"

namespace sfteams::bus {
namespace {

using transport::Duration;

/// What one turn of the loop takes at most.
constexpr std::size_t kPortion = 256;
constexpr std::size_t kBite = 16;
constexpr Duration kTurn{5};
constexpr Duration kFarewell{1'000};
constexpr std::size_t kMostNode = 64;
constexpr std::size_t kInboxBytes = 12;

class EndingHandle final : public Handle {
 public:
  explicit EndingHandle(std::function<void()> end) : end_(std::move(end)) {}
  ~EndingHandle() override { end_(); }
  EndingHandle(const EndingHandle&) = delete;
  EndingHandle& operator=(const EndingHandle&) = delete;

 private:
  std::function<void()> end_;
};

bool is_node(std::string_view text) {
  return !text.empty() && text.size() <= kMostNode &&
         text.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") ==
             std::string_view::npos;
}

Result<std::vector<NatsAddress>> addresses_of(const NatsOptions& options) {
  if (options.servers.empty() || options.servers.size() > kMostServers) {
    return fail(codes::kBadServer,
                std::to_string(options.servers.size()) + " NATS servers are named",
                "name 1 to " + std::to_string(kMostServers));
  }
  std::vector<NatsAddress> addresses;
  for (const std::string& text : options.servers) {
    Result<NatsAddress> address = NatsAddress::parse(text);
    if (!address) return fail(address.error());
    addresses.push_back(std::move(*address));
  }
  return addresses;
}

Result<void> check_files(const NatsOptions& options) {
  if (options.credentials_file) {
    const auto credentials = NatsCredentials::read(*options.credentials_file);
    if (!credentials) return fail(credentials.error());
  }
  if (options.certificate_file.has_value() != options.key_file.has_value()) {
    return fail(codes::kTlsFile, "a certificate for NATS without its key, or a key without one",
                "name both files or neither");
  }
  for (const auto* const file : {&options.ca_file, &options.certificate_file, &options.key_file}) {
    if (!*file) continue;
    if (const int problem = files::reading_problem(**file); problem != 0) {
      return fail(codes::kTlsFile,
                  "cannot read " + (*file)->string() + ": " + system_message(problem),
                  "check the path and the rights on it");
    }
  }
  return {};
}

Result<std::string> make_inbox(const std::string& node) {
  std::array<std::uint8_t, kInboxBytes> random{};
  if (const Result<void> filled = crypto::fill_random(random); !filled) return fail(filled.error());
  return "_INBOX." + node + "." + text::to_hex(random) + ".";
}

void check_size(const Bytes& body) {
  if (body.size() > kMaxBody) throw std::length_error("a message that no bus takes");
}

}  // namespace

struct NatsBus::Core : std::enable_shared_from_this<Core> {
  struct Request {
    std::function<void(Reply)> done;
    std::unique_ptr<transport::Timer> timer;
  };
  using Got = std::function<void(const Message&)>;
  using Changed = std::function<void(bool up)>;

  explicit Core(transport::Loop& the_loop)
      : loop(the_loop), share(std::make_shared<WorkerShare>()) {
    share->queue = std::make_shared<WorkerQueue>();
    share->inbound = std::make_shared<Inbound>(loop);
    share->threads = std::make_shared<OwnThreads>();
  }

  transport::Loop& loop;
  std::shared_ptr<WorkerShare> share;
  bool up = false;
  std::uint64_t next = 0;
  std::uint64_t accepted = 0;  ///< by the queue
  std::uint64_t refused = 0;   ///< at once
  mutable Counts counts{};
  std::map<std::uint64_t, std::shared_ptr<Changed>> watches{};
  std::unordered_map<std::uint64_t, std::shared_ptr<Got>> subscriptions{};
  std::unordered_map<std::uint64_t, Request> requests{};

  /// Something waits at the entrance.
  void rung();
  void set_up(bool now_up);
  void deliver(Incoming& incoming);
  void finish(std::uint64_t number, Reply reply);
  [[nodiscard]] bool send(Publish message);
};

void NatsBus::Core::rung() {
  const auto self = shared_from_this();  // a callback may end the bus
  const LineState line = share->inbound->line();
  if (line.ups != counts.ups) {
    // However often: what was sent in between may be lost.
    set_up(false);
    counts.ups = line.ups;
    set_up(line.up);
  } else {
    set_up(line.up);
  }
  const transport::TimePoint end = transport::Clock::now() + kTurn;
  for (std::size_t taken = 0; taken < kPortion && transport::Clock::now() < end; taken += kBite) {
    std::vector<Incoming> bite = share->inbound->take(kBite);
    for (Incoming& each : bite)
      deliver(each);
    if (bite.size() < kBite) break;
  }
  share->inbound->ring_if_more();
}

void NatsBus::Core::set_up(bool now_up) {
  if (std::exchange(up, now_up) == now_up) return;
  const auto all = watches;
  for (const auto& [number, changed] : all)
    if (watches.contains(number)) (*changed)(now_up);
}

void NatsBus::Core::deliver(Incoming& incoming) {
  switch (incoming.kind) {
    case Incoming::Kind::message: {
      const auto found = subscriptions.find(incoming.number);
      if (found == subscriptions.end()) return;
      ++counts.received;
      const std::shared_ptr<Got> got = found->second;
      return (*got)(incoming.message);
    }
    case Incoming::Kind::answered:
      if (requests.contains(incoming.number)) ++counts.received;
      return finish(incoming.number, {Reply::Outcome::answered, std::move(incoming.message.body)});
    case Incoming::Kind::nobody:
      return finish(incoming.number, {Reply::Outcome::nobody});
    case Incoming::Kind::down:
      return finish(incoming.number, {Reply::Outcome::down});
  }
}

void NatsBus::Core::finish(std::uint64_t number, Reply reply) {
  auto request = requests.extract(number);
  if (!request.empty()) request.mapped().done(std::move(reply));
}

bool NatsBus::Core::send(Publish message) {
  check_size(message.body);
  const bool sent = up && is_subject(message.subject) && share->queue->put(std::move(message));
  ++(sent ? accepted : refused);
  return sent;
}

Result<std::unique_ptr<NatsBus>> NatsBus::start(transport::Loop& loop, NatsOptions options) {
  if (!is_node(options.node)) {
    return fail(codes::kBadNode, "the node's name is none that the bus can use",
                "give it 1 to 64 letters, digits, '-' and '_'");
  }
  auto servers = addresses_of(options);
  if (!servers) return fail(servers.error());
  if (const Result<void> checked = check_files(options); !checked) return fail(checked.error());
  auto inbox = make_inbox(options.node);
  if (!inbox) return fail(inbox.error());
  auto core = std::make_shared<Core>(loop);
  core->share->inbound->on_ring([weak = std::weak_ptr(core)] {
    if (const auto self = weak.lock()) self->rung();
  });
  const Result<void> started = core->share->threads->start(
      [options = std::move(options), servers = std::move(*servers), inbox = std::move(*inbox),
       share = core->share] { NatsWorker(options, servers, inbox, share).run(); });
  if (!started) return fail(started.error());
  return std::unique_ptr<NatsBus>(new NatsBus(std::move(core)));
}

NatsBus::NatsBus(std::shared_ptr<Core> core) : core_(std::move(core)) {}

NatsBus::~NatsBus() {
  core_->share->inbound->close();
  core_->share->queue->close();
  static_cast<void>(core_->share->threads->wait(kFarewell));
}

bool NatsBus::up() const {
  return core_->up;
}

std::unique_ptr<Handle> NatsBus::watch(std::function<void(bool up)> changed) {
  const std::uint64_t number = ++core_->next;
  core_->watches.emplace(number, std::make_shared<Core::Changed>(std::move(changed)));
  return std::make_unique<EndingHandle>([weak = std::weak_ptr(core_), number] {
    if (const auto core = weak.lock()) core->watches.erase(number);
  });
}

bool NatsBus::publish(const std::string& subject, Bytes body) {
  return core_->send({subject, 0, std::move(body)});
}

std::unique_ptr<Handle> NatsBus::request(const std::string& subject, Bytes body,
                                         transport::Duration deadline,
                                         std::function<void(Reply)> done) {
  check_size(body);
  const std::uint64_t number = ++core_->next;
  const bool sent = core_->send({subject, number, std::move(body)});
  const Reply::Outcome otherwise = sent ? Reply::Outcome::late : Reply::Outcome::down;
  auto timer = core_->loop.after(sent ? deadline : Duration(0),
                                 [weak = std::weak_ptr(core_), number, otherwise] {
                                   if (const auto core = weak.lock())
                                     core->finish(number, {otherwise});
                                 });
  core_->requests.emplace(number, Core::Request{std::move(done), std::move(timer)});
  return std::make_unique<EndingHandle>([weak = std::weak_ptr(core_), number] {
    // Out of the map first: what goes with it may come back here.
    if (const auto core = weak.lock()) static_cast<void>(core->requests.extract(number));
  });
}

std::unique_ptr<Handle> NatsBus::subscribe(const std::string& subject,
                                           std::function<void(const Message&)> got) {
  if (!is_pattern(subject)) throw std::invalid_argument("nothing that can be subscribed");
  const std::uint64_t number = ++core_->next;
  core_->subscriptions.emplace(number, std::make_shared<Core::Got>(std::move(got)));
  core_->share->queue->put(Subscribe{number, subject});
  return std::make_unique<EndingHandle>([weak = std::weak_ptr(core_), number] {
    const auto core = weak.lock();
    if (!core) return;
    const auto held = core->subscriptions.extract(number);
    core->share->queue->put(Unsubscribe{number});
  });
}

const Counts& NatsBus::counts() const {
  const std::uint64_t not_sent = core_->share->not_sent.load(std::memory_order_relaxed);
  core_->counts.sent = core_->accepted - not_sent;
  core_->counts.dropped_out = core_->refused + not_sent;
  core_->counts.dropped_in = core_->share->inbound->dropped();
  return core_->counts;
}

}  // namespace sfteams::bus
