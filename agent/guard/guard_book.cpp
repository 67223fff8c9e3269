#include "agent/guard/guard_book.h"

#include <algorithm>
#include <utility>

#include "agent/state/codes.h"
#include "agent/state/state_file.h"
#include "base/json/json.h"
#include "base/log/log.h"
#include "base/text/encoding.h"

namespace sfteams::agent {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using transport::TimePoint;
using Open = LoginGuard::Memory::Open;

constexpr std::string_view kGuardType = "starface-teams-agent-failed-logins";
constexpr std::size_t kMostBytes = 262'144;
constexpr std::size_t kMostFailures = 2'000;
constexpr std::int64_t kOldest = 864'000;  ///< seconds

/// From one to the other in whole units, at most `most`; 0 when the clock says that it is negative.
std::int64_t span_of(std::int64_t from, std::int64_t to, std::int64_t most) {
  // Whatever the file has, this does not overflow.
  to = std::max<std::int64_t>(to, 0);
  return std::min(to - std::clamp<std::int64_t>(from, 0, to), most);
}

/// The clocks when the file is read, and when it was written.
struct Clocks {
  clock::UnixSeconds now = 0;
  TimePoint up;
  std::optional<std::int64_t> written{};
  milliseconds since{};  ///< it was written

  void read(const Json::Value& document, std::string_view boot) {
    const Json::Value* const wall = json::member(document, "written");
    const Json::Value* const monotonic = json::member(document, "writtenUp");
    if (wall == nullptr || !wall->isInt64()) return;  // an agent before this one wrote neither
    written = wall->asInt64();
    const bool same_boot = !boot.empty() && json::string_member(document, "boot") == boot &&
                           monotonic != nullptr && monotonic->isInt64();
    since =
        same_boot
            ? milliseconds(span_of(monotonic->asInt64(),
                                   std::chrono::floor<milliseconds>(up.time_since_epoch()).count(),
                                   kOldest * 1'000))
            : milliseconds(seconds(span_of(*written, now, kOldest)));
  }
  [[nodiscard]] TimePoint moment(std::int64_t unix_seconds) const {
    return up - since - seconds(span_of(unix_seconds, written.value_or(now), kOldest));
  }
};

Json::Value shape_as_json(const uci::AnswerShape& shape) {
  Json::Value pair(Json::arrayValue);
  pair.append(static_cast<Json::UInt>(shape.rank));
  pair.append(Json::UInt64(shape.hash));
  return pair;
}

std::optional<uci::AnswerShape> shape_in(const Json::Value& pair) {
  using Rank = uci::AnswerShape::Rank;
  if (!pair.isArray() || pair.size() != 2 || !pair[0].isUInt() || !pair[1].isUInt64() ||
      pair[0].asUInt() > static_cast<unsigned>(Rank::judgement))
    return std::nullopt;
  return uci::AnswerShape{static_cast<Rank>(pair[0].asUInt()), pair[1].asUInt64()};
}

std::optional<Open> open_in(const Json::Value& entry, const Clocks& clocks) {
  if (!entry.isObject()) return std::nullopt;
  Open open;
  if (const Json::Value* const since = json::member(entry, "since")) {
    if (!since->isInt64()) return std::nullopt;
    open.since = clocks.moment(since->asInt64());
  }
  if (const Json::Value* const pbx = json::member(entry, "pbx")) {
    const auto shape = shape_in(*pbx);
    if (!shape) return std::nullopt;
    open.pbx = shape;
  }
  if (json::member(entry, "user") == nullptr) return open;
  const auto text = json::string_member(entry, "user");
  const auto tag = text ? text::from_hex(*text) : std::nullopt;
  open.user.emplace();
  if (!tag || tag->size() != open.user->size()) return std::nullopt;
  std::ranges::copy(*tag, open.user->begin());
  return open;
}

bool read_under_way(const Json::Value& under_way, const Clocks& clocks,
                    LoginGuard::Memory& memory) {
  // A number: written by an agent that kept no names; nobody takes them back.
  if (under_way.isUInt()) {
    if (under_way.asUInt() > kMostFailures) return false;
    memory.under_way.resize(under_way.asUInt());
    return true;
  }
  if (!under_way.isArray() || under_way.size() > kMostFailures) return false;
  for (const Json::Value& entry : under_way) {
    const std::optional<Open> open = open_in(entry, clocks);
    if (!open) return false;
    memory.under_way.push_back(*open);
  }
  return true;
}

std::optional<LoginGuard::Memory> memory_in(const Json::Value& document, const Clocks& clocks) {
  const Json::Value* const failed = json::member(document, "failed");
  const Json::Value* const under_way = json::member(document, "underWay");
  const Json::Value* const signed_in = json::member(document, "signedIn");
  if (failed == nullptr || !failed->isArray() || failed->size() > kMostFailures ||
      under_way == nullptr)
    return std::nullopt;
  LoginGuard::Memory memory;
  if (!read_under_way(*under_way, clocks, memory)) return std::nullopt;
  if (const Json::Value* const usual = json::member(document, "usual")) {
    memory.usual = shape_in(*usual);
    if (!memory.usual) return std::nullopt;
  }
  if (signed_in != nullptr) {
    if (!signed_in->isUInt() || signed_in->asUInt() > kMostFailures) return std::nullopt;
    memory.signed_in = signed_in->asUInt();
  }
  for (const Json::Value& moment : *failed) {
    if (!moment.isInt64()) return std::nullopt;
    memory.failed.push_back(clocks.moment(moment.asInt64()));
  }
  return memory;
}

bool same_lists(const LoginGuard::Memory& a, const LoginGuard::Memory& b) {
  return a.failed == b.failed && a.under_way == b.under_way && a.usual == b.usual;
}

}  // namespace

GuardBook::GuardBook(transport::Scheduler& scheduler, std::filesystem::path file, LoginGuard& guard,
                     UnixNow unix_now, std::string boot)
    : scheduler_(scheduler),
      file_(std::move(file)),
      guard_(guard),
      unix_now_(std::move(unix_now)),
      boot_(std::move(boot)) {
  load();
  guard_.on_change([this] { on_change(); });
}

GuardBook::~GuardBook() {
  guard_.on_change(nullptr);
  const Memory memory = current();
  if (!same_lists(memory, in_file_) || memory.signed_in != in_file_.signed_in) write(memory);
}

void GuardBook::load() {
  const Result<std::optional<Json::Value>> stored = load_state(file_, kGuardType, kMostBytes);
  if (stored && !*stored) return;
  std::optional<Memory> memory;
  if (stored) {
    Clocks clocks;
    clocks.now = unix_now_();
    clocks.up = scheduler_.now();
    clocks.read(**stored, boot_);
    memory = memory_in(**stored, clocks);
  }
  if (!memory) {
    const Error problem = stored ? Error{codes::kStateDamaged, file_.string() + " makes no sense",
                                         "nothing has to be done: the file is written again"}
                                 : stored.error();
    log::warn("uci", "half of the logins that may fail are taken for used up: {}",
              describe(problem));
    memory.emplace();
    memory->failed.assign(guard_.most() / 2, scheduler_.now());
  }
  guard_.restore(*memory, scheduler_.now());
  write(current());
}

LoginGuard::Memory GuardBook::current() const {
  Memory memory = guard_.memory(scheduler_.now());
  std::ranges::sort(memory.failed);
  std::ranges::sort(memory.under_way);
  return memory;
}

/// Nothing would be lost if the agent were killed now. By moments, not by their number: what is in
/// the file grows old there.
bool GuardBook::is_in_file(const Memory& memory) const {
  return std::ranges::includes(in_file_.failed, memory.failed) &&
         std::ranges::includes(in_file_.under_way, memory.under_way) &&
         memory.signed_in <= in_file_.signed_in;
}

void GuardBook::on_change() {
  Memory memory = current();
  signed_in_ = std::max(signed_in_, memory.signed_in);
  if (!is_in_file(memory)) {
    // One that has failed just now is not written as one under way, too.
    const bool failed =
        !std::ranges::includes(in_file_.failed, memory.failed) ||
        std::ranges::any_of(memory.under_way, [this](const Open& open) {
          return open.since && !std::ranges::binary_search(in_file_.under_way, open);
        });
    if (!failed) memory.signed_in = std::max(memory.signed_in, in_file_.signed_in);
    return write(memory);
  }
  if (same_lists(memory, in_file_)) return;
  // With nothing under way at once: an agent that is killed again and again just after a login must
  // not count logins that were taken. In a storm of logins their number is in the file anyway.
  const bool idle = std::ranges::none_of(memory.under_way,
                                         [](const Open& open) { return !open.since.has_value(); });
  if (idle || !later_) write_after(idle ? transport::Duration(0) : kLater);
}

void GuardBook::write_after(transport::Duration delay) {
  later_ = scheduler_.after(delay, [this] {
    later_.reset();
    Memory memory = current();
    memory.signed_in = std::max(memory.signed_in, in_file_.signed_in);
    write(memory);
  });
}

void GuardBook::lower_later() {
  if (lower_ || in_file_.signed_in == 0) return;
  lower_ = scheduler_.after(kLowerAfter, [this] {
    lower_.reset();
    Memory memory = current();
    const std::size_t now = memory.signed_in;
    memory.signed_in = std::max(std::exchange(signed_in_, now), now);
    if (memory.signed_in != in_file_.signed_in) write(memory);
    lower_later();
  });
}

void GuardBook::write(const Memory& memory) {
  Json::Value document(Json::objectValue);
  document["type"] = std::string(kGuardType);
  document["version"] = 1;
  const clock::UnixSeconds now = unix_now_();
  const TimePoint up = scheduler_.now();
  const auto moment = [&](TimePoint at) {
    return Json::Int64(now - std::chrono::floor<seconds>(up - at).count());
  };
  document["written"] = Json::Int64(now);
  document["writtenUp"] =
      Json::Int64(std::chrono::floor<milliseconds>(up.time_since_epoch()).count());
  document["boot"] = boot_;
  document["failed"] = Json::Value(Json::arrayValue);
  for (const TimePoint at : memory.failed)
    document["failed"].append(moment(at));
  document["underWay"] = Json::Value(Json::arrayValue);
  for (const Open& open : memory.under_way) {
    Json::Value entry(Json::objectValue);
    if (open.user) entry["user"] = text::to_hex(*open.user);
    if (open.since) entry["since"] = moment(*open.since);
    if (open.pbx) entry["pbx"] = shape_as_json(*open.pbx);
    document["underWay"].append(entry);
  }
  if (memory.usual) document["usual"] = shape_as_json(*memory.usual);
  document["signedIn"] = static_cast<Json::UInt>(memory.signed_in);
  // In the loop, before each sign-in: no disk may hold everybody up. A power failure ends the PBX's
  // count as well, which is on the same host.
  const Result<void> saved =
      save_state(file_, json::write(document), files::Existing::replace, files::Outlives::process);
  if (saved) {
    in_file_ = memory;
    if (std::exchange(told_, false)) log::info("uci", "failed logins can be written down again");
  } else if (!std::exchange(told_, true)) {
    log::error("uci", "failed logins cannot be written down, and are forgotten with a restart: {}",
               describe(saved.error()));
  }
  if (!saved && !later_) write_after(kAgain);
  lower_later();
}

}  // namespace sfteams::agent
