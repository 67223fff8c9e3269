#include "transport/resolver.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <map>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/error/system_error.h"
#include "transport/codes.h"
#include "transport/loop_impl.h"

namespace sfteams::transport {
namespace {

constexpr std::size_t kMaxAddresses = 16;

/// Somebody who waits for a name; empty when it has been called or is not wanted any more.
using Waiter = Resolver::Callback;

class WaitingLookup final : public Lookup {
 public:
  explicit WaitingLookup(std::shared_ptr<Waiter> waiter) : waiter_(std::move(waiter)) {}
  ~WaitingLookup() override { const auto dropped = std::exchange(*waiter_, nullptr); }
  WaitingLookup(const WaitingLookup&) = delete;
  WaitingLookup& operator=(const WaitingLookup&) = delete;

 private:
  std::shared_ptr<Waiter> waiter_;
};

void tell(Waiter& waiter, const Result<Resolver::Addresses>& outcome) {
  const auto callback = std::exchange(waiter, nullptr);
  if (callback) callback(outcome);
}

std::string numeric(const addrinfo& entry) {
  std::array<char, NI_MAXHOST> text{};
  const int status = ::getnameinfo(entry.ai_addr, entry.ai_addrlen, text.data(),
                                   static_cast<socklen_t>(text.size()), nullptr, 0, NI_NUMERICHOST);
  return status == 0 ? std::string(text.data()) : std::string();
}

Error not_resolved(const std::string& host, int status) {
  const int system_error = errno;
  const std::string reason =
      status == EAI_SYSTEM ? system_message(system_error) : std::string(::gai_strerror(status));
  if (status == EAI_AGAIN) {
    return Error{codes::kResolveFailed, "no name server answered for \"" + host + "\": " + reason,
                 "check /etc/resolv.conf and the network, then try again"};
  }
  return Error{codes::kResolveFailed, "the name \"" + host + "\" was not found: " + reason,
               "check how it is written and that this host's name servers know it"};
}

Result<Resolver::Addresses> ask_system(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int status = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (status != 0) return fail(not_resolved(host, status));
  Resolver::Addresses addresses;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    std::string address = numeric(*entry);
    const bool known = std::find(addresses.begin(), addresses.end(), address) != addresses.end();
    if (!address.empty() && !known) addresses.push_back(std::move(address));
    if (addresses.size() == kMaxAddresses) break;
  }
  ::freeaddrinfo(found);
  if (addresses.empty()) return fail(not_resolved(host, EAI_NONAME));
  return addresses;
}

std::optional<Resolver::Addresses> known_without_asking(const std::string& host) {
  in6_addr space{};
  if (::inet_pton(AF_INET, host.c_str(), &space) == 1 ||
      ::inet_pton(AF_INET6, host.c_str(), &space) == 1) {
    return Resolver::Addresses{host};
  }
  if (host == "localhost") return Resolver::Addresses{"127.0.0.1", "::1"};
  return std::nullopt;
}

}  // namespace

/// Lives on the loop's thread. The threads hold a weak reference, which they only carry back there.
struct Resolver::State : std::enable_shared_from_this<State> {
  using Waiters = std::vector<std::shared_ptr<Waiter>>;

  std::shared_ptr<Mailbox> mailbox;
  std::shared_ptr<const System> system;
  std::map<std::string, Waiters> running;
  std::map<std::string, Waiters> waiting;
  std::deque<std::string> queue;  ///< the hosts of `waiting`, in the order of asking

  State(std::shared_ptr<Mailbox> its_mailbox, System its_system)
      : mailbox(std::move(its_mailbox)),
        system(std::make_shared<const System>(std::move(its_system))) {}

  void ask(const std::string& host, const std::shared_ptr<Waiter>& waiter);
  void start(const std::string& host, Waiters waiters);
  void finish(const std::string& host, const Result<Addresses>& outcome);
  void start_next();
};

void Resolver::State::ask(const std::string& host, const std::shared_ptr<Waiter>& waiter) {
  if (const auto found = running.find(host); found != running.end()) {
    found->second.push_back(waiter);
    return;
  }
  if (running.size() < kMaxRunning) return start(host, {waiter});
  Waiters& waiters = waiting[host];
  if (waiters.empty()) queue.push_back(host);
  waiters.push_back(waiter);
}

void Resolver::State::start(const std::string& host, Waiters waiters) {
  running.emplace(host, std::move(waiters));
  auto work = [host, look_up = system, back = mailbox, state = weak_from_this()] {
    auto outcome = (*look_up)(host);
    back->put([host, state, outcome = std::move(outcome)] {
      if (const auto alive = state.lock()) alive->finish(host, outcome);
    });
  };
  try {
    std::thread(std::move(work)).detach();
  } catch (const std::system_error& no_thread) {
    const Error error{codes::kResolveFailed,
                      "looking up \"" + host + "\" failed: " + no_thread.what(),
                      "the system has no thread left for it (ulimit -u)"};
    mailbox->put([host, state = weak_from_this(), error] {
      if (const auto alive = state.lock()) alive->finish(host, fail(error));
    });
  }
}

void Resolver::State::finish(const std::string& host, const Result<Addresses>& outcome) {
  auto node = running.extract(host);
  start_next();
  if (node.empty()) return;
  for (const auto& waiter : node.mapped())
    tell(*waiter, outcome);
}

void Resolver::State::start_next() {
  while (!queue.empty() && running.size() < kMaxRunning) {
    const std::string host = std::move(queue.front());
    queue.pop_front();
    auto node = waiting.extract(host);
    const bool wanted = std::any_of(node.mapped().begin(), node.mapped().end(),
                                    [](const auto& waiter) { return *waiter != nullptr; });
    if (wanted) start(host, std::move(node.mapped()));
  }
}

Resolver::Resolver(Loop& loop) : Resolver(loop, ask_system) {}

Resolver::Resolver(Loop& loop, System system)
    : state_(std::make_shared<State>(loop.impl().mailbox, std::move(system))) {}

Resolver::~Resolver() = default;

std::unique_ptr<Lookup> Resolver::resolve(const std::string& host, Callback callback) {
  auto waiter = std::make_shared<Waiter>(std::move(callback));
  auto lookup = std::make_unique<WaitingLookup>(waiter);
  if (auto addresses = known_without_asking(host)) {
    state_->mailbox->put([waiter = std::move(waiter), found = std::move(*addresses)] {
      tell(*waiter, Result<Addresses>(found));
    });
    return lookup;
  }
  state_->ask(host, waiter);
  return lookup;
}

}  // namespace sfteams::transport
