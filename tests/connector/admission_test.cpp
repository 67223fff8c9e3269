#include "connector/admission.h"

#include <array>
#include <vector>

#include <catch2/catch.hpp>

#include "base/crypto/ed25519.h"
#include "connector/registry/ownership_rule.h"

namespace sfteams::connector {
namespace {

constexpr std::int64_t kNow = 1'800'000'000;

struct Attempt {
  crypto::Ed25519Key key = std::move(crypto::Ed25519Key::generate().value());
  tunnel::KeyId id{1, 1, 1, 1, 1, 1, 1, 1};
  tunnel::Nonce nonce{7};
  Admission admission = Admission::create().value();

  [[nodiscard]] bool proven(std::span<const tunnel::AdmissionKey> keys) const {
    const tunnel::Bytes payload = tunnel::make_admit(key, nonce, "pbx.example.com", id);
    return admission.proven(tunnel::decode_admit(payload).value(), payload, nonce, keys, kNow);
  }
  [[nodiscard]] tunnel::AdmissionKey registered(std::uint64_t expires = 0) const {
    return {id, key.public_key(), expires};
  }
};

TEST_CASE("the holder of a registered key passes, whichever of several it is") {
  const Attempt attempt;
  const tunnel::AdmissionKey other{{2}, crypto::Ed25519Key::generate().value().public_key(), 0};
  CHECK(attempt.proven(std::array{attempt.registered()}));
  CHECK(attempt.proven(std::array{other, attempt.registered()}));
  CHECK(attempt.proven(std::array{attempt.registered(), other}));
}

TEST_CASE("nobody passes without the key that the id names") {
  const Attempt attempt;
  const auto other = crypto::Ed25519Key::generate().value().public_key();
  CHECK_FALSE(attempt.proven({}));
  CHECK_FALSE(attempt.proven(std::array{tunnel::AdmissionKey{attempt.id, other, 0}}));
  CHECK_FALSE(attempt.proven(std::array{tunnel::AdmissionKey{{2}, attempt.key.public_key(), 0}}));
  CHECK_FALSE(attempt.proven(std::array{tunnel::AdmissionKey{attempt.id, {}, 0}}));
}

TEST_CASE("a key is good until the second before it expires") {
  const Attempt attempt;
  CHECK(attempt.proven(std::array{attempt.registered(kNow + 1)}));
  CHECK_FALSE(attempt.proven(std::array{attempt.registered(kNow)}));
  CHECK_FALSE(attempt.proven(std::array{attempt.registered(1)}));
  CHECK(attempt.proven(std::array{attempt.registered(~std::uint64_t{0})}));
}

TEST_CASE("where no key is registered nobody passes, whatever is verified against instead") {
  // Not even who has the private half of that key, so that it need not be kept secret.
  Attempt attempt;
  attempt.admission = Admission(attempt.key.public_key());
  CHECK_FALSE(attempt.proven({}));
  CHECK_FALSE(attempt.proven(std::array{tunnel::AdmissionKey{{2}, attempt.key.public_key(), 0}}));
  CHECK(attempt.proven(std::array{attempt.registered()}));
}

TEST_CASE("who may have a name") {
  const crypto::Ed25519PublicKey me{1};
  const crypto::Ed25519PublicKey other{2};
  const Ownership mine{me, false};
  const Ownership theirs{other, false};
  const Ownership enrolled{std::nullopt, true};
  const Ownership enrolled_mine{me, true};
  const Ownership enrolled_theirs{other, true};

  constexpr RegistrationMode kOpen = RegistrationMode::open;
  CHECK(judge_claim(std::nullopt, me, kOpen) == Claim::free);
  CHECK(judge_claim(mine, me, kOpen) == Claim::owned);
  CHECK(judge_claim(theirs, me, kOpen) == Claim::taken);
  CHECK(judge_claim(enrolled, me, kOpen) == Claim::free);
  CHECK(judge_claim(enrolled_theirs, me, kOpen) == Claim::taken);

  constexpr RegistrationMode kEnrolled = RegistrationMode::enrolled;
  CHECK(judge_claim(std::nullopt, me, kEnrolled) == Claim::not_enrolled);
  CHECK(judge_claim(mine, me, kEnrolled) == Claim::not_enrolled);
  CHECK(judge_claim(theirs, me, kEnrolled) == Claim::not_enrolled);
  CHECK(judge_claim(enrolled, me, kEnrolled) == Claim::free);
  CHECK(judge_claim(enrolled_mine, me, kEnrolled) == Claim::owned);
  CHECK(judge_claim(enrolled_theirs, me, kEnrolled) == Claim::taken);
}

}  // namespace
}  // namespace sfteams::connector
