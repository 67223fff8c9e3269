#pragma once

#include <string>
#include <vector>

#include "tests/faults/fault.h"
#include "tests/faults/fleet.h"
#include "tests/faults/passwords.h"
#include "tests/integration/installation.h"

namespace sfteams::faults {

/// What a PBX does to those who depend on it: it starts and answers whatever it likes meanwhile,
/// forgets, changes passwords, is slow, answers with much. Beside that its manners change all the
/// time: how it writes values, frames its answers and posts its events.
class PbxFaults {
 public:
  /// All outlive this.
  struct Setup {
    integration::Installation& installation;
    Fleet& fleet;
    Passwords& passwords;
    Dice& dice;
    Dice& manner_dice;
    std::size_t asking_at_once = 8;  ///< members who ask for much
    int hurry = 1;                   ///< it starts so many times faster, for short runs
  };

  explicit PbxFaults(Setup setup);

  [[nodiscard]] std::vector<Fault> all();
  /// Other manners than before.
  void change_manners();
  /// A PBX that is well, and writes as it is documented.
  void calm_down();

 private:
  Effect start(const std::string& kind);
  Effect restart();
  Effect change_password();
  Effect be_slow();
  Effect forget_logins();
  Effect answer_much();
  Effect be_guessed_at();

  void set(const std::string& switches) const;
  [[nodiscard]] std::string some_user();

  Setup setup_;
  Deck<std::string> starting_;
  Deck<std::string> postings_;
  Deck<std::string> framings_;
};

}  // namespace sfteams::faults
