#include "agent/licensing/license_book.h"

#include <algorithm>
#include <utility>

#include "agent/licensing/codes.h"
#include "agent/state/state_file.h"
#include "base/json/json.h"
#include "keygen/codes.h"

namespace sfteams::agent {
namespace {

constexpr std::string_view kLicensesType = "starface-teams-agent-licenses";
constexpr std::string_view kHoldersType = "starface-teams-agent-seats";
constexpr std::size_t kMaxFile = LicenseBook::kMost * keygen::kMaxLicenseText + 4'096;
constexpr std::size_t kMaxHoldersFile = 32U << 20U;
/// As far as the clock goes, which counts nanoseconds.
constexpr UnixSeconds kLatest = 9'223'372'036;

Json::Value document(std::string_view type) {
  Json::Value value(Json::objectValue);
  value["type"] = std::string(type);
  value["version"] = 1;
  return value;
}

}  // namespace

LicenseBook::LicenseBook(std::filesystem::path file, std::string system,
                         std::vector<crypto::Ed25519PublicKey> issuers)
    : file_(std::move(file)), system_(std::move(system)), issuers_(std::move(issuers)) {}

Result<LicenseBook> LicenseBook::load(std::filesystem::path file, std::string system,
                                      std::vector<crypto::Ed25519PublicKey> issuers) {
  LicenseBook book(std::move(file), std::move(system), std::move(issuers));
  const Result<std::optional<Json::Value>> stored = load_state(book.file_, kLicensesType, kMaxFile);
  if (!stored) return fail(stored.error());
  if (!*stored) return book;
  const Json::Value* const list = json::member(**stored, "licenses");
  if (list == nullptr || !list->isArray() || list->size() > kMost)
    return damaged_state(book.file_, "it has no list of licences");
  for (const Json::Value& entry : *list) {
    const auto text = json::text_of(entry);
    if (!text || !keygen::read_license_unchecked(*text))
      return damaged_state(book.file_, "a licence is not whole");
    book.texts_.emplace_back(*text);
  }
  return book;
}

LicenseBook LicenseBook::unreadable(std::filesystem::path file, std::string system,
                                    std::vector<crypto::Ed25519PublicKey> issuers, Error why) {
  LicenseBook book(std::move(file), std::move(system), std::move(issuers));
  book.problem_ = std::move(why);
  return book;
}

Result<keygen::License> LicenseBook::add(std::string_view text, Now now) {
  if (problem_) return fail(*problem_);
  Result<keygen::License> license = keygen::read_license(text, issuers_);
  if (!license) return license;
  const Result<void> good = keygen::check_license(*license, system_, now);
  if (!good && good.error().code != keygen::codes::kLicenseNotYet) return fail(good.error());
  const auto same = [&](const std::string& other) {
    const auto read = keygen::read_license_unchecked(other);
    return read && read->id == license->id;
  };
  if (std::ranges::any_of(texts_, same)) {
    return fail(codes::kLicenseThere, "the licence " + license->id + " is entered already");
  }
  if (texts_.size() == kMost) {
    return fail(codes::kTooManyLicenses, "there are 20 licences, the most there can be",
                "remove those that are over: license remove ID");
  }
  std::vector<std::string> texts = texts_;
  Result<std::string> key = keygen::find_license_key(text);
  if (!key) return fail(key.error());
  texts.push_back(std::move(*key));
  if (const Result<void> saved = save(texts); !saved) return fail(saved.error());
  texts_ = std::move(texts);
  return license;
}

Result<void> LicenseBook::remove(std::string_view id) {
  if (problem_) return fail(*problem_);
  std::vector<std::string> texts = texts_;
  const std::size_t removed = std::erase_if(texts, [&](const std::string& text) {
    const auto read = keygen::read_license_unchecked(text);
    return read && read->id == id;
  });
  if (removed == 0) {
    return fail(codes::kNoSuchLicense, "no licence of that number is entered",
                "license list shows them");
  }
  if (Result<void> saved = save(texts); !saved) return saved;
  texts_ = std::move(texts);
  return {};
}

std::vector<LicenseBook::Entry> LicenseBook::entries(Now now) const {
  std::vector<Entry> list;
  for (const std::string& text : texts_) {
    Entry entry;
    const Result<keygen::License> trusted = keygen::read_license(text, issuers_);
    if (!trusted) {
      entry.problem = trusted.error();
    } else if (const Result<void> good = keygen::check_license(*trusted, system_, now); !good) {
      entry.problem = good.error();
    }
    entry.license = *keygen::read_license_unchecked(text);
    list.push_back(std::move(entry));
  }
  return list;
}

std::size_t LicenseBook::seats(Now now) const {
  std::size_t sum = 0;
  for (const Entry& entry : entries(now))
    sum += entry.problem ? 0 : entry.license.seats;
  return sum;
}

Result<void> LicenseBook::save(const std::vector<std::string>& texts) const {
  Json::Value value = document(kLicensesType);
  value["licenses"] = Json::Value(Json::arrayValue);
  for (const std::string& text : texts)
    value["licenses"].append(text);
  return save_state(file_, json::write_pretty(value), files::Existing::replace);
}

Result<std::vector<Seats::Holder>> load_holders(const std::filesystem::path& file) {
  const Result<std::optional<Json::Value>> stored = load_state(file, kHoldersType, kMaxHoldersFile);
  if (!stored) return fail(stored.error());
  std::vector<Seats::Holder> holders;
  if (!*stored) return holders;
  const Json::Value* const list = json::member(**stored, "holders");
  if (list == nullptr || !list->isArray()) return damaged_state(file, "it has no list of holders");
  for (const Json::Value& entry : *list) {
    const auto user = json::string_member(entry, "user");
    const Json::Value* const since = json::member(entry, "since");
    if (!user || since == nullptr || !since->isInt64() || since->asInt64() < 0 ||
        since->asInt64() > kLatest)
      return damaged_state(file, "a holder is not whole");
    holders.push_back({std::string(*user), since->asInt64(), 0});
  }
  return holders;
}

Result<void> save_holders(const std::filesystem::path& file,
                          const std::vector<Seats::Holder>& holders) {
  Json::Value value = document(kHoldersType);
  value["holders"] = Json::Value(Json::arrayValue);
  for (const Seats::Holder& holder : holders) {
    Json::Value entry(Json::objectValue);
    entry["user"] = holder.user;
    entry["since"] = static_cast<Json::Int64>(holder.since);
    value["holders"].append(std::move(entry));
  }
  return save_state(file, json::write_pretty(value), files::Existing::replace);
}

}  // namespace sfteams::agent
