#include "rest/picture.h"

#include <algorithm>
#include <random>
#include <string>

#include <catch2/catch.hpp>

#include "tests/rest/pictures.h"
#include "tests/seed.h"

namespace sfteams::rest {
namespace {

using Catch::Contains;

PictureKind look(std::string_view bytes) {
  sfteams::test::keep_seed("picture", bytes);
  return look_at_picture(bytes);
}

TEST_CASE("pictures are known by their first bytes, in each of the three formats") {
  CHECK(look(test::png(96, 1'024)).type == "image/png");
  CHECK(look(test::gif(1'024, 96)).type == "image/gif");
  CHECK(look(test::jpeg(1'024, 1'024)).type == "image/jpeg");
  for (const std::string& picture : {test::png(1, 1), test::gif(1, 1), test::jpeg(1, 1)})
    CHECK(look(picture).refused.empty());
}

TEST_CASE("everything else is refused, whatever it may be elsewhere") {
  const std::string other =
      GENERATE(as<std::string>{}, "", "x", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "<html>",
               "RIFF....WEBPVP8 ", "BM......", "\x89PNG", "\x89PNG\r\n\x1a\r", "GIF88a", "\xff\xd8",
               "{\"code\":\"x\"}", " \x89PNG\r\n\x1a\n");
  CAPTURE(other);
  CHECK(look(other).type.empty());
  CHECK_THAT(std::string(look(other).refused), Contains("neither"));
}

TEST_CASE("a picture with more pixels in a direction than 1024, or none, is refused") {
  for (const auto& [width, height] :
       {std::pair(1'025U, 1U), std::pair(1U, 1'025U), std::pair(0U, 9U), std::pair(9U, 0U),
        std::pair(30'000U, 30'000U)}) {
    CAPTURE(width, height);
    for (const std::string& picture :
         {test::png(width, height), test::gif(width, height), test::jpeg(width, height)}) {
      CHECK(look(picture).type.empty());
      CHECK_THAT(std::string(look(picture).refused), Contains("1024"));
    }
  }
  CHECK(look(test::png(0x80000001U, 1)).type.empty());
}

TEST_CASE("a GIF whose frames are larger than itself is refused") {
  CHECK(look(test::gif(9, 9, {{0, 0, 1'024, 1}})).type == "image/gif");
  CHECK(look(test::gif(9, 9, {{0, 0, 9, 9}, {0, 0, 1'025, 9}})).type.empty());
  CHECK(look(test::gif(9, 9, {{1'000, 0, 25, 9}})).type.empty());
  CHECK(look(test::gif(9, 9, {{0, 65'535, 9, 65'535}})).type.empty());
  CHECK(look(test::gif(9, 9, {})).type.empty());
}

TEST_CASE("an animation of too many frames, and a JPEG of too many scans, is refused") {
  const auto gif = [](std::size_t frames) {
    return look(test::gif(9, 9, std::vector<test::GifFrame>(frames, {0, 0, 9, 9}))).type;
  };
  CHECK(gif(kMostFrames) == "image/gif");
  CHECK(gif(kMostFrames + 1).empty());
  CHECK(look(test::png(9, 9, kMostFrames)).type == "image/png");
  CHECK(look(test::png(9, 9, kMostFrames + 1)).type.empty());
  CHECK(look(test::jpeg(9, 9, kMostFrames)).type == "image/jpeg");
  CHECK(look(test::jpeg(9, 9, kMostFrames + 1)).type.empty());
}

TEST_CASE("the size of a JPEG stands behind whatever else its head holds") {
  const std::string thumbnail = test::jpeg(9'000, 9'000);
  const std::string inside = std::string("\xff\xe1", 2) +
                             static_cast<char>((thumbnail.size() + 2) / 256) +
                             static_cast<char>((thumbnail.size() + 2) % 256) + thumbnail;
  const std::string plain = test::jpeg(9, 9);
  CHECK(look(plain.substr(0, 2) + inside + plain.substr(2)).type == "image/jpeg");
  // Filled up, and a table of codes before the frame.
  CHECK(look(plain.substr(0, 2) + std::string("\xff\xff\xff\xc4\x00\x03\x07", 7) + plain.substr(2))
            .type == "image/jpeg");
  // A scan, the end, or another picture's bytes in the place of the frame.
  for (const std::string& before : {std::string("\xff\xda\x00\x02", 4), std::string("\xff\xd9", 2),
                                    std::string("\x00", 1), std::string("\xff\xe1\x00\x01", 4)}) {
    CHECK(look(plain.substr(0, 2) + before + plain.substr(2)).type.empty());
  }
}

TEST_CASE("what is larger than 64 KiB is refused") {
  std::string picture = test::png(9, 9);
  picture.resize(kMostPicture, '\0');
  CHECK(look(picture).type == "image/png");
  picture += '\0';
  CHECK(look(picture).refused == kPictureTooLarge);
}

TEST_CASE("a picture that is cut off within its head is refused, and behind it is not") {
  for (const std::string& picture : {test::png(9, 9), test::gif(9, 9), test::jpeg(9, 9)}) {
    bool taken = false;
    for (std::size_t size = 0; size <= picture.size(); ++size) {
      const PictureKind kind = look(std::string_view(picture).substr(0, size));
      CHECK(kind.type.empty() == !kind.refused.empty());
      // Once there is enough of it, more changes nothing.
      CHECK((!taken || !kind.type.empty()));
      taken = !kind.type.empty();
    }
    CHECK(taken);
  }
}

TEST_CASE("no change of some bytes makes a picture that is larger than may be") {
  std::mt19937 random(20'261'130);
  const auto any = [&](std::size_t below) { return random() % below; };
  for (const std::string& picture :
       {test::png(9, 9, 3), test::gif(9, 9, {{0, 0, 9, 9}, {1, 1, 5, 5}}), test::jpeg(9, 9, 2)}) {
    for (int round = 0; round < 3'000; ++round) {
      std::string changed = picture;
      for (std::size_t count = 1 + any(4); count > 0; --count)
        changed[any(changed.size())] = static_cast<char>(any(256));
      const PictureKind kind = look(changed);
      CHECK(kind.type.empty() == !kind.refused.empty());
      if (kind.type == "image/png") CHECK(test::png_is_small(changed));
    }
  }
}

}  // namespace
}  // namespace sfteams::rest
