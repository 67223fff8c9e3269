#include "connector/create_log.h"

#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/ranges.h>

#include "connector/bus_problems.h"
#include "connector/cluster/codes.h"
#include "connector/cluster/create_streams.h"
#include "transport/bus/codes.h"
#include "transport/bus/nats_bus.h"
#include "transport/loop.h"

namespace sfteams::connector {
namespace {

using transport::Duration;
using Lines = std::vector<std::string>;

/// For all of it, and of this until a server lets us in.
constexpr Duration kPatience{15'000};
constexpr Duration kLinePatience{5'000};
/// A leader among the servers is found within some seconds.
constexpr Duration kAgainAfter{500};

/// One attempt after the other, as long as there is hope.
class Creating {
 public:
  Creating(transport::Loop& loop, bus::Bus& bus, const ClusterSettings& cluster,
           std::shared_ptr<BusProblems> problems)
      : loop_(loop), bus_(bus), cluster_(cluster), problems_(std::move(problems)) {}

  [[nodiscard]] Result<Lines> run() {
    const auto watch = bus_.watch([this](bool up) {
      if (up && !streams_ && !again_) create();
    });
    const auto line = loop_.after(kLinePatience, [this] {
      if (!bus_.up()) loop_.stop();
    });
    const auto end = loop_.after(kPatience, [this] { loop_.stop(); });
    loop_.run();
    again_.reset();
    streams_.reset();
    return outcome();
  }

 private:
  void create() {
    streams_ = std::make_unique<CreateStreams>(
        bus_, cluster_.name, static_cast<int>(cluster_.log_replicas),
        [this](Result<Lines> done) { take(std::move(done)); });
  }

  void take(Result<Lines> done) {
    const bool hope = !done && done.error().code.id == codes::kRegistryLogAway.id &&
                      !problems_->last(bus::codes::kNotPermitted);
    result_ = std::move(done);
    if (!hope) return loop_.stop();
    again_ = loop_.after(kAgainAfter, [this] { create(); });
  }

  [[nodiscard]] Result<Lines> outcome() const {
    if (result_ && *result_) return *result_;
    if (const auto refused = problems_->last(bus::codes::kNotPermitted)) {
      return fail(
          bus::codes::kNotPermitted, refused->message,
          "name the file of an administrator's user with --nats-credentials; that of a node "
          "may not make streams, and has to be unable to");
    }
    if (result_) return *result_;
    const std::vector<Error> problems = problems_->all();
    if (!problems.empty()) return fail(problems.back());
    return fail(bus::codes::kUnreachable,
                fmt::format("no NATS server answers: {}", fmt::join(cluster_.nats, ", ")),
                "check that one runs at [cluster] nats");
  }

  transport::Loop& loop_;
  bus::Bus& bus_;
  const ClusterSettings& cluster_;
  std::shared_ptr<BusProblems> problems_;
  std::optional<Result<Lines>> result_;
  std::unique_ptr<CreateStreams> streams_;
  std::unique_ptr<transport::Timer> again_;
};

}  // namespace

Result<void> create_log(const ClusterSettings& cluster,
                        const std::optional<std::filesystem::path>& credentials,
                        std::ostream& out) {
  const Result<std::unique_ptr<transport::Loop>> loop = transport::Loop::create();
  if (!loop) return fail(loop.error());
  bus::NatsOptions options = cluster.nats_options();
  if (credentials) options.credentials_file = *credentials;
  const std::shared_ptr<BusProblems> problems = BusProblems::of(options);
  const Result<std::unique_ptr<bus::NatsBus>> bus = bus::NatsBus::start(**loop, std::move(options));
  if (!bus) return fail(bus.error());
  const Result<Lines> lines = Creating(**loop, **bus, cluster, problems).run();
  if (!lines) return fail(lines.error());
  for (const std::string& line : *lines)
    out << line << '\n';
  return {};
}

}  // namespace sfteams::connector
