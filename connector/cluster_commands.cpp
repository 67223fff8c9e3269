#include "connector/cluster_commands.h"

#include <chrono>
#include <ostream>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

#include "base/clock/utc_time.h"
#include "base/files/atomic_file.h"
#include "connector/certificate.h"
#include "connector/cluster/cluster_keys.h"
#include "transport/bus/nats_options.h"

namespace sfteams::connector {
namespace {

/// Only root can write into /etc; the service reads what its group may read.
void let_group_read(const std::filesystem::path& file) {
  struct stat directory {};
  const std::filesystem::path parent = std::filesystem::absolute(file).parent_path();
  if (::geteuid() != 0 || ::stat(parent.c_str(), &directory) != 0 || directory.st_gid == 0) return;
  if (::chown(file.c_str(), static_cast<uid_t>(-1), directory.st_gid) == 0)
    static_cast<void>(::chmod(file.c_str(), 0640));
}

}  // namespace

Result<void> make_cluster_key(const std::filesystem::path& file, std::ostream& out) {
  const Result<crypto::Secret> content = ClusterKeys::make_file();
  if (!content) return fail(content.error());
  Result<void> written =
      files::write_file_atomically(file, content->bytes(), files::Existing::refuse);
  if (!written) return written;
  let_group_read(file);
  const Result<ClusterKeys> keys = ClusterKeys::read(file);
  if (!keys) return fail(keys.error());
  out << file.string() << ": log secret " << keys->log_fingerprint() << ", key "
      << keys->key_fingerprint() << " (fingerprints)\n"
      << "Copy this file to every node, by a way that nobody else can read, and name it in "
         "[cluster] key-file.\n";
  return {};
}

Result<void> check_cluster(const ClusterSettings& cluster, std::ostream& out) {
  const Result<ClusterKeys> keys = ClusterKeys::read(cluster.key_file);
  if (!keys) return fail(keys.error());
  if (!cluster.nats_credentials.empty()) {
    const auto credentials = bus::NatsCredentials::read(cluster.nats_credentials);
    if (!credentials) return fail(credentials.error());
  }
  std::string links = "links of nodes plain, on this host only";
  if (cluster.peer_tls) {
    const auto validity = check_certificate(*cluster.peer_tls, std::chrono::system_clock::now());
    if (!validity) return fail(validity.error());
    links = "links of nodes by TLS";
    if (*validity) links += ", certificate good until " + clock::utc_text((*validity)->until);
  }
  out << "node " << cluster.node << " of the cluster " << cluster.name << ": log secret "
      << keys->log_fingerprint() << ", key " << keys->key_fingerprint() << " (fingerprints), "
      << links << '\n';
  return {};
}

}  // namespace sfteams::connector
