#include "agent/diagnosis/pbx_steps.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "agent/diagnosis/codes.h"
#include "agent/diagnosis/ends_once.h"
#include "agent/pbx/codes.h"
#include "agent/pbx/meeting.h"
#include "agent/pbx/pbx_probe.h"
#include "base/json/json.h"
#include "base/json/view.h"
#include "transport/http_client.h"

namespace sfteams::diagnosis {
namespace {

constexpr const char* kUci = "uci";
constexpr const char* kVersion = "version";
constexpr const char* kPorts = "ports";

std::optional<std::vector<unsigned>> numbers_of(std::string_view version) {
  std::vector<unsigned> numbers;
  while (true) {
    unsigned number = 0;
    const char* const end = version.data() + version.size();
    const auto [rest, error] = std::from_chars(version.data(), end, number);
    if (error != std::errc()) return std::nullopt;
    numbers.push_back(number);
    if (rest == end || *rest == '-') return numbers;
    if (*rest != '.') return std::nullopt;
    version.remove_prefix(static_cast<std::size_t>(rest - version.data()) + 1);
  }
}

/// What the running agent says of UCI; null when none runs.
const Json::Value& told_of_uci(const Context& context) {
  const Json::Value* const uci = context.status ? json::member(*context.status, "uci") : nullptr;
  return uci != nullptr ? *uci : Json::Value::nullSingleton();
}

class UciWork final : public EndsOnce {
 public:
  UciWork(Context& context, Found found, Done done)
      : EndsOnce(context, std::move(found), std::move(done)) {}

  void start() {
    const agent::PbxSettings& uci = context_.configuration->uci;
    auto http = transport::HttpClient::create(context_.network, 1);
    if (!http) return end(failure(kUci, http.error()));
    http_ = std::move(*http);
    probe_ = std::make_unique<agent::PbxProbe>(*http_, context_.network.loop(), uci);
    const auto began = std::chrono::steady_clock::now();
    probe_->ask(proven(), [this, began](const std::optional<Error>& error) {
      const std::chrono::duration<double, std::milli> spent =
          std::chrono::steady_clock::now() - began;
      end(judge(error, fmt::format("{:.0f}", spent.count())));
    });
  }

 private:
  /// Whether the running agent has signed a user in over this URL.
  [[nodiscard]] bool proven() const {
    if (!context_.status) return false;
    const Json::Value& told = told_of_uci(context_);
    const Json::Value& connected =
        json::part(json::part(*context_.status, "sessions"), "usersConnected");
    const std::string url = context_.configuration->uci.url.to_string();
    return json::string_member(told, "url") == std::optional<std::string_view>(url) &&
           (json::string_member(told, "serverVersion") ||
            (connected.isUInt64() && connected.asUInt64() > 0));
  }

  [[nodiscard]] Finding judge(const std::optional<Error>& error, const std::string& spent) {
    if (error) {
      if (agent::is_elsewhere(*error)) context_.pbx_elsewhere = error;
      Finding finding = failure(kUci, *error);
      if (agent::is_doubt(*error)) finding.verdict = Verdict::warn;
      return finding;
    }
    const Sentence text =
        said("{0} answers, {1} ms", {context_.configuration->uci.url.to_string(), spent});
    // It answers, but of late not to what users asked, or the agent cannot use it.
    const Json::Value& told = told_of_uci(context_);
    const Json::Value* const problem = json::member(told, "error");
    if (problem == nullptr || !problem->isObject()) {
      const agent::PbxSettings& uci = context_.configuration->uci;
      if (probe_->elsewhere().empty() || uci.url.secure()) return well(kUci, text);
      Finding finding = warning(kUci, agent::pbx_in_clear(uci.url));
      finding.text = text + said("; all the same: ") + finding.text;
      return finding;
    }
    Finding finding = failure(kUci, *problem);
    if (const Json::Value& reachable = json::part(told, "reachable");
        reachable.isBool() && !reachable.asBool()) {
      finding.text = text + said("; but the running agent cannot use it: ") + finding.text;
      return finding;
    }
    finding.verdict = Verdict::warn;
    finding.text = text + said("; but a user's connection has a problem: ") + finding.text;
    return finding;
  }

  std::unique_ptr<transport::HttpClient> http_;
  std::unique_ptr<agent::PbxProbe> probe_;
};

std::optional<std::string> version_of(const Context& context) {
  if (context.pbx_version) return context.pbx_version;
  const auto told = json::string_member(told_of_uci(context), "serverVersion");
  return told ? std::optional(std::string(*told)) : std::nullopt;
}

Finding judge_version(const Context& context) {
  const std::optional<std::string> version = version_of(context);
  if (!version) {
    Finding finding = skipped(
        kVersion,
        context.status
            ? said("the PBX tells it when a user signs in; nobody has since the agent started")
            : said("the PBX tells it to a running agent only, when a user signs in"));
    if (context.status && !context.user)
      finding.next = said("to sign one in for a trial: starface-teams-agent check --user USER");
    return finding;
  }
  const auto new_enough = at_least(*version, kOldestPbx);
  if (!new_enough) {
    return warning(kVersion, codes::kPbxVersionUnknown,
                   said("the PBX calls its version \"{0}\"", {*version}),
                   said("make sure that it is {0} or newer", {std::string(kOldestPbx)}));
  }
  if (!*new_enough) {
    return failure(
        kVersion, Error{codes::kPbxTooOld,
                        fmt::format("the PBX has version {}, {} is the oldest that works", *version,
                                    kOldestPbx),
                        "update the STARFACE"});
  }
  return well(kVersion,
              said("STARFACE {0}, which is {1} or newer", {*version, std::string(kOldestPbx)}));
}

/// What the running agent could not open, and its users can do without.
Finding judge_ports(const Context& context) {
  if (!context.status)
    return skipped(kPorts, said("only a running agent knows, and none could be asked"));
  for (const char* part : {"page", "monitoring"}) {
    const Json::Value& error = json::part(json::part(*context.status, part), "error");
    if (!error.isObject()) continue;
    Finding finding = failure(kPorts, error);
    finding.verdict = Verdict::warn;
    finding.text += said("; users can work, and it is tried again every ten seconds");
    return finding;
  }
  return well(kPorts,
              said("the ports of the administration page and of monitoring are open, as far "
                   "as they are set"));
}

}  // namespace

std::optional<bool> at_least(std::string_view version, std::string_view oldest) {
  const auto have = numbers_of(version);
  const auto want = numbers_of(oldest);
  if (!have || !want) return std::nullopt;
  return !std::ranges::lexicographical_compare(*have, *want);
}

Step check_uci() {
  return {
      {kUci}, [](Context& context, const Found& found, const Done& done) -> std::unique_ptr<Work> {
        if (!context.configuration || !context.configuration->uci.enabled) {
          found(context.configuration
                    ? warning(kUci, agent::codes::kUciDisabled,
                              said("the UCI connection is switched off; nobody can sign in"),
                              said("set enabled = yes in [uci], then: starface-teams-agent reload"))
                    : skipped(kUci, said("there is no configuration to go by")));
          done();
          return nullptr;
        }
        auto work = std::make_unique<UciWork>(context, found, done);
        work->start();
        return work;
      }};
}

Step check_ports() {
  return {{kPorts},
          [](Context& context, const Found& found, const Done& done) -> std::unique_ptr<Work> {
            found(judge_ports(context));
            done();
            return nullptr;
          }};
}

Step check_version() {
  return {{kVersion},
          [](Context& context, const Found& found, const Done& done) -> std::unique_ptr<Work> {
            found(judge_version(context));
            done();
            return nullptr;
          }};
}

}  // namespace sfteams::diagnosis
