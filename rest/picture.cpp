#include "rest/picture.h"

#include <algorithm>

namespace sfteams::rest {
namespace {

constexpr std::string_view kPngStart{"\x89PNG\r\n\x1a\n", 8};
constexpr std::string_view kJpegStart = "\xff\xd8\xff";
constexpr std::string_view kCutOff = "it ends within its head";
constexpr std::string_view kTooManyPixels = "it has no pixels, or more than 1024 in a direction";
constexpr std::string_view kTooManyFrames = "it has more than 64 frames or scans";

/// Bytes one after the other. Behind the end there are zeros, and `ended`.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }
  void skip(std::size_t count) {
    if (count > rest_.size()) ended_ = true;
    rest_.remove_prefix(std::min(count, rest_.size()));
  }
  std::uint32_t byte() {
    const auto value = rest_.empty() ? 0U : static_cast<unsigned char>(rest_.front());
    skip(1);
    return value;
  }
  std::uint32_t big(int bytes) {
    std::uint32_t value = 0;
    for (int i = 0; i < bytes; ++i)
      value = value << 8U | byte();
    return value;
  }
  std::uint32_t little16() {
    const std::uint32_t low = byte();
    return low | byte() << 8U;
  }
  std::string_view text(std::size_t count) {
    const std::string_view taken = rest_.substr(0, count);
    skip(count);
    return taken;
  }

 private:
  std::string_view rest_;
  bool ended_ = false;
};

bool is_size(std::uint32_t pixels) {
  return pixels > 0 && pixels <= kMostPixels;
}

/// Of each of these: why not; empty when nothing speaks against it.
std::string_view refuse_png(Bytes bytes) {
  bytes.skip(kPngStart.size());
  const std::uint32_t length = bytes.big(4);
  const bool has_head = length == 13 && bytes.text(4) == "IHDR";
  const std::uint32_t width = bytes.big(4);
  const std::uint32_t height = bytes.big(4);
  bytes.skip(5 + 4);
  if (!has_head || bytes.ended()) return kCutOff;
  if (!is_size(width) || !is_size(height)) return kTooManyPixels;
  std::size_t frames = 0;
  while (bytes.left() > 0) {
    const std::uint32_t chunk = bytes.big(4);
    if (bytes.text(4) == "fcTL" && ++frames > kMostFrames) return kTooManyFrames;
    bytes.skip(std::size_t{chunk} + 4);
  }
  return {};
}

void skip_colours(Bytes& bytes, std::uint32_t flags) {
  if ((flags & 0x80U) != 0) bytes.skip(std::size_t{3} << ((flags & 7U) + 1));
}

void skip_blocks(Bytes& bytes) {
  while (const std::uint32_t length = bytes.byte())
    bytes.skip(length);
}

/// Browsers make the picture as large as its frames are, whatever its head says.
std::string_view refuse_gif(Bytes bytes) {
  bytes.skip(6);
  const std::uint32_t width = bytes.little16();
  const std::uint32_t height = bytes.little16();
  const std::uint32_t flags = bytes.byte();
  bytes.skip(2);
  if (bytes.ended()) return kCutOff;
  if (!is_size(width) || !is_size(height)) return kTooManyPixels;
  skip_colours(bytes, flags);
  std::size_t frames = 0;
  while (!bytes.ended()) {
    const std::uint32_t block = bytes.byte();
    if (block == 0x21) {
      bytes.skip(1);
      skip_blocks(bytes);
    } else if (block == 0x2c) {
      const std::uint32_t left = bytes.little16();
      const std::uint32_t top = bytes.little16();
      if (!is_size(left + bytes.little16()) || !is_size(top + bytes.little16()))
        return bytes.ended() ? kCutOff : kTooManyPixels;
      if (++frames > kMostFrames) return kTooManyFrames;
      skip_colours(bytes, bytes.byte());
      bytes.skip(1);
      skip_blocks(bytes);
    } else {
      break;
    }
  }
  return frames > 0 ? std::string_view() : kCutOff;
}

/// SOF0 to SOF15, without DHT, JPG and DAC, whose numbers lie among them.
bool is_frame(std::uint32_t marker) {
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

bool stands_alone(std::uint32_t marker) {
  return marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7);
}

/// Among what is coded no marker's bytes occur, so each found one is a scan or within a comment.
bool has_many_scans(std::string_view bytes) {
  std::size_t scans = 0;
  for (std::size_t at = bytes.find("\xff\xda"); at != std::string_view::npos;
       at = bytes.find("\xff\xda", at + 2)) {
    if (++scans > kMostFrames) return true;
  }
  return false;
}

std::string_view refuse_jpeg(std::string_view all) {
  Bytes bytes(all);
  bytes.skip(2);
  while (!bytes.ended()) {
    if (bytes.byte() != 0xff) return "its head is no JPEG's";
    std::uint32_t marker = 0xff;
    while (marker == 0xff && !bytes.ended())
      marker = bytes.byte();
    if (stands_alone(marker)) continue;
    const std::uint32_t length = bytes.big(2);
    // A scan, or the end, before any frame.
    if (bytes.ended() || length < 2 || marker == 0xda || marker == 0xd9) return kCutOff;
    if (!is_frame(marker)) {
      bytes.skip(length - 2);
      continue;
    }
    bytes.skip(1);
    const std::uint32_t height = bytes.big(2);
    const std::uint32_t width = bytes.big(2);
    if (bytes.ended()) return kCutOff;
    // A height of 0 would come later, behind the first scan.
    if (!is_size(width) || !is_size(height)) return kTooManyPixels;
    return has_many_scans(all) ? kTooManyFrames : std::string_view();
  }
  return kCutOff;
}

PictureKind kind_of(std::string_view type, std::string_view refused) {
  return refused.empty() ? PictureKind{type, {}} : PictureKind{{}, refused};
}

}  // namespace

PictureKind look_at_picture(std::string_view bytes) {
  if (bytes.size() > kMostPicture) return {{}, kPictureTooLarge};
  if (bytes.starts_with(kPngStart)) return kind_of("image/png", refuse_png(Bytes(bytes)));
  if (bytes.starts_with(kJpegStart)) return kind_of("image/jpeg", refuse_jpeg(bytes));
  if (bytes.starts_with("GIF87a") || bytes.starts_with("GIF89a"))
    return kind_of("image/gif", refuse_gif(Bytes(bytes)));
  return {{}, "it is neither PNG nor JPEG nor GIF"};
}

}  // namespace sfteams::rest
