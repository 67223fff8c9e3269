#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sfteams::rest {

/// Bytes of a picture that is passed on.
inline constexpr std::size_t kMostPicture = 65'536;
/// Pixels of its width and of its height.
inline constexpr std::uint32_t kMostPixels = 1'024;
/// Frames of an animation and scans of a progressive JPEG: each is drawn over the whole picture.
inline constexpr std::size_t kMostFrames = 64;

/// What a picture is by its own bytes. One of the two is empty.
struct PictureKind {
  std::string_view type;     ///< "image/png", "image/jpeg" or "image/gif"
  std::string_view refused;  ///< why it is not passed on, as the end of a sentence
};

/// Of one with more than kMostPicture bytes.
inline constexpr std::string_view kPictureTooLarge = "it is larger than 64 KiB";

/// Reads the head of a picture that a user of the PBX has chosen and browsers are to draw: only PNG
/// (ISO/IEC 15948), JPEG (ITU-T T.81) and GIF (87a, 89a), and nothing that takes much memory or time
/// to draw. Whether the rest of it can be drawn is the browser's to find out.
[[nodiscard]] PictureKind look_at_picture(std::string_view bytes);

}  // namespace sfteams::rest
