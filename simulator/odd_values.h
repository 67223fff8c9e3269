#pragma once

#include <cstdint>
#include <string>

#include "simulator/options.h"

namespace sfteams::simulator {

/// What a PBX may write that is odd, with the switch `odd-values`: every struct gets a member more,
/// whose value is of a kind that is not in the specification, or is none; and the documents are in
/// ISO-8859-1, UTF-16, UTF-8 with CESU-8 surrogates, and UTF-8 with surrogate references, one after
/// the other. All that was there before stays, so a client that reads generously loses nothing.
class OddValues {
 public:
  /// `options` outlive it.
  explicit OddValues(const Options& options) : options_(options) {}

  /// The document as the switch wants it.
  [[nodiscard]] std::string write(std::string document);

 private:
  const Options& options_;
  std::uint64_t members_ = 0;
  std::uint64_t documents_ = 0;
};

}  // namespace sfteams::simulator
