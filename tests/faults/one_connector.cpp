#include <algorithm>
#include <iterator>

#include "tests/faults/line.h"
#include "tests/faults/process_faults.h"
#include "tests/faults/site.h"

namespace sfteams::faults {
namespace {

using integration::Installation;

std::unique_ptr<Line> line_for(const SoakOptions& options) {
  if (options.faults == "pbx") return nullptr;
  auto line = Line::create(options.seed);
  if (line) return std::move(*line);
  throw MachineLacks(
      "the faults of the network need root (CAP_SYS_ADMIN and CAP_NET_ADMIN) and "
      "/dev/net/tun, and no line can be laid here: " +
      line.error() + "; '--faults pbx' goes without them");
}

Installation::Options options_for(const Line* line, const SoakOptions& wanted) {
  Installation::Options options = installation_options(wanted);
  if (line != nullptr) line->span(options);
  options.connector_settings = connector_settings() + Gauges::kSettings;
  return options;
}

class OneConnector final : public Site {
 public:
  explicit OneConnector(const SoakOptions& options)
      : only_the_pbx_(options.faults == "pbx"),
        line_(line_for(options)),
        installation_(options_for(line_.get(), options)) {
    // The fleet's sockets are made here.
    if (line_) visit_ = line_->enter(Line::Side::cloud);
  }

  Installation& installation() override { return installation_; }
  void start() override { installation_.start(); }

  std::vector<Fault> faults(Gauges& gauges, Dice& dice) override {
    const auto agent = gauges.watch_agent(
        {[this]() -> integration::ChildProcess& { return installation_.agent(); },
         [this] { return installation_.watched(Installation::Side::pbx, "/metrics"); }});
    const auto connector = gauges.watch_connector(
        "connector",
        {[this]() -> integration::ChildProcess& { return installation_.connector(); },
         [this] { return installation_.watched(Installation::Side::cloud, "/metrics"); }});
    if (only_the_pbx_) return {};
    std::vector<Fault> all = connector_faults(installation_, gauges, connector, dice);
    std::ranges::move(agent_faults(installation_, gauges, agent, dice), std::back_inserter(all));
    std::ranges::move(line_faults(*line_, dice), std::back_inserter(all));
    return all;
  }

 private:
  const bool only_the_pbx_;
  std::unique_ptr<Line> line_;  ///< none when only faults of the PBX are wanted
  std::shared_ptr<void> visit_;
  Installation installation_;
};

}  // namespace

std::unique_ptr<Site> one_connector(const SoakOptions& options) {
  return std::make_unique<OneConnector>(options);
}

std::unique_ptr<Site> site_for(const SoakOptions& options) {
  return options.nodes == 1 ? one_connector(options) : three_nodes(options);
}

}  // namespace sfteams::faults
