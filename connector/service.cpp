#include "connector/service.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <utility>

#include <fmt/format.h>

#include "base/crypto/hash.h"
#include "base/error/counted.h"
#include "base/files/atomic_file.h"
#include "base/json/json.h"
#include "base/log/log.h"
#include "base/privileges/acting_as_owner.h"
#include "connector/app_source.h"
#include "connector/certificate.h"
#include "connector/codes.h"
#include "connector/control_protocol.h"
#include "connector/health.h"
#include "connector/process.h"
#include "connector/wire.h"
#include "transport/endpoint.h"
#include "tunnel/limits.h"

namespace sfteams::connector {
namespace {

constexpr std::string_view kForwardedFor = "x-forwarded-for";
constexpr std::size_t kMostQuoted = 100;
/// For the lock of another process, in the one loop that serves everybody.
constexpr transport::Duration kRegistryPatience{250};
constexpr transport::Duration kDrainPatience{3'000};
/// Nothing here takes one; this much is read to answer politely.
constexpr std::size_t kMaxBody = 1024;
/// Listening socket, registry, event loop, health requests.
constexpr std::size_t kSpareDescriptors = 256;

std::size_t most_connections(const Limits& limits) {
  return limits.agents + limits.clients + limits.waiting + kSpareDescriptors;
}

Result<void> write_port_file(const std::filesystem::path& file, const Listen& listen,
                             std::uint16_t port) {
  Json::Value value(Json::objectValue);
  value["address"] = listen.address;
  value["port"] = port;
  value["tls"] = listen.tls.has_value();
  const std::string content = json::write(value) + "\n";
  return files::write_file_atomically(file, crypto::bytes_of(content), files::Existing::replace);
}

}  // namespace

Service::~Service() = default;

Result<std::unique_ptr<Service>> Service::start(const Configuration& configuration,
                                                std::string version) {
  std::unique_ptr<Service> service(new Service(configuration, std::move(version)));
  if (const Result<void> opened = service->open_registry(); !opened) return fail(opened.error());
  if (const Result<void> opened = service->open_page(); !opened) return fail(opened.error());
  Result<std::unique_ptr<transport::Loop>> loop = transport::Loop::create();
  if (!loop) return fail(loop.error());
  service->loop_ = std::move(*loop);
  service->turns_ = std::make_unique<monitoring::LoopTurns>(*service->loop_);
  service->supervisor_ = std::make_unique<transport::Supervisor>(
      *service->loop_, [raw = service.get()] { return raw->activity(); });
  Result<std::unique_ptr<transport::Network>> network = transport::Network::create(*service->loop_);
  if (!network) return fail(network.error());
  service->network_ = std::move(*network);
  if (const Result<void> listening = service->listen(); !listening) return fail(listening.error());
  service->monitoring_opening_ = std::make_unique<transport::Reopening>(
      *service->loop_, "watch", "monitoring",
      [raw = service.get()] { return raw->open_monitoring(); });
  // Agents and clients can do without.
  service->monitoring_opening_->open();
  service->control_ = std::make_unique<ControlDesk>(
      *service->loop_, control::socket_of(configuration.registry_file), *service->exchange_,
      [raw = service.get()] { return raw->status(); });
  service->look_at_certificate();
  // Before anybody is told that it serves: whoever knows may already want it to stop.
  const Result<void> signals = service->loop_->on_signals(
      {SIGTERM, SIGINT, SIGHUP}, [raw = service.get()](int signal) { raw->on_signal(signal); });
  if (!signals) return fail(signals.error());
  return service;
}

/// Started by root, it leaves nothing there that the service could not use afterwards.
Result<void> Service::open_registry() {
  const std::filesystem::path& file = configuration_.registry_file;
  const auto owner = privileges::ActingAsOwner::of_directory_of(file);
  if (!owner) return fail(owner.error());
  Result<RegistryLock> lock = RegistryLock::take(file);
  if (!lock) return fail(lock.error());
  lock_.emplace(std::move(*lock));
  Result<std::unique_ptr<Registry>> registry = Registry::open(file, kRegistryPatience);
  if (!registry) return fail(registry.error());
  registry_ = std::move(*registry);
  const Result<std::int64_t> names = registry_->size();
  if (!names) return fail(names.error());
  names_ = *names;
  return {};
}

Result<void> Service::open_page() {
  Result<void> read = read_page();
  if (read || configuration_.app.serve == App::Serve::yes) return read;
  // Agents and clients can do without.
  log::error("app", read.error());
  return {};
}

Result<void> Service::read_page() {
  Result<std::optional<AppFiles>> files = read_app(configuration_.app);
  page_readings_.add(files ? std::string_view("ok") : files.error().code.id);
  page_error_ = files ? std::nullopt : std::optional(files.error());
  if (!files) return fail(files.error());
  log::info("app", "the page: {}", describe_app(configuration_.app, *files));
  if (*files && configuration_.app.url) offer_package(**files);
  page_.serve(std::move(*files));
  return {};
}

void Service::offer_package(AppFiles& files) const {
  Result<AppPackage> package = package_of(configuration_.app, version_);
  if (!package) return log::warn("app", package.error());
  files.add(kAppPackageName, "application/zip", std::move(package->zip));
}

Result<void> Service::listen() {
  const Result<Admission> admission = Admission::create();
  if (!admission) return fail(admission.error());
  exchange_ =
      std::make_unique<Exchange>(*loop_, configuration_, *registry_, *admission, clock::unix_now);
  if (const Result<void> joined = join_cluster(); !joined) return fail(joined.error());

  transport::ServerOptions options;
  options.address = configuration_.listen.address;
  options.port = configuration_.listen.port;
  options.tls = configuration_.listen.tls;
  options.max_body = kMaxBody;
  options.request_timeout = configuration_.limits.handshake;
  options.max_connections = most_connections(configuration_.limits);
  const auto accept = [this](auto add) {
    return [this, add](std::unique_ptr<transport::Websocket> websocket) {
      transport::Websocket& accepted = *websocket;
      // Known: the upgrade would have been refused else.
      const Address sender =
          sender_of(accepted.peer_address(), accepted.header(kForwardedFor)).value_or(Address());
      accepted.attach(
          (exchange_.get()->*add)(std::make_unique<WebsocketWire>(std::move(websocket)), sender));
    };
  };
  options.websockets = {
      {tunnel::kAgentPath, tunnel::kAgentSubprotocol, accept(&Exchange::add_agent),
       [this](const transport::UpgradeRequest& request) { return refuse_agent(request); }},
      {tunnel::kClientPath, tunnel::kClientSubprotocol, accept(&Exchange::add_client),
       [this](const transport::UpgradeRequest& request) { return refuse_client(request); }}};
  for (const std::string_view name :
       {kForwardedFor, AppPage::kAcceptEncoding, AppPage::kIfNoneMatch})
    options.headers.emplace_back(name);
  options.http = [this](const transport::HttpRequest& request, transport::HttpResponder responder) {
    responder.respond(answer(request));
  };
  Result<std::unique_ptr<transport::Server>> server =
      transport::Server::listen(*network_, std::move(options));
  if (!server) return fail(server.error());
  server_ = std::move(*server);
  port_ = server_->port();
  return {};
}

Result<void> Service::join_cluster() {
  if (!configuration_.cluster) return {};
  Result<std::unique_ptr<ClusterPort>> cluster =
      ClusterPort::open(*network_, *configuration_.cluster, *registry_);
  if (!cluster) return fail(cluster.error());
  cluster_ = std::move(*cluster);
  return cluster_->join(*exchange_, version_);
}

transport::HttpResponse Service::answer(const transport::HttpRequest& request) {
  if (!AppPage::has(request.path))
    return answer_http(request, {exchange_->counts().registry_ok, exchange_->leaving()});
  const Address peer = Address::parse(request.peer_address).value_or(Address());
  // For a budget: a proxy that does not say for whom it asks shares one with whoever is behind it.
  return page_.answer(
      request, sender_of(request.peer_address, request.header(kForwardedFor)).value_or(peer));
}

Result<void> Service::open_monitoring() {
  if (!configuration_.watch) return {};
  Result<std::unique_ptr<monitoring::Endpoint>> endpoint =
      monitoring::Endpoint::open(*network_, *configuration_.watch, *this);
  if (!endpoint) return fail(endpoint.error());
  monitoring_ = std::move(*endpoint);
  return {};
}

Measured Service::measure() const {
  const Result<NameStates> names = exchange_->name_states();
  return {version_,
          std::chrono::system_clock::now(),
          stopping_,
          exchange_->counts(),
          exchange_->tallies(),
          registry_->counts(),
          configuration_.limits,
          server_ ? server_->certificate_validity() : std::nullopt,
          certificate_reloads_,
          turns_.get(),
          &page_,
          &page_readings_,
          names ? std::optional(*names) : std::nullopt,
          cluster_state(*exchange_),
          server_ ? server_->late_connections() : 0};
}

std::vector<monitoring::Condition> Service::conditions() const {
  return connector::conditions(measure());
}

std::string Service::metrics() const {
  return metrics_text(measure());
}

std::optional<Address> Service::sender_of(const std::string& peer_address,
                                          std::string_view forwarded_for) const {
  return sender_behind(Address::parse(peer_address).value_or(Address()), forwarded_for,
                       configuration_.listen.trusted_proxies);
}

std::optional<transport::HttpResponse> Service::refuse_unknown_sender(
    const transport::UpgradeRequest& request) {
  if (sender_of(request.peer_address, request.header(kForwardedFor))) return std::nullopt;
  exchange_->count_unknown_sender();
  const Error error{
      codes::kSenderUnknown,
      "a request from " + request.peer_address +
          ", which is among trusted-proxies, does not say for whom it comes and is refused",
      "have the proxy set X-Forwarded-For to the sender's address, or take it from "
      "trusted-proxies"};
  log::warn("connector", error);
  transport::HttpResponse response;
  response.status = 400;
  response.body = describe(error) + "\n";
  return response;
}

namespace {

/// The Origin header; nullopt when none came, which is another thing than an empty one.
std::optional<std::string_view> origin_of(const transport::UpgradeRequest& request) {
  const auto found = std::ranges::find(
      request.headers, "origin", [](const auto& header) { return std::string_view(header.first); });
  if (found == request.headers.end()) return std::nullopt;
  return found->second;
}

transport::HttpResponse refuse_origin(std::string_view origin, const char* whose,
                                      const char* hint) {
  log::warn("connector",
            Error{codes::kOriginRefused,
                  fmt::format("a page of \"{}\" asked for the websocket of {} and was refused",
                              origin.substr(0, kMostQuoted), whose),
                  hint});
  transport::HttpResponse response;
  response.status = 403;
  response.body = fmt::format("[{}] pages of this origin may not ask for this websocket\n",
                              codes::kOriginRefused.id);
  return response;
}

}  // namespace

std::optional<transport::HttpResponse> Service::refuse_agent(
    const transport::UpgradeRequest& request) {
  if (auto refusal = refuse_unknown_sender(request)) return refusal;
  const auto origin = origin_of(request);
  if (!origin) return std::nullopt;
  exchange_->count_foreign_agent_origin();
  return refuse_origin(*origin, "an agent", "no page has anything to do there");
}

std::optional<transport::HttpResponse> Service::refuse_client(
    const transport::UpgradeRequest& request) {
  if (auto refusal = refuse_unknown_sender(request)) return refusal;
  const auto origin = origin_of(request);
  if (origins_.allows(origin, request.header("host"))) return std::nullopt;
  exchange_->count_foreign_client_origin();
  return refuse_origin(origin.value_or(""), "a client",
                       "if the page is yours, name it in [app] origins, or the connector's own "
                       "address in [app] url");
}

std::string Service::place() const {
  return transport::Endpoint{configuration_.listen.address, port()}.to_string();
}

std::string Service::endpoint() const {
  return fmt::format("{} ({})", place(), configuration_.listen.tls ? "TLS" : "plain");
}

std::string Service::summary() const {
  return fmt::format("{}, registration {}, {} known", endpoint(),
                     to_string(configuration_.registration),
                     counted(static_cast<std::uint64_t>(names_), "name"));
}

std::string Service::activity() const {
  const Counts counts = exchange_->counts();
  const std::string serving = fmt::format("{} and {} on {}", counted(counts.agents, "agent"),
                                          counted(counts.clients, "client"), endpoint());
  const std::optional<Error> problem =
      monitoring_opening_ ? monitoring_opening_->error() : std::nullopt;
  return problem ? fmt::format("{}; no monitoring [{}]", serving, problem->code.id) : serving;
}

Result<void> Service::run() {
  supervisor_->ready();
  loop_->run();
  while (registry_->unwritten() > 0) {
    if (const Result<void> written = registry_->flush(); !written) return fail(written.error());
  }
  return {};
}

void Service::on_signal(int signal) {
  if (signal == SIGHUP) {
    reload();
  } else {
    stop();
  }
}

void Service::reload() {
  if (stopping_) return;
  supervisor_->reloading();
  reload_log_level();
  reload_certificate();
  if (const Result<void> read = read_page(); !read)
    log::error("app", "{}; the page that was there is served on", describe(read.error()));
  supervisor_->ready();
}

void Service::reload_log_level() {
  const Result<Configuration> fresh = Configuration::read(configuration_.origin);
  if (!fresh) {
    return log::error("connector", "{}; the level of the log stays as it is",
                      describe(fresh.error()));
  }
  if (fresh->log_level == log::level()) return;
  log::set_level(fresh->log_level);
  log::info("connector", "the level of the log is {} now", log::to_string(fresh->log_level));
}

void Service::reload_certificate() {
  const Result<void> reloaded = server_->reload_certificate();
  if (configuration_.listen.tls)
    certificate_reloads_.add(reloaded ? std::string_view("ok") : reloaded.error().code.id);
  if (!reloaded) {
    log::error("connector", "{}; the certificate that was there stays in use",
               describe(reloaded.error()));
  } else if (configuration_.listen.tls) {
    log::info("connector", "the certificate was read again; new connections get it");
    look_at_certificate();
  } else {
    log::info("connector", "there is no certificate to be read again");
  }
}

void Service::look_at_certificate() const {
  if (!configuration_.listen.tls) return;
  const auto seen = check_certificate(*configuration_.listen.tls, std::chrono::system_clock::now());
  if (!seen) log::error("connector", seen.error());
}

void Service::stop() {
  if (std::exchange(stopping_, true)) {
    loop_->stop();
    return;
  }
  supervisor_->stopping();
  monitoring_opening_->settle();
  if (const auto& cluster = configuration_.cluster; cluster) {
    log::info("connector", "stopping: everybody is moved to the other nodes");
    exchange_->move_away({cluster->leave_announced, cluster->leave_within}, [this] { drain(); });
    return;
  }
  log::info("connector", "stopping: everybody is told to come back");
  drain();
}

void Service::drain() {
  // No new connections; the websockets stay until they have been told.
  server_.reset();
  if (cluster_) cluster_->close();
  exchange_->drain(kDrainPatience, [this] { loop_->stop(); });
}

namespace {

Error too_few_descriptors(std::size_t allowed, std::size_t wanted) {
  return {
      codes::kFewDescriptors,
      fmt::format("only {} files may be open, {} are needed for all of [limits]", allowed, wanted),
      "raise LimitNOFILE= of the service, or lower [limits]"};
}

Error senders_unknown() {
  return {codes::kSendersUnknown,
          "[listen] has neither a certificate nor trusted-proxies: behind a proxy all senders look "
          "like one",
          "name the proxy's address in [listen] trusted-proxies"};
}

}  // namespace

Result<void> serve(const Configuration& configuration, const std::string& version,
                   const std::optional<std::filesystem::path>& port_file) {
  const Result<void> hardened = harden_process();
  log::start(configuration.log_level, configuration.log_format);
  if (!hardened) log::warn("connector", hardened.error());
  const std::size_t wanted = most_connections(configuration.limits);
  const std::size_t allowed = allow_descriptors(wanted);
  Result<std::unique_ptr<Service>> service = Service::start(configuration, version);
  if (!service) return fail(service.error());

  const std::string summary = (*service)->summary();
  log::info("connector", "starface-teams-connector {} listens on {}", version, summary);
  std::vector<Error> standing;
  if (allowed < wanted) standing.push_back(too_few_descriptors(allowed, wanted));
  if (!configuration.listen.tls && configuration.listen.trusted_proxies.empty())
    standing.push_back(senders_unknown());
  for (const Error& warning : standing) {
    log::warn("connector", warning);
    (*service)->note_standing(warning);
  }
  if (port_file) {
    const Result<void> written =
        write_port_file(*port_file, configuration.listen, (*service)->port());
    if (!written) return fail(written.error());
  }
  return (*service)->run();
}

}  // namespace sfteams::connector
