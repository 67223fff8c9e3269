#include "base/program/service_view.h"

#include <catch2/catch.hpp>

namespace sfteams::program {
namespace {

TEST_CASE("what lies in homes and in /tmp is hidden from the services, and what is elsewhere not") {
  for (const char* path :
       {"/home/otto/ca.pem", "/root/ca.pem", "/run/user/1000/ca.pem", "/tmp/ca.pem",
        "/var/tmp/ca.pem", "/etc/../home/otto/ca.pem", "//home/otto/ca.pem", "/home"}) {
    CAPTURE(path);
    CHECK(hidden_from_services(path));
  }
  for (const char* path : {"/etc/starface-teams-agent/ca.pem", "/homes/ca.pem", "/rooted/ca.pem",
                           "/run/ca.pem", "/var/lib/tmp/ca.pem", "/"}) {
    CAPTURE(path);
    CHECK_FALSE(hidden_from_services(path));
  }
}

TEST_CASE("a file that a link leads to in such a place is hidden, too") {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path("/etc");
  CHECK_FALSE(hidden_from_services("/proc/self/cwd/ca.pem"));
  std::filesystem::current_path("/tmp");
  CHECK(hidden_from_services("/proc/self/cwd/ca.pem"));
  std::filesystem::current_path(before);
}

TEST_CASE("the hint says where a file may lie, only where it may not lie where it is") {
  CHECK(hint_about_file("/etc/ca.pem", "check the path") == "check the path");
  const std::string hint = hint_about_file("/home/otto/ca.pem", "check the path");
  CHECK(hint.starts_with("check the path; an installed service sees neither homes"));
  CHECK(hint_about_file("/home/otto/ca.pem", "").starts_with("an installed service"));
}

}  // namespace
}  // namespace sfteams::program
