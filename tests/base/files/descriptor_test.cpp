#include "base/files/descriptor.h"

#include <cerrno>
#include <utility>

#include <catch2/catch.hpp>
#include <fcntl.h>

namespace sfteams::files {
namespace {

int open_anything() {
  return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

bool is_open(int number) {
  return ::fcntl(number, F_GETFD) != -1;
}

TEST_CASE("a descriptor closes what it has, once") {
  const int number = open_anything();
  {
    Descriptor first(number);
    CHECK(first);
    const Descriptor second(std::move(first));
    CHECK(second.get() == number);
    CHECK(is_open(number));
  }
  CHECK_FALSE(is_open(number));
}

TEST_CASE("a descriptor that gets another one closes its own") {
  const int before = open_anything();
  Descriptor descriptor(before);
  Descriptor other(open_anything());
  const int number = other.get();
  descriptor = std::move(other);
  CHECK_FALSE(is_open(before));
  CHECK(descriptor.get() == number);
  CHECK(descriptor.close_now());
  CHECK_FALSE(is_open(number));
  CHECK_FALSE(descriptor);
}

TEST_CASE("a close that fails is told, and none is needed where there is nothing") {
  CHECK(Descriptor().close_now());
  Descriptor gone(open_anything());
  ::close(gone.get());
  CHECK_FALSE(gone.close_now());
  CHECK(errno == EBADF);
}

}  // namespace
}  // namespace sfteams::files
