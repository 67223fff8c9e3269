#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "agent/licensing/seats.h"
#include "base/crypto/ed25519.h"
#include "base/error/error.h"
#include "keygen/license.h"

namespace sfteams::agent {

/// The floating licences that were entered, in a file of the state directory.
class LicenseBook {
 public:
  static constexpr std::size_t kMost = 20;
  using Now = std::chrono::system_clock::time_point;

  struct Entry {
    keygen::License license;
    std::optional<Error> problem;  ///< why it gives no seats at present
  };

  /// Fails with agent.state-damaged, and when the file cannot be read. `issuers` are those whose
  /// licences count.
  [[nodiscard]] static Result<LicenseBook> load(std::filesystem::path file, std::string system,
                                                std::vector<crypto::Ed25519PublicKey> issuers);

  /// In place of one that could not be loaded: it has no licences, and writes nothing over the
  /// file.
  [[nodiscard]] static LicenseBook unreadable(std::filesystem::path file, std::string system,
                                              std::vector<crypto::Ed25519PublicKey> issuers,
                                              Error why);
  /// Why it could not be loaded. add() and remove() fail with that, too.
  [[nodiscard]] const std::optional<Error>& problem() const { return problem_; }

  /// Enters a licence key, and writes it down. Fails as keygen::read_license() and
  /// check_license() do (one that begins later may be entered), with license.entered-already,
  /// license.too-many, and when it cannot be written.
  [[nodiscard]] Result<keygen::License> add(std::string_view text, Now now);
  /// Fails with license.not-entered.
  [[nodiscard]] Result<void> remove(std::string_view id);

  [[nodiscard]] std::vector<Entry> entries(Now now) const;
  /// Seats of all that are good at present.
  [[nodiscard]] std::size_t seats(Now now) const;

  void trust(std::vector<crypto::Ed25519PublicKey> issuers, std::string system) {
    issuers_ = std::move(issuers);
    system_ = std::move(system);
  }

 private:
  LicenseBook(std::filesystem::path file, std::string system,
              std::vector<crypto::Ed25519PublicKey> issuers);
  [[nodiscard]] Result<void> save(const std::vector<std::string>& texts) const;

  std::filesystem::path file_;
  std::string system_;
  std::vector<crypto::Ed25519PublicKey> issuers_;
  std::vector<std::string> texts_;  ///< the keys alone
  std::optional<Error> problem_;
};

/// Who held seats when the agent stopped, so that its start gives nobody else's seat away.
[[nodiscard]] Result<std::vector<Seats::Holder>> load_holders(const std::filesystem::path& file);
[[nodiscard]] Result<void> save_holders(const std::filesystem::path& file,
                                        const std::vector<Seats::Holder>& holders);

}  // namespace sfteams::agent
