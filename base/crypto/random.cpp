#include "base/crypto/random.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <random>
#include <stdexcept>

#include <openssl/rand.h>

#include "base/crypto/codes.h"
#include "base/crypto/openssl_handle.h"

namespace sfteams::crypto {
namespace {

Result<void> fill(std::span<std::uint8_t> out, int (*generator)(unsigned char*, int)) {
  constexpr std::size_t kMost = std::numeric_limits<int>::max();
  while (!out.empty()) {
    const auto part = out.first(std::min(out.size(), kMost));
    if (generator(part.data(), static_cast<int>(part.size())) != 1) {
      const ErrorQueueGuard guard;
      return fail(codes::kNoRandomness, "the system gives no random numbers",
                  "check that /dev/urandom and getrandom() work on this host");
    }
    out = out.subspan(part.size());
  }
  return {};
}

std::mt19937_64 seeded_generator() {
  std::array<std::uint32_t, 8> seed{};
  // Without entropy the clock alone still spreads retries; nothing secret comes from here.
  if (RAND_bytes(reinterpret_cast<unsigned char*>(seed.data()), sizeof seed) != 1) {
    const ErrorQueueGuard guard;
    const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    seed[0] = static_cast<std::uint32_t>(now);
    seed[1] = static_cast<std::uint32_t>(now >> 32);
  }
  std::seed_seq sequence(seed.begin(), seed.end());
  return std::mt19937_64(sequence);
}

}  // namespace

Result<void> fill_random(std::span<std::uint8_t> out) {
  return fill(out, RAND_bytes);
}

Result<void> fill_random_private(std::span<std::uint8_t> out) {
  return fill(out, RAND_priv_bytes);
}

std::uint64_t random_below(std::uint64_t bound) {
  if (bound == 0) throw std::invalid_argument("random_below: no number is below 0");
  thread_local std::mt19937_64 generator = seeded_generator();
  return std::uniform_int_distribution<std::uint64_t>(0, bound - 1)(generator);
}

}  // namespace sfteams::crypto
