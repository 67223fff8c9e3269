#include "connector/cluster_settings.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "connector/cluster/node_identity.h"
#include "transport/url.h"

namespace sfteams::connector {
namespace {

namespace fs = std::filesystem;
using settings::Reader;
using transport::Duration;

constexpr const char* kSection = "cluster";

bool is_cluster_name(std::string_view text) {
  constexpr std::size_t kMost = 32;
  const auto may_be = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  };
  return !text.empty() && text.size() <= kMost && std::ranges::all_of(text, may_be);
}

/// Every key is read, so that none of them is unknown where there is no cluster; but nothing is
/// refused there.
class Keys {
 public:
  Keys(Reader& reader, bool wanted) : reader_(reader), wanted_(wanted) {}

  [[nodiscard]] std::string text(const char* key, std::string fallback) const {
    return reader_.text(kSection, key, std::move(fallback));
  }
  [[nodiscard]] std::vector<std::string> list(const char* key,
                                              std::vector<std::string> fallback) const {
    return reader_.list(kSection, key, std::move(fallback));
  }
  void reject(const char* key, const std::string& reason, const std::string& hint) const {
    if (wanted_) reader_.reject(kSection, key, reason, hint);
  }

 private:
  Reader& reader_;
  bool wanted_;
};

void take_names(const Keys& keys, ClusterSettings& cluster) {
  if (!is_cluster_name(cluster.name)) {
    keys.reject("name", "it has other characters than letters, digits, '-' and '_'",
                "write a word of at most 32 of them, the same on all nodes");
  }
  cluster.node = keys.text("node", "");
  if (!is_node_id(cluster.node)) {
    keys.reject("node", "it is not the name of a node",
                "write 1 to 32 characters a-z, 0-9 and '-', another one on each node");
  }
}

void take_peer_listen(const Keys& keys, const fs::path& directory, ClusterSettings& cluster) {
  const auto endpoint = transport::Endpoint::parse(keys.text("peer-address", "127.0.0.1:8444"));
  if (!endpoint) {
    keys.reject("peer-address", "it has to be an IP address and a port",
                "write address:port of the network between the nodes, as in 10.0.0.1:8444");
    return;
  }
  cluster.peer_listen = *endpoint;
  const std::string certificate = keys.text("peer-certificate-file", "");
  const std::string key = keys.text("peer-certificate-key-file", "");
  if (certificate.empty() != key.empty()) {
    keys.reject(certificate.empty() ? "peer-certificate-file" : "peer-certificate-key-file",
                "TLS needs both peer-certificate-file and peer-certificate-key-file",
                "give both, or neither where peer-address is on loopback");
  } else if (!certificate.empty()) {
    cluster.peer_tls = {directory / certificate, directory / key};
  } else if (!transport::is_loopback(cluster.peer_listen.address)) {
    keys.reject("peer-address",
                "it can be reached from other hosts, but there is no peer-certificate-file",
                "give peer-certificate-file and peer-certificate-key-file");
  }
}

/// What the other nodes dial; by default the address that this one listens on.
void take_peer_url(const Keys& keys, const fs::path& directory, ClusterSettings& cluster) {
  const std::string ca = keys.text("ca-file", "");
  if (!ca.empty()) cluster.ca_file = directory / ca;
  const std::string fallback =
      (cluster.peer_tls ? "wss://" : "ws://") + cluster.peer_listen.to_string();
  cluster.peer_url = keys.text("peer-url", "");
  if (cluster.peer_url.empty()) cluster.peer_url = fallback;
  const Result<transport::Url> url = transport::parse_url(cluster.peer_url);
  const bool websocket = url && (url->scheme == "wss" || url->scheme == "ws");
  constexpr std::size_t kMost = 200;
  if (!websocket || cluster.peer_url.size() > kMost) {
    keys.reject("peer-url", "it is no address of a websocket",
                "write wss://host:port, as the other nodes reach peer-address");
  } else if (url->scheme == "ws" && !transport::is_loopback(url->host)) {
    keys.reject("peer-url", "links to another host have to be encrypted",
                "write wss://host:port, and give peer-certificate-file");
  }
}

void take_nats(const Keys& keys, const fs::path& directory, ClusterSettings& cluster) {
  cluster.nats = keys.list("nats", {"nats://127.0.0.1:4222"});
  for (const std::string& server : cluster.nats) {
    const bool known = server.starts_with("nats://") || server.starts_with("tls://");
    // What stands before an '@' may be a password.
    if (known && server.find('@') == std::string::npos) continue;
    keys.reject("nats",
                known ? std::string("an address has an '@'") : "\"" + server + "\" is no address",
                "write nats://127.0.0.1:4222 or tls://host:4222, with commas between several; "
                "user and password belong into nats-credentials-file");
  }
  const std::string credentials = keys.text("nats-credentials-file", "");
  if (!credentials.empty()) cluster.nats_credentials = directory / credentials;
}

}  // namespace

std::optional<ClusterSettings> ClusterSettings::take(Reader& reader, const fs::path& directory) {
  ClusterSettings cluster;
  cluster.name = reader.text(kSection, "name", "");
  const bool wanted = !cluster.name.empty();
  const Keys keys(reader, wanted);
  take_names(keys, cluster);
  take_peer_listen(keys, directory, cluster);
  take_peer_url(keys, directory, cluster);
  take_nats(keys, directory, cluster);
  const std::string key_file = keys.text("key-file", "");
  cluster.key_file = directory / key_file;
  if (key_file.empty()) {
    keys.reject("key-file", "it is empty",
                "make one with `starface-teams-connector cluster new-key` and put it on all nodes");
  }
  cluster.log_replicas = reader.count(kSection, "log-replicas", cluster.log_replicas, 1, 5);
  cluster.leave_announced =
      reader.seconds(kSection, "leave-announced", cluster.leave_announced, 0, 300);
  cluster.leave_within = reader.seconds(kSection, "leave-within", cluster.leave_within, 1, 300);
  if (!wanted) return std::nullopt;
  return cluster;
}

bus::NatsOptions ClusterSettings::nats_options() const {
  bus::NatsOptions options;
  options.servers = nats;
  options.node = node;
  if (!nats_credentials.empty()) options.credentials_file = nats_credentials;
  options.ca_file = ca_file;
  if (peer_tls) {
    options.certificate_file = peer_tls->certificate_file;
    options.key_file = peer_tls->key_file;
  }
  return options;
}

}  // namespace sfteams::connector
