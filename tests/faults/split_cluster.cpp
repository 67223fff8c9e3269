#include "tests/faults/split_cluster.h"

#include <filesystem>
#include <stdexcept>

namespace sfteams::faults {

using integration::Cluster;
using integration::Installation;
using Side = Line::Side;

SplitCluster::SplitCluster(Line& line) : line_(line), visit_(line.enter(Side::cloud)) {
  Cluster::Options options;
  options.nats_address = Line::kCloudAddress;
  options.addresses = {Line::kCloudAddress, Line::kCloudAddress, Line::kPbxAddress};
  options.enter = [&line](std::size_t node) {
    return line.enter(node == kFarNode ? Side::pbx : Side::cloud);
  };
  cluster_ = std::make_unique<Cluster>(options);
}

std::shared_ptr<void> SplitCluster::far_clients() {
  const std::filesystem::path near = pbx().key_file();
  const std::filesystem::path far = pbx().file("far.key");
  std::string text = integration::read_file(near);
  const std::string from = cluster_->for_clients().url();
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("the key file does not name " + from);
  const std::string url = "wss://localhost:" + std::to_string(cluster_->port(kFarNode));
  integration::write_file(far, text.replace(at, from.size(), url));
  pbx().use_key_file(far);
  auto there = line_.enter(Side::pbx);
  return {there.get(), [this, near, there](void*) mutable {
            there.reset();
            pbx().use_key_file(near);
          }};
}

std::unique_ptr<Installation> SplitCluster::far_pbx(const std::string& name) {
  Installation::Options options;
  options.system_name = name;
  options.await_tunnel = false;
  options.enter = [this](Side /*side*/) { return line_.enter(Side::pbx); };
  auto far = cluster_->another_pbx(options);
  far->enter_by("wss://localhost:" + std::to_string(cluster_->port(kFarNode)));
  return far;
}

void SplitCluster::cut(const Line::Quality& how) {
  line_.set(how);
  const bool noticed = integration::eventually(
      [this] { return cluster_->status(kFarNode)["cluster"]["bus"]["up"] == false; });
  if (!noticed) throw std::runtime_error("node c does not notice that its line is cut");
}

}  // namespace sfteams::faults
