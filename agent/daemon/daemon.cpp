#include "agent/daemon/daemon.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include <fmt/format.h>

#include "agent/daemon/codes.h"
#include "agent/daemon/control_protocol.h"
#include "agent/daemon/reload.h"
#include "agent/keys/codes.h"
#include "agent/pbx/http_pbx.h"
#include "base/crypto/hash.h"
#include "base/crypto/random.h"
#include "base/error/counted.h"
#include "base/json/json.h"
#include "base/log/log.h"
#include "transport/codes.h"
#include "transport/this_host.h"

namespace sfteams::agent {

using transport::ControlServer;
using transport::Duration;

namespace {

/// Whether the PBX's events could be taken where the new configuration says. The port that is used
/// already is our own.
Result<void> check_callback(const PbxSettings& before, const PbxSettings& after) {
  const auto is_any = [](const PbxSettings& uci) {
    return transport::canonical_address(uci.callback_address) == "0.0.0.0" ||
           transport::canonical_address(uci.callback_address) == "::";
  };
  const bool same_port = before.enabled && before.callback_port == after.callback_port;
  const bool overlap =
      before.callback_address == after.callback_address || is_any(before) || is_any(after);
  if (!after.enabled || (same_port && overlap)) return {};
  Result<void> free = transport::check_listen(after.callback_address, after.callback_port);
  if (!free) free.error().message = "[uci] callback-listen: " + free.error().message;
  return free;
}

/// A port goes from one purpose to another only over a restart: the new one is opened before the
/// old one is closed, so that nothing is lost when it cannot be.
Result<void> check_handed_over(const std::vector<OwnPort>& held, const Configuration& after) {
  for (const OwnPort& wanted : own_ports(after)) {
    for (const OwnPort& there : held) {
      if (wanted.at != there.at || wanted.name() == there.name()) continue;
      return fail(transport::codes::kListenFailed,
                  fmt::format("{} cannot take {}: the agent itself still listens there, for {}",
                              wanted.name(), wanted.at.to_string(), there.name()),
                  "systemctl restart starface-teams-agent takes it over; a reload cannot");
    }
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Daemon>> Daemon::create(Setup setup) {
  std::unique_ptr<Daemon> daemon(new Daemon(setup));
  const Result<void> built = daemon->build(setup.keys, std::move(setup.diagnose));
  if (!built) return fail(built.error());
  return daemon;
}

Daemon::Daemon(Setup& setup)
    : options_(std::move(setup.options)),
      configuration_(std::move(setup.configuration)),
      version_(std::move(setup.version)),
      state_(std::move(setup.state)),
      lock_(std::move(setup.lock)),
      identity_(std::move(setup.identity)) {
  log::observe([this](log::Level level, std::string_view area, std::string_view message) {
    tail_.add(std::chrono::system_clock::now(), level, area, message);
  });
}

Daemon::~Daemon() {
  log::observe(nullptr);
}

Result<void> Daemon::build(const KeyRing& keys, Diagnose diagnose) {
  Result<std::unique_ptr<transport::Loop>> loop = transport::Loop::create();
  if (!loop) return fail(loop.error());
  loop_ = std::move(*loop);
  turns_ = std::make_unique<monitoring::LoopTurns>(*loop_);
  supervisor_ = std::make_unique<transport::Supervisor>(*loop_, [this] { return activity(); });
  Result<std::unique_ptr<transport::Network>> network = transport::Network::create(*loop_);
  if (!network) return fail(network.error());
  network_ = std::move(*network);
  refused_events_ = std::make_unique<RefusedEvents>(
      *loop_, std::shared_ptr<metrics::Tally>(counts_, &counts_->events_refused));
  refresh_book_ = std::make_unique<RefreshBook>(
      *loop_, state_.refresh_tokens_file(),
      crypto::hkdf_sha256({}, identity_.seed().bytes(),
                          crypto::bytes_of("starface-teams refresh tokens, names"), 32));
  pbx_ = std::make_unique<PbxSide>(PbxSide::Setup{
      *loop_,
      [this](const auto& uci) {
        return HttpPbx::create(
            *network_, uci, [this](const Error& error) { refused_events_->add(error); },
            refresh_book_.get());
      },
      [this] { pbx_watch_->start_anew(); }, state_.guard_file(), state_.known_users_file(),
      identity_.seed(), &network_->background(),
      [this](const std::string& user) {
        tickets_->end(user, "the PBX does not take any more what they were made with");
      },
      [this] { refresh_book_->forget_all(); },
      [this](const PbxSettings& uci, ProviderQuestion::Answer answer) {
        return ProviderQuestion::ask(*network_, uci, std::make_shared<oauth::Client>(),
                                     std::move(answer));
      }});
  if (Result<void> started = pbx_->start(configuration_.uci); !started) return started;
  pbx_watch_ = std::make_unique<PbxWatch>(*loop_, [this](const PbxProbe::Answer& answer) {
    if (!stopping_) pbx_->ask(answer);
  });
  build_licensing();
  keys_ = std::make_unique<SystemKeys>(*loop_, state_.key_file(), active_keys(keys),
                                       [this] { keys_changed(); });
  build_tickets();
  build_sessions();
  build_uplink();
  check_ = std::make_unique<CheckRun>(*network_, std::move(diagnose), [this](const auto& answer) {
    ask_status([answer](Json::Value status) { answer(std::move(status)); });
  });
  add_commands();
  build_openings();
  return loop_->on_signals({SIGTERM, SIGINT, SIGHUP}, [this](int signal) { on_signal(signal); });
}

void Daemon::build_licensing() {
  licensing_ =
      Licensing::create({*loop_, state_.licenses_file(), state_.seats_file(), configuration_.name,
                         configuration_.license, configuration_.limits.resume_window});
  rights_.emplace(RightsDesk::Setup{*loop_, unix_now});
}

void Daemon::build_tickets() {
  tickets_ = std::make_unique<Tickets>(Tickets::Setup{
      *loop_, state_.ticket_keys_file(), state_.tickets_file(),
      crypto::sha256({identity_.public_key()}), configuration_.limits.ticket_lifetime,
      [this] { return configuration_.name; }, [this] { return pbx_->judge(); },
      [this](const tunnel::KeyId& key) { return is_in_force(key); }, unix_now,
      [this](const std::string& user) { pbx_->forget_kept(user); }});
}

bool Daemon::is_in_force(const tunnel::KeyId& key) const {
  const ActiveKeys& keys = keys_->in_force();
  return std::ranges::any_of(keys,
                             [&](const ActiveKey& active) { return active.admission.id == key; });
}

void Daemon::build_sessions() {
  conversations_.emplace(ConversationSetup{software(), *loop_, [this] { return pbx_->accounts(); },
                                           conversation_rules(configuration_), &licensing_->seats(),
                                           unix_now});
  conversations_->counts = counts_;
  conversations_->tickets = tickets_.get();
  conversations_->rights = &*rights_;
  conversations_->wrong_address = [this]() -> std::optional<Error> {
    const std::optional<Error>& problem = pbx_watch_->problem();
    return problem && is_wrong_address(*problem) ? problem : std::nullopt;
  };
  sessions_ = std::make_unique<Sessions>(*loop_, configuration_.limits, [this](Speaker& speaker) {
    return std::make_unique<Conversation>(*conversations_, speaker);
  });
}

/// Nothing where it is switched off.
Result<std::unique_ptr<PageHost>> Daemon::open_page(const Configuration::Admin& admin) {
  if (admin.address.empty()) return nullptr;
  return PageHost::open(*network_, admin, desk_);
}

/// What users can do without must not keep them out when the agent starts.
void Daemon::build_openings() {
  using transport::Reopening;
  page_opening_ = std::make_unique<Reopening>(*loop_, "admin", "the administration page", [this] {
    return open_page(configuration_.admin).map([this](std::unique_ptr<PageHost> page) {
      page_ = std::move(page);
    });
  });
  control_opening_ = std::make_unique<Reopening>(*loop_, "agent", "the control socket", [this] {
    return ControlServer::listen(
               *loop_, options_.control_socket(),
               [this](const std::string& request, const ControlServer::Answer& answer) {
                 on_control(request, answer);
               })
        .map([this](std::unique_ptr<ControlServer> control) { control_ = std::move(control); });
  });
  monitoring_opening_ = std::make_unique<Reopening>(*loop_, "watch", "monitoring", [this] {
    return open_monitoring(configuration_.watch).map([this](std::unique_ptr<Monitoring> opened) {
      monitoring_ = std::move(opened);
    });
  });
  for (const auto* opening : {&page_opening_, &control_opening_, &monitoring_opening_})
    (*opening)->open();
}

std::vector<OwnPort> Daemon::held_ports() const {
  std::vector<OwnPort> ports = own_ports(configuration_);
  const auto not_held = [this](const OwnPort& port) {
    const std::string_view section = port.section;
    if (section == "uci") return !pbx_->accounts();
    return section == "admin" ? page_ == nullptr : monitoring_ == nullptr;
  };
  std::erase_if(ports, not_held);
  return ports;
}

Uplink::Way Daemon::way() const {
  const UplinkSettings& connector = configuration_.connector;
  transport::Backoff::Limits backoff;
  backoff.most = connector.reconnect_max;
  return {dial_by(*network_, dial_options(connector, software())),
          configuration_.name,
          {connector.ping_interval, connector.ping_timeout},
          backoff};
}

void Daemon::build_uplink() {
  Uplink::Way to = way();
  uplink_ = std::make_unique<Uplink>(
      Uplink::Setup{std::move(to.dial),
                    Link::Setup{*loop_, identity_, configuration_.name, software(), *sessions_},
                    to.keepalive, to.backoff, crypto::random_below,
                    [this] { supervisor_->changed(); }},
      keys_->in_force());
}

std::string Daemon::software() const {
  return "starface-teams-agent/" + version_;
}

Result<void> Daemon::run() {
  if (Result<void> started = uplink_->start(); !started) return started;
  keys_->watch_expiry();
  if (keys_->in_force().empty()) {
    log::warn("agent", Error{codes::kNoKey, "there is no system key yet, so nobody can connect",
                             "make one with: starface-teams-agent key new"});
  }
  supervisor_->ready();
  loop_->run();
  return {};
}

std::string Daemon::activity() const {
  const Uplink::Status tunnel = uplink_->status();
  const std::size_t count = sessions_->size();
  const std::string sessions = counted(count, "session");
  if (tunnel.state == Uplink::State::registered) {
    return fmt::format("registered as {}, {}", configuration_.name,
                       keys_->in_force().empty() ? "no system key yet" : sessions);
  }
  const std::string url = configuration_.connector.url.to_string();
  if (!tunnel.last_error) return fmt::format("connecting to {}, {}", url, sessions);
  return fmt::format("not connected to {} [{}], {}", url, tunnel.last_error->code.id, sessions);
}

void Daemon::on_signal(int signal) {
  if (signal == SIGHUP) {
    static_cast<void>(reload());
  } else {
    stop();
  }
}

Result<std::vector<std::string>> Daemon::reload() {
  if (stopping_) return std::vector<std::string>();
  supervisor_->reloading();
  // By the path that was given, not the file found then: a second file there is refused here, too.
  Result<Configuration> fresh = load_configuration(options_.configuration);
  Result<std::vector<std::string>> taken = fresh ? take_in(std::move(*fresh)) : fail(fresh.error());
  if (taken) {
    for (const std::string& sentence : *taken)
      log::info("agent", "configuration read again: {}", sentence);
  } else {
    log::error("agent", "the configuration stays as it was: {}", describe(taken.error()));
  }
  supervisor_->ready();
  return taken;
}

Result<std::vector<std::string>> Daemon::take_in(Configuration fresh,
                                                 const std::function<Result<void>()>& settle) {
  Result<Prepared> prepared = prepare(std::move(fresh));
  if (!prepared) return fail(prepared.error());
  if (settle) {
    if (const Result<void> settled = settle(); !settled) return fail(settled.error());
  }
  return apply(std::move(*prepared));
}

Result<Daemon::Prepared> Daemon::prepare(Configuration fresh) {
  if (const Result<void> good = check_files(fresh); !good) return fail(good.error());
  // Another program may have the port.
  if (const Result<void> free = check_handed_over(held_ports(), fresh); !free)
    return fail(free.error());
  if (const Result<void> free = check_callback(configuration_.uci, fresh.uci); !free)
    return fail(free.error());
  const Changes changes = changes_between(configuration_, fresh);
  Result<std::unique_ptr<Monitoring>> monitoring = nullptr;
  if (changes.watch) monitoring = open_monitoring(fresh.watch);
  if (!monitoring) return fail(monitoring.error());
  Result<std::unique_ptr<PageHost>> page = nullptr;
  if (changes.admin) page = open_page(fresh.admin);
  if (!page) return fail(page.error());
  return Prepared{std::move(fresh), changes, std::move(*monitoring), std::move(*page)};
}

std::vector<std::string> Daemon::apply(Prepared prepared) {
  const Changes& changes = prepared.changes;
  const bool level_was_lent = log::level() != configuration_.log.level;
  configuration_ = std::move(prepared.fresh);
  const Configuration& now = configuration_;
  log::set_level(now.log.level);
  conversations_->rules = conversation_rules(now);
  sessions_->set_limits(now.limits);
  tickets_->set_lifetime(now.limits.ticket_lifetime);
  if (changes.license) licensing_->use(now.license, now.name);
  if (changes.license || changes.rest || changes.uci) rights_->forget();
  pbx_->set_limits(now.uci);
  if (changes.uci) {
    pbx_->renew(now.uci);
  } else if (const Result<void> again = pbx_->reload_certificate(); !again) {
    log::warn("uci", "the callback's certificate stays as it was: {}", describe(again.error()));
  }
  if (changes.tunnel) {
    uplink_->redirect(way());
  } else if (changes.pace) {
    uplink_->retune(way());
  }
  if (changes.watch) {
    monitoring_ = std::move(prepared.monitoring);
    monitoring_opening_->settle();
  }
  if (changes.admin) move_page(std::move(prepared.page));
  return describe(changes, level_was_lent);
}

/// The old one goes in a later turn: it may be the page that has asked.
void Daemon::move_page(std::unique_ptr<PageHost> page) {
  page_opening_->settle();
  std::swap(page_, page);
  old_page_ = std::move(page);
  page_move_ = loop_->after(Duration(0), [this] { old_page_.reset(); });
}

void Daemon::stop() {
  if (std::exchange(stopping_, true)) return;
  log::info("agent", "stopping: clients are told, users are signed out at the PBX");
  supervisor_->stopping();
  stop_deadline_ = loop_->after(kDrain, [this] {
    log::warn("agent", Error{codes::kStopCutOff,
                             "clients or users' connections to the PBX did not end within the time "
                             "of a stop, and are cut off",
                             "look for trouble with the connector or the PBX in the lines above"});
    loop_->stop();
  });
  for (const auto* opening : {&page_opening_, &control_opening_, &monitoring_opening_})
    (*opening)->settle();
  // Before the sessions give their seats back.
  licensing_->stop();
  sessions_->drain();
  to_stop_ = 2;
  uplink_->stop([this] { stopped_one(); });
  pbx_->stop([this] { stopped_one(); });
}

void Daemon::stopped_one() {
  if (--to_stop_ == 0) loop_->stop();
}

void Daemon::on_control(const std::string& request, const ControlServer::Answer& answer) {
  const Result<Json::Value> asked = json::parse(request);
  desk_.carry_out(asked ? *asked : Json::Value(), [answer](const Result<Json::Value>& result) {
    answer(control::write_answer(result));
  });
}

void Daemon::keys_changed() {
  std::vector<tunnel::KeyId> good;
  for (const ActiveKey& key : keys_->in_force())
    good.push_back(key.admission.id);
  sessions_->keep_only(good);
  uplink_->keys_changed();
  supervisor_->changed();
}

}  // namespace sfteams::agent
