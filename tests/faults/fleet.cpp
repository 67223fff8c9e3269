#include "tests/faults/fleet.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "tests/faults/member.h"

namespace sfteams::faults {
namespace {

constexpr transport::Duration kOpenPatience{60'000};

}  // namespace

Fleet::Fleet(Setup setup) : setup_(std::move(setup)), random_(setup_.seed) {
  for (std::size_t i = 0; i < setup_.sessions; ++i)
    members_.push_back(std::make_unique<Member>(*this, i));
}

Fleet::~Fleet() = default;

void Fleet::start() {
  for (const auto& member : members_)
    member->open();
}

client::ConnectionOptions Fleet::connection_options() const {
  client::ConnectionOptions options;
  options.access = setup_.access;
  options.ca_file = setup_.ca_file;
  options.open_timeout = kOpenPatience;
  options.software = "starface-teams-soak";
  return options;
}

void Fleet::ask_for_much(std::size_t members) {
  for (std::size_t looked = 0; looked < members_.size() && members > 0; ++looked) {
    Member& member = *members_[next_for_much_];
    next_for_much_ = (next_for_much_ + 1) % members_.size();
    if (!member.signed_in()) continue;
    member.ask_for_much();
    --members;
  }
}

void Fleet::guess(const std::string& user) {
  std::erase_if(strangers_, [](const auto& stranger) { return stranger->over(); });
  const auto since = setup_.loop.now();
  auto sent = Stranger::send(setup_.network, connection_options(), user, setup_.books,
                             [this, user, since](std::string_view code) {
                               ++seen_.guesses[std::string(code)];
                               const Troubles during =
                                   setup_.troubles.between(since, setup_.loop.now());
                               if (judge(Situation::guess, code, during) == Verdict::broken) {
                                 setup_.books.broke(fmt::format("{}: {} ended with {}", user,
                                                                to_string(Situation::guess), code));
                               }
                             });
  if (sent) strangers_.push_back(std::move(*sent));
}

transport::Duration Fleet::longest_out() const {
  transport::Duration longest{0};
  for (const auto& member : members_)
    longest = std::max(longest, member->longest_out());
  return longest;
}

std::size_t Fleet::signed_in() const {
  return static_cast<std::size_t>(std::ranges::count_if(members_, &Member::signed_in));
}

std::size_t Fleet::settled() const {
  return static_cast<std::size_t>(std::ranges::count_if(members_, &Member::settled));
}

std::size_t Fleet::interrupted() const {
  return static_cast<std::size_t>(std::ranges::count_if(members_, &Member::interrupted));
}

std::size_t Fleet::calls_under_way() const {
  std::size_t calls = 0;
  for (const auto& member : members_)
    calls += member->calls();
  return calls;
}

void Fleet::end() {
  calm_ = true;
  for (const auto& member : members_) {
    member->write_down(true);
    member->close();
  }
}

}  // namespace sfteams::faults
