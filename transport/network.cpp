#include "transport/network.h"

#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/files/descriptor.h"
#include "transport/codes.h"
#include "transport/dial_link.h"
#include "transport/loop_impl.h"
#include "transport/lws_log.h"
#include "transport/network_impl.h"

namespace sfteams::transport {
namespace {

constexpr std::size_t kSpareBuffers = 4;

lws_context_creation_info context_info(Network::Impl& network, void** foreign_loops) {
  lws_context_creation_info info{};
  info.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
                 LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
  info.foreign_loops = foreign_loops;
  info.user = &network;
  info.pcontext = &network.context;
  info.port = CONTEXT_PORT_NO_LISTEN;
  info.alpn = "http/1.1";
  // One TLS record, and the room that libwebsockets keeps in front.
  info.pt_serv_buf_size = 16 * 1024 + 64;
  info.max_http_header_data = kMaxUpgradeHeaders;
  info.timeout_secs = kSecondNetSeconds;
  return info;
}

/// The eventfd with which libwebsockets wakes itself.
int find_wake_up_fd(uv_loop_t* loop) {
  int found = -1;
  uv_walk(
      loop,
      [](uv_handle_t* handle, void* out) {
        if (handle->type != UV_POLL || uv_is_closing(handle) != 0) return;
        uv_os_fd_t fd = -1;
        if (uv_fileno(handle, &fd) != 0) return;
        std::array<char, 32> target{};
        const std::string path = "/proc/self/fd/" + std::to_string(fd);
        const ssize_t length = ::readlink(path.c_str(), target.data(), target.size() - 1);
        if (length > 0 && std::string_view(target.data()) == "anon_inode:[eventfd]") {
          *static_cast<int*>(out) = fd;
        }
      },
      &found);
  return found;
}

}  // namespace

Network::Impl::Impl(Loop& the_loop)
    : loop(the_loop), resolver(std::in_place, the_loop), turn_end(std::in_place, the_loop) {
  write_turn.emplace(*turn_end);
}

Network::Impl::~Impl() {
  write_turn.reset();
  turn_end.reset();
  if (context != nullptr) destroy_context();
}

Result<void> Network::Impl::start() {
  route_lws_log();
  std::array<void*, 1> loops{uv_of(loop)};
  const lws_context_creation_info info = context_info(*this, loops.data());
  context = lws_create_context(&info);
  if (context == nullptr) {
    return fail(codes::kNetworkFailed, "libwebsockets could not be started on the libuv event loop",
                "install the Debian package libwebsockets-evlib-uv, which it loads when it starts");
  }
  auto no_tls = ClientTls::trusting_nobody();
  if (!no_tls) return fail(no_tls.error());
  no_client_tls_ = std::move(*no_tls);
  lws_context_creation_info plain_info{};
  plain_info.port = CONTEXT_PORT_NO_LISTEN;
  plain = make_vhost(plain_info, "plain");
  if (plain == nullptr) {
    return fail(codes::kNetworkFailed, "libwebsockets could not be set up",
                "the system is probably out of memory");
  }
  return {};
}

lws_vhost* Network::Impl::make_vhost(lws_context_creation_info info, const char* name) {
  info.options |= LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS;
  info.vhost_name = name;
  info.protocols = subprotocols.table();
  info.alpn = "http/1.1";
  info.retry_and_idle_policy = &kNoPings;
  info.keepalive_timeout = kSecondNetSeconds;
  info.timeout_secs_ah_idle = kSecondNetSeconds;
  info.connect_timeout_secs = kSecondNetSeconds;
  // Empty, so that it does not look for http_proxy in the environment.
  info.http_proxy_address = "";
  // Otherwise it makes one of its own for each vhost, with all of the system's authorities.
  if (info.provided_client_ssl_ctx == nullptr) {
    info.provided_client_ssl_ctx = no_client_tls_->context();
  }
  return lws_create_vhost(context, &info);
}

Result<lws_vhost*> Network::Impl::client_vhost(
    const std::optional<std::filesystem::path>& ca_file) {
  // An authority that was added to the system's counts for the next connection.
  const std::string key = ca_file ? ca_key(*ca_file) : "system " + ca_key(system_ca_file());
  const auto known = clients_.find(key);
  if (known != clients_.end()) return known->second.vhost;
  auto tls = ClientTls::load(ca_file);
  if (!tls) return fail(tls.error());
  SSL_CTX_set_app_data((*tls)->context(), this);
  SSL_CTX_set_info_callback((*tls)->context(), on_dialled_tls_state);
  lws_context_creation_info info{};
  info.port = CONTEXT_PORT_NO_LISTEN;
  info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
  info.provided_client_ssl_ctx = (*tls)->context();
  lws_vhost* vhost = make_vhost(info, "dial");
  if (vhost == nullptr) {
    return fail(codes::kNetworkFailed, "libwebsockets could not be set up for outgoing connections",
                "the system is probably out of memory");
  }
  clients_.emplace(key, ClientVhost{std::move(*tls), vhost});
  return vhost;
}

Link& Network::Impl::adopt(std::unique_ptr<Link> link) {
  Link& here = *link;
  links_.emplace(&here, std::move(link));
  return here;
}

void Network::Impl::drop(Link* link) {
  const auto found = links_.find(link);
  if (found == links_.end()) return;
  std::unique_ptr<Link> gone = std::move(found->second);  // it may look up others as it goes
  links_.erase(found);
  gone.reset();
  doomed_.erase(link);
}

void Network::Impl::doom(Link& link) {
  if (!turn_end) return;  // it will be closed with all the others
  if (doomed_.empty()) turn_end->add([this] { reap(); });
  doomed_.insert(&link);
}

void Network::Impl::reap() {
  // One by one: as a Link goes, its user may drop others or make new ones, also at the same place.
  for (std::size_t left = doomed_.size(); left > 0 && !doomed_.empty(); --left) {
    Link* link = *doomed_.begin();
    doomed_.erase(doomed_.begin());
    if (!links_.contains(link)) continue;
    lws* wsi = link->wsi();
    if (wsi == nullptr) {
      drop(link);
      continue;
    }
    // With bytes still unsent libwebsockets would wait for them, so the socket is made useless
    // first.
    if (const int fd = lws_get_socket_fd(wsi); fd >= 0) ::shutdown(fd, SHUT_RDWR);
    lws_set_timeout(wsi, PENDING_TIMEOUT_KILLED_BY_PARENT, LWS_TO_KILL_SYNC);
  }
  if (!doomed_.empty()) turn_end->add([this] { reap(); });
  // Its timers only start when it has been round the loop.
  lws_cancel_service(context);
}

void Network::Impl::close_forgotten_watchers(const lws* wsi) {
  const auto close_watcher = [](uv_handle_t* handle, void* wanted) {
    if (handle->type != UV_POLL || handle->data != wanted || uv_is_closing(handle) != 0) return;
    // libwebsockets allocated it with realloc().
    uv_close(handle, [](uv_handle_t* closed) { std::free(closed); });
  };
  uv_walk(uv_of(loop), close_watcher, const_cast<lws*>(wsi));
}

std::vector<std::uint8_t> Network::Impl::take_buffer() {
  if (spare_buffers_.empty()) return {};
  std::vector<std::uint8_t> buffer = std::move(spare_buffers_.back());
  spare_buffers_.pop_back();
  return buffer;
}

void Network::Impl::give_back(std::vector<std::uint8_t> buffer) {
  if (buffer.capacity() == 0 || spare_buffers_.size() == kSpareBuffers) return;
  buffer.clear();
  spare_buffers_.push_back(std::move(buffer));
}

// On a loop that is not its own, libwebsockets needs the loop to turn between the two halves of its
// end, and to be asked for the second half.
void Network::Impl::destroy_context() {
  // Accepted connections are not libwebsockets', so nobody else ends them.
  std::erase_if(links_, [](const auto& entry) { return entry.first->wsi() == nullptr; });
  uv_loop_t* uv = uv_of(loop);
  const int wake_up = find_wake_up_fd(uv);
  files::Descriptor placeholder(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  lws_context_destroy(context);
  // It has closed this descriptor and will close it once more, when the number may be somebody
  // else's.
  if (wake_up >= 0 && placeholder) ::dup3(placeholder.get(), wake_up, O_CLOEXEC);
  placeholder.close_now();
  constexpr int kTurns = 10;
  for (int turn = 0; turn < kTurns; ++turn)
    uv_run(uv, UV_RUN_NOWAIT);
  if (context != nullptr) lws_context_destroy(context);
  links_.clear();
}

Network::Network(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Network::~Network() = default;

Result<std::unique_ptr<Network>> Network::create(Loop& loop) {
  auto impl = std::make_unique<Impl>(loop);
  if (auto started = impl->start(); !started) return fail(started.error());
  return std::unique_ptr<Network>(new Network(std::move(impl)));
}

Loop& Network::loop() {
  return impl_->loop;
}

Background& Network::background() {
  return impl_->background;
}

}  // namespace sfteams::transport
