#include "rest/avatar.h"

namespace sfteams::rest {

Result<Avatar> read_avatar(std::string_view body) {
  if (body.empty()) return Avatar();
  const PictureKind kind = look_at_picture(body);
  if (kind.type.empty()) return Avatar{{}, {}, kind.refused};
  return Avatar{kind.type, std::string(body), {}};
}

Avatar too_large_avatar() {
  return {{}, {}, kPictureTooLarge};
}

}  // namespace sfteams::rest
