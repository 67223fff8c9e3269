#include "connector/nats_check.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/crypto/random.h"
#include "base/text/encoding.h"
#include "connector/bus_problems.h"
#include "connector/cluster/codes.h"
#include "connector/cluster/log_streams.h"
#include "connector/nats_info.h"
#include "transport/bus/codes.h"
#include "transport/bus/nats_bus.h"
#include "transport/endpoint.h"
#include "transport/loop.h"

namespace sfteams::connector {
namespace {

using transport::Duration;

/// For the first line, for the way in, and for what is asked then: a server that has much to do is
/// none that forbids something.
constexpr Duration kInfoPatience{5'000};
constexpr Duration kLinePatience{10'000};
constexpr Duration kAnswerPatience{5'000};
/// What is forbidden is not answered. So when all that has to be permitted was answered, other
/// answers, of which there should be none, are waited for a little longer.
constexpr Duration kCalm{500};
constexpr Duration kLookEvery{20};

constexpr std::array<int, 3> kOldest{2, 9, 10};
constexpr std::array<int, 3> kMaintained{2, 10, 0};

/// What is found, in the order of its finding.
struct Findings {
  std::vector<Error> errors;
  std::vector<Error> warnings;
};

/// A line to one server for as long as this lives.
class Visit {
 public:
  [[nodiscard]] Result<void> start(bus::NatsOptions options) {
    Result<std::unique_ptr<transport::Loop>> loop = transport::Loop::create();
    if (!loop) return fail(loop.error());
    loop_ = std::move(*loop);
    problems_ = BusProblems::of(options);
    Result<std::unique_ptr<bus::NatsBus>> bus = bus::NatsBus::start(*loop_, std::move(options));
    if (!bus) return fail(bus.error());
    bus_ = std::move(*bus);
    return {};
  }

  /// Whether it has let us in; otherwise problems() says why.
  [[nodiscard]] bool enter() {
    run_until([this] { return bus_->up() || !problems_->all().empty(); }, kLinePatience);
    return bus_->up();
  }
  void run_until(const std::function<bool()>& enough, Duration patience) {
    const transport::TimePoint end = loop_->now() + patience;
    std::unique_ptr<transport::Timer> look;
    const std::function<void()> again = [&] {
      if (enough() || loop_->now() >= end) return loop_->stop();
      look = loop_->after(kLookEvery, again);
    };
    look = loop_->after(Duration(0), again);
    loop_->run();
  }
  [[nodiscard]] bus::Bus& bus() { return *bus_; }
  [[nodiscard]] const BusProblems& problems() const { return *problems_; }

 private:
  std::unique_ptr<transport::Loop> loop_;
  std::shared_ptr<BusProblems> problems_;
  std::unique_ptr<bus::NatsBus> bus_;
};

/// What the node's user may do, asked all at once. What is refused is not answered at all.
class Rights {
 public:
  Rights(Visit& visit, const ClusterSettings& cluster, std::string unused)
      : visit_(visit), cluster_(cluster), unused_(std::move(unused)) {}

  void ask() {
    hear("_INBOX." + cluster_.node + ".check." + unused_, "_INBOX.>");
    hear("sft1." + cluster_.name + ".check." + unused_, "sft1." + cluster_.name + ".>");
    // Of a stream that nobody has, so that nothing happens where it may.
    for (const char* const what : {"DELETE", "PURGE", "CREATE", "UPDATE", "MSG.DELETE"})
      ask_excess(std::string("$JS.API.STREAM.") + what, "sft1-" + cluster_.name + "-" + unused_);
    for (const std::string& stream : {names_stream(cluster_.name), keys_stream(cluster_.name)}) {
      ask_for(stream, "INFO");
      ask_for(stream, "MSG.GET");
    }
    visit_.run_until([this] { return all_permitted(); }, kAnswerPatience + kLookEvery);
    visit_.run_until([] { return false; }, kCalm);
  }

  void judge(const std::string& server, Findings& found) const {
    std::vector<std::string> missing;
    for (const Heard& each : heard_) {
      if (!each.came) missing.push_back(each.right);
    }
    // Without its inbox it gets no answers.
    if (missing.empty()) {
      for (const Asked& each : asked_) {
        if (!each.replied() && visit_.problems().last(bus::codes::kNotPermitted))
          missing.push_back(each.subject);
      }
    }
    for (const std::string& right : missing) {
      found.errors.push_back(
          {bus::codes::kRightsMissing,
           fmt::format("{} does not let this node publish or subscribe {}", server, right),
           "give its user what packaging/examples/cluster/nats-server.conf gives it"});
    }
    for (const std::string& subject : excess_) {
      found.errors.push_back(
          {bus::codes::kRightsExcess,
           fmt::format("{} lets this node's user publish {}.*", server, subject),
           "a node has to be unable to change or delete the log: give its user only what "
           "packaging/examples/cluster/nats-server.conf gives it"});
    }
    if (missing.empty()) judge_streams(server, found);
  }

 private:
  struct Heard {
    std::string right;
    bool came = false;
  };
  struct Asked {
    std::string subject;
    bus::Reply::Outcome outcome = bus::Reply::Outcome::late;
    bool stream_missing = false;
    [[nodiscard]] bool replied() const { return outcome != bus::Reply::Outcome::late; }
  };

  [[nodiscard]] bool all_permitted() const {
    return std::ranges::all_of(heard_, &Heard::came) &&
           std::ranges::all_of(asked_, &Asked::replied);
  }

  /// Whether what is said there comes back.
  void hear(const std::string& subject, const std::string& right) {
    const std::size_t place = heard_.size();
    heard_.push_back({right});
    handles_.push_back(visit_.bus().subscribe(
        subject, [this, place](const bus::Message&) { heard_.at(place).came = true; }));
    visit_.bus().publish(subject, {});
  }

  void ask_excess(const std::string& subject, const std::string& stream) {
    handles_.push_back(visit_.bus().request(subject + "." + stream, {}, kAnswerPatience,
                                            [this, subject](const bus::Reply& reply) {
                                              // Nobody: it may, and there is only no JetStream.
                                              if (reply.outcome == bus::Reply::Outcome::answered ||
                                                  reply.outcome == bus::Reply::Outcome::nobody)
                                                excess_.push_back(subject);
                                            }));
  }

  void ask_for(const std::string& stream, const std::string& what) {
    const std::size_t place = asked_.size();
    asked_.push_back({"$JS.API.STREAM." + what + "." + stream});
    handles_.push_back(visit_.bus().request(
        asked_.back().subject, {}, kAnswerPatience, [this, place](const bus::Reply& reply) {
          Asked& asked = asked_.at(place);
          asked.outcome = reply.outcome;
          const std::string text(reply.body.begin(), reply.body.end());
          asked.stream_missing = text.find("stream not found") != text.npos;
        }));
  }

  void judge_streams(const std::string& server, Findings& found) const {
    constexpr const char* kCommand =
        "run once: starface-teams-connector cluster create-log --nats-credentials FILE";
    for (const Asked& each : asked_) {
      if (each.outcome == bus::Reply::Outcome::nobody) {
        found.warnings.push_back({codes::kJetStreamOff, server + " has no JetStream",
                                  "write jetstream { store_dir: … } into nats-server.conf"});
      } else if (each.outcome != bus::Reply::Outcome::answered) {
        found.warnings.push_back({codes::kRegistryLogAway,
                                  server + " does not answer about the log of names",
                                  "look whether most of the NATS servers run"});
      } else if (each.stream_missing) {
        found.warnings.push_back(
            {codes::kStreamMissing, server + " has no log of names", kCommand});
      } else {
        continue;
      }
      return;
    }
  }

  Visit& visit_;
  const ClusterSettings& cluster_;
  std::string unused_;
  std::vector<Heard> heard_;
  std::vector<Asked> asked_;
  std::vector<std::string> excess_;
  std::vector<std::unique_ptr<bus::Handle>> handles_;
};

void judge_info(const bus::NatsAddress& server, const NatsInfo& info, Findings& found, bool& noted,
                std::ostream& out) {
  const std::string place = server.to_string();
  if (info.version < kOldest) {
    found.errors.push_back({bus::codes::kServerTooOld,
                            fmt::format("{} is nats-server {}", place, info.version_text),
                            "2.9.10 or a newer one is needed"});
  } else if (info.version < kMaintained && !std::exchange(noted, true)) {
    out << "note: nats-server " << info.version_text
        << " gets no security updates; 2.10.29 or a newer one takes the same configuration\n";
  }
  if (!transport::is_loopback(server.host) && !info.tls_verify) {
    found.warnings.push_back(
        {bus::codes::kClientsUnverified, place + " lets in without a certificate",
         "write verify: true into its tls block, so that nobody can try passwords"});
  }
}

/// Whether the server lets somebody in who shows no credentials.
Result<bool> lets_strangers_in(bus::NatsOptions options) {
  options.credentials_file.reset();
  Visit visit;
  if (const Result<void> started = visit.start(std::move(options)); !started)
    return fail(started.error());
  return visit.enter();
}

Result<void> check_server(const ClusterSettings& cluster, const bus::NatsAddress& server,
                          const std::string& unused, Findings& found) {
  bus::NatsOptions options = cluster.nats_options();
  options.servers = {server.to_string()};
  const Result<bool> open = lets_strangers_in(options);
  if (!open) return fail(open.error());
  if (*open) {
    found.errors.push_back({bus::codes::kOpenServer,
                            server.to_string() + " lets in who shows no user and password",
                            "give it users as in packaging/examples/cluster/nats-server.conf, and "
                            "no no_auth_user"});
  }
  Visit visit;
  if (const Result<void> started = visit.start(std::move(options)); !started)
    return fail(started.error());
  if (!visit.enter()) {
    for (const Error& problem : visit.problems().all()) {
      const bool away = problem.code.id == bus::codes::kUnreachable.id;
      (away ? found.warnings : found.errors).push_back(problem);
    }
    return {};
  }
  Rights rights(visit, cluster, unused);
  rights.ask();
  rights.judge(server.to_string(), found);
  return {};
}

}  // namespace

Result<void> check_nats(const ClusterSettings& cluster, std::ostream& out, std::ostream& warnings) {
  std::array<std::uint8_t, 8> random{};
  if (Result<void> filled = crypto::fill_random(random); !filled) return filled;
  Findings found;
  bool noted = false;
  for (const std::string& text : cluster.nats) {
    const Result<bus::NatsAddress> server = bus::NatsAddress::parse(text);
    if (!server) return fail(server.error());
    const Result<NatsInfo> info = NatsInfo::ask(*server, kInfoPatience);
    if (!info) {
      found.warnings.push_back(info.error());
      continue;
    }
    judge_info(*server, *info, found, noted, out);
    if (Result<void> checked = check_server(cluster, *server, text::to_hex(random), found);
        !checked)
      return checked;
  }
  for (const Error& warning : found.warnings)
    warnings << "warning: " << describe(warning) << '\n';
  if (found.errors.empty()) return {};
  for (std::size_t index = 1; index < found.errors.size(); ++index)
    warnings << "error: " << describe(found.errors[index]) << '\n';
  return fail(found.errors.front());
}

}  // namespace sfteams::connector
