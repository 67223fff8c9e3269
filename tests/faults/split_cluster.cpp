#include "tests/faults/split_cluster.h"

#include <filesystem>
#include <stdexcept>
#include <utility>
#include <vector>

#include "tests/integration/child_process.h"

namespace sfteams::faults {

using integration::Cluster;
using integration::Entrance;

SplitCluster::SplitCluster(Line& line, Cluster::Options options) : line_(line) {
  const auto place = [&line](const char* address, Line::Side side) {
    return Cluster::Place{address, [&line, side] { return line.enter(side); }};
  };
  const Cluster::Place near = place(Line::kPbxAddress, kNearSide);
  options.places = {near, near, place(Line::kCloudAddress, kFarSide)};
  cluster_ = std::make_unique<Cluster>(options);
  const auto there = line.enter(kFarSide);
  far_entrance_ = std::make_unique<Entrance>(std::vector{cluster_->target(kFar)},
                                             cluster_->pbx().file("ca.pem"));
}

std::unique_ptr<integration::Installation> SplitCluster::far_pbx(const std::string& system_name) {
  Installation::Options options;
  options.system_name = system_name;
  options.await_tunnel = false;
  options.enter = [&line = line_](Line::Side) { return line.enter(kFarSide); };
  auto pbx = cluster_->another_pbx(std::move(options));
  pbx->enter_by(far_entrance_->url());
  return pbx;
}

std::unique_ptr<integration::Installation> SplitCluster::moved_pbx() {
  auto pbx = far_pbx("pbx.example.com");
  for (const auto& entry : std::filesystem::directory_iterator(cluster_->pbx().file("state"))) {
    if (entry.is_regular_file())
      std::filesystem::copy_file(entry.path(), pbx->file("state") / entry.path().filename());
  }
  return pbx;
}

void SplitCluster::let_clients_dial_far() {
  const std::filesystem::path& file = cluster_->pbx().key_file();
  std::string text = integration::read_file(file);
  const std::string near = cluster_->for_clients().url();
  const std::size_t at = text.find(near);
  if (at == std::string::npos) throw std::runtime_error("the key file does not name " + near);
  integration::write_file(file, text.replace(at, near.size(), far_entrance_->url()));
}

bool SplitCluster::only_at(std::size_t node, const std::string& name) {
  for (std::size_t other = 0; other < Cluster::kNodes; ++other) {
    const Json::Value online = cluster_->status(other)["agents"]["online"];
    if (!online.isIntegral() || (other != node && online != 0)) return false;
  }
  return cluster_->all_see_agent_at(node, name);
}

bool SplitCluster::all_heard() const {
  for (std::size_t node = 0; node < Cluster::kNodes; ++node) {
    const Json::Value others = cluster_->status(node)["cluster"]["nodes"];
    if (others.size() != Cluster::kNodes - 1) return false;
    for (const Json::Value& other : others)
      if (other["silent"] != false) return false;
  }
  return true;
}

bool SplitCluster::whole() const {
  for (std::size_t node = 0; node < Cluster::kNodes; ++node)
    if (cluster_->status(node)["cluster"]["log"]["inStep"] != true) return false;
  return all_heard();
}

}  // namespace sfteams::faults
