#include "simulator/extension.h"

namespace sfteams::simulator {
namespace {

constexpr std::size_t kMostListEntries = 10'000;

}  // namespace

void Extension::add_call(CallListEntry entry) {
  calls.push_front(std::move(entry));
  if (calls.size() > kMostListEntries) calls.pop_back();
}

void Extension::add_voicemail(Voicemail entry) {
  voicemails.push_front(std::move(entry));
  if (voicemails.size() > kMostListEntries) voicemails.pop_back();
}

Extensions::Extensions(const Directory& directory)
    : directory_(directory), all_(directory.users().size()) {
  reset();
}

void Extensions::reset() {
  for (const User& user : directory_.users()) {
    Extension& own = all_[user.index];
    own = Extension();
    own.primary_phone = user.phones.front();
    own.display_number = user.display_numbers.front();
  }
}

}  // namespace sfteams::simulator
