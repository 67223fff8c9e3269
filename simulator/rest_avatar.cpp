#include "simulator/rest_avatar.h"

#include <array>
#include <string>
#include <utility>

#include "simulator/picture.h"

namespace sfteams::simulator {
namespace {

constexpr std::uint32_t kAvatarPixels = 48;
constexpr std::uint32_t kBombPixels = 30'000;
/// More than anybody needs for a face.
constexpr std::size_t kHugeAvatar = 1UL * 1024 * 1024;
constexpr std::array kColours{Colour{0x1f, 0x6f, 0xd0}, Colour{0xc2, 0x4a, 0x2e},
                              Colour{0x2e, 0x8b, 0x57}, Colour{0x8e, 0x4a, 0xc2},
                              Colour{0xd0, 0x9a, 0x1f}};
constexpr const char* kScript =
    R"(<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>)";

std::string picture_of(const User& user, RestAvatars kind) {
  std::string picture = square_png(kAvatarPixels, kColours.at(user.index / 2 % kColours.size()));
  if (kind == RestAvatars::huge) picture.append(kHugeAvatar, '\0');
  if (kind == RestAvatars::bomb) return bomb_png(kBombPixels);
  if (kind == RestAvatars::wrong_type) return kScript;
  return picture;
}

}  // namespace

std::optional<Reply> avatar_of(const User& user, const RestOptions& rest) {
  if (rest.avatars == RestAvatars::none || user.index % 2 != 0) return std::nullopt;
  Reply reply = json_reply(200, picture_of(user, rest.avatars));
  reply.content_type = "image/png";
  if (rest.avatars == RestAvatars::slow) reply.delay = rest.slow_time;
  return reply;
}

}  // namespace sfteams::simulator
