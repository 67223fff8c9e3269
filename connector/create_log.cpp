#include "connector/create_log.h"

#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/log/log.h"
#include "connector/cluster/codes.h"
#include "connector/cluster/create_streams.h"
#include "connector/cluster_port.h"
#include "connector/codes.h"
#include "transport/bus/nats_bus.h"
#include "transport/loop.h"

namespace sfteams::connector {
namespace {

using Lines = Result<std::vector<std::string>>;

/// Servers that have just been started need some seconds until they have elected a leader.
constexpr transport::Duration kPatience{15'000};
constexpr transport::Duration kPause{500};

/// One run of the command, on a loop of its own.
class Making {
 public:
  Making(transport::Loop& loop, bus::Bus& bus, const ClusterSettings& settings)
      : loop_(loop), bus_(bus), settings_(settings) {
    end_ = loop_.after(kPatience, [this] { loop_.stop(); });
    watch_ = bus_.watch([this](bool up) {
      if (up) make();
    });
    if (bus_.up()) make();
  }

  [[nodiscard]] Lines run() {
    loop_.run();
    return std::move(outcome_);
  }

 private:
  void make() {
    making_ = std::make_unique<CreateStreams>(bus_, settings_.name,
                                              static_cast<int>(settings_.log_replicas),
                                              [this](Lines lines) { take(std::move(lines)); });
  }

  void take(Lines lines) {
    const bool again = !lines && lines.error().code == codes::kRegistryLogAway;
    outcome_ = std::move(lines);
    if (!again) return loop_.stop();
    again_ = loop_.after(kPause, [this] { make(); });
  }

  transport::Loop& loop_;
  bus::Bus& bus_;
  const ClusterSettings& settings_;
  Lines outcome_ = fail(codes::kNatsAway, "no NATS server of [cluster] nats let this program in",
                        "look at the lines above; see to it that nats-server runs and that the "
                        "file of credentials has its administrator's user and password");
  std::unique_ptr<bus::Handle> watch_;
  std::unique_ptr<transport::Timer> end_;
  std::unique_ptr<transport::Timer> again_;
  std::unique_ptr<CreateStreams> making_;
};

}  // namespace

Result<void> create_log(const ClusterSettings& settings,
                        const std::optional<std::filesystem::path>& credentials,
                        std::ostream& out) {
  // Why a server does not let it in, the bus reports there.
  log::start(log::Level::warn, log::Format::text);
  Result<std::unique_ptr<transport::Loop>> loop = transport::Loop::create();
  if (!loop) return fail(loop.error());
  bus::NatsOptions options = nats_options(settings);
  options.node = "create-log";
  if (credentials) options.credentials_file = *credentials;
  Result<std::unique_ptr<bus::NatsBus>> bus = bus::NatsBus::start(**loop, std::move(options));
  if (!bus) return fail(bus.error());
  const Lines lines = Making(**loop, **bus, settings).run();
  if (!lines) return fail(lines.error());
  for (const std::string& line : *lines)
    out << line << '\n';
  return {};
}

}  // namespace sfteams::connector
