#pragma once

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/integration/installation.h"

namespace sfteams::integration {

/// Who issues licences, by the program.
class Issuer {
 public:
  Issuer() {
    const Finished made = keygen({"license", "new-issuer", "--out", pem()});
    const std::size_t at = made.out.find("k4.public.");
    public_key = made.out.substr(at, made.out.find('\n', at) - at);
  }

  /// A licence for the installation's name; the file it is in.
  std::string issue(int seats, const std::string& until = "2099-12-31",
                    const std::string& system = "pbx.example.com") {
    const std::string file = scratch_.path() / ("license" + std::to_string(++count_));
    const Finished issued = keygen({"license", "issue", "--issuer", pem(), "--holder", "Muster",
                                    "--system", system, "--seats", std::to_string(seats), "--from",
                                    "2020-01-01", "--until", until, "--out", file});
    REQUIRE(issued.status == 0);
    return file;
  }

  std::string public_key;

 private:
  Finished keygen(const std::vector<std::string>& arguments) {
    return run(Installation::program("starface-teams-keygen"),
               {arguments, scratch_.path() / "keygen", "", {}});
  }
  [[nodiscard]] std::string pem() const { return scratch_.path() / "issuer.pem"; }

  ScratchDirectory scratch_;
  int count_ = 0;
};

}  // namespace sfteams::integration
