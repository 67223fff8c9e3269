#include <array>

#include "simulator/switch_access.h"

namespace sfteams::simulator {
namespace {

constexpr std::int64_t kMostRestSeconds = 1'000'000'000;

constexpr std::array kRestModes{
    Choice<RestMode>{"yes", RestMode::yes},
    Choice<RestMode>{"no", RestMode::no},
    Choice<RestMode>{"forbidden", RestMode::forbidden},
    Choice<RestMode>{"html", RestMode::html},
    Choice<RestMode>{"huge", RestMode::huge},
    Choice<RestMode>{"slow", RestMode::slow},
    Choice<RestMode>{"wrong-json", RestMode::wrong_json},
};
constexpr std::array kRestLogins{
    Choice<RestLoginKind>{"nonce", RestLoginKind::nonce},
    Choice<RestLoginKind>{"active-directory", RestLoginKind::active_directory},
    Choice<RestLoginKind>{"missing", RestLoginKind::missing},
};
constexpr std::array kRestAdminResources{
    Choice<RestAdminResources>{"forbidden", RestAdminResources::forbidden},
    Choice<RestAdminResources>{"own", RestAdminResources::own},
    Choice<RestAdminResources>{"yes", RestAdminResources::yes},
};
constexpr std::array kRestAvatars{
    Choice<RestAvatars>{"yes", RestAvatars::yes},
    Choice<RestAvatars>{"none", RestAvatars::none},
    Choice<RestAvatars>{"forbidden", RestAvatars::forbidden},
    Choice<RestAvatars>{"huge", RestAvatars::huge},
    Choice<RestAvatars>{"bomb", RestAvatars::bomb},
    Choice<RestAvatars>{"wrong-type", RestAvatars::wrong_type},
    Choice<RestAvatars>{"slow", RestAvatars::slow},
};
constexpr std::array kRestVersionHeaders{
    Choice<RestVersionHeader>{"required", RestVersionHeader::required},
    Choice<RestVersionHeader>{"optional", RestVersionHeader::optional},
};

constexpr std::array kRestSwitches{
    Switch{"rest", "yes | no | forbidden | html | huge | slow | wrong-json",
           "what is found below /rest", kChoice<&RestOptions::mode, kRestModes>},
    Switch{"rest-login", "nonce | active-directory | missing",
           "how a client signs in without OAuth", kChoice<&RestOptions::login, kRestLogins>},
    Switch{"rest-admin-resources", "forbidden | own | yes",
           "whether permissions and the version can be read; own: one's own permissions",
           kChoice<&RestOptions::admin_resources, kRestAdminResources>},
    Switch{"rest-avatars", "yes | none | forbidden | huge | bomb | wrong-type | slow",
           "what comes as the picture of a user who has one",
           kChoice<&RestOptions::avatars, kRestAvatars>},
    Switch{"rest-version-header", "required | optional", "whether requests need `X-Version: 2`",
           kChoice<&RestOptions::version_header, kRestVersionHeaders>},
    Switch{"rest-failures-count", "yes | no",
           "whether the blacklist counts wrong logins and tokens of REST",
           kChoice<&RestOptions::failures_count, kYesNo>},
    Switch{"rest-token-lifetime", "-1000000000..1000000000",
           "seconds that the token of a login at /rest/login is good",
           kNumber<&RestOptions::token_lifetime, -kMostRestSeconds, kMostRestSeconds>},
    Switch{"rest-slow-time", "milliseconds",
           "before every answer with `rest` = `slow`, and before pictures with `rest-avatars` = "
           "`slow`",
           kDuration<&RestOptions::slow_time, 0>},
    Switch{"contacts", "0..100000", "made-up entries of the address book",
           kNumber<&RestOptions::contacts, 0, 100'000>},
    Switch{"contact-numbers", "0..10000",
           "telephone numbers of one entry more in the address book; 0: without that entry",
           kNumber<&RestOptions::contact_numbers, 0, 10'000>},
};

}  // namespace

std::span<const Switch> rest_switches() {
  return kRestSwitches;
}

}  // namespace sfteams::simulator
