#pragma once

#include <string>
#include <string_view>

#include "base/error/error.h"
#include "rest/picture.h"

namespace sfteams::rest {

/// The picture of a user, or none.
struct Avatar {
  std::string_view type;     ///< as of PictureKind; empty: there is no picture
  std::string bytes;         ///< at most kMostPicture
  std::string_view refused;  ///< why there is none although the PBX has one; otherwise empty
};

/// Reads the answer to GET /rest/users/{id}/avatar, which is the picture itself. What its head in
/// HTTP says of it counts for nothing. Never fails.
[[nodiscard]] Result<Avatar> read_avatar(std::string_view body);

/// Of a picture of which not even all bytes were read.
[[nodiscard]] Avatar too_large_avatar();

}  // namespace sfteams::rest
