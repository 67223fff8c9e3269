#include "agent/diagnosis/registration.h"

#include <utility>

#include "agent/keys/key_store.h"
#include "agent/pbx/codes.h"
#include "agent/uplink/wire.h"
#include "base/clock/unix_time.h"
#include "base/crypto/random.h"
#include "transport/codes.h"

namespace sfteams::diagnosis {
namespace {

using agent::Uplink;

/// From TCP's being there to the answer, which takes one exchange.
constexpr transport::Duration kAnswerPatience{5'000};
constexpr transport::Duration kLookAgain{20};

Uplink::Setup uplink_setup(Context& context, const crypto::Ed25519Key& identity,
                           agent::Sessions& sessions) {
  const agent::Configuration& configuration = *context.configuration;
  return {agent::dial_by(context.network,
                         agent::dial_options(configuration.connector, context.software)),
          {context.network.loop(), identity, configuration.name, context.software, sessions},
          {configuration.connector.ping_interval, configuration.connector.ping_timeout},
          {},
          crypto::random_below,
          {}};
}

Result<agent::Accounts*> nobody_signs_in() {
  return fail(agent::codes::kShuttingDown,
              "the agent of this PBX is not running; a diagnosis stands in for it just now",
              "try again later, or have the PBX's administrator start it");
}

agent::ConversationSetup conversation_setup(Context& context) {
  agent::ConversationSetup setup{context.software, context.network.loop(), nobody_signs_in,
                                 agent::conversation_rules(*context.configuration)};
  setup.unix_now = clock::unix_now;
  return setup;
}

}  // namespace

Result<std::unique_ptr<Registration>> Registration::take(Context& context) {
  Result<agent::StateDirectory> state =
      agent::StateDirectory::open(context.options.state_directory);
  if (!state) return fail(state.error());
  Result<agent::InstanceLock> lock = agent::InstanceLock::take(*state);
  if (!lock) return fail(lock.error());
  Result<crypto::Ed25519Key> identity = agent::load_or_make_identity(state->identity_file());
  if (!identity) return fail(identity.error());
  Result<agent::KeyRing> keys = agent::load_keys(state->key_file());
  if (!keys) return fail(keys.error());
  keys->drop_expired(clock::unix_now());
  return std::unique_ptr<Registration>(
      new Registration(context, std::move(*lock), std::move(*identity), agent::active_keys(*keys)));
}

Registration::Registration(Context& context, agent::InstanceLock lock, crypto::Ed25519Key identity,
                           agent::ActiveKeys keys)
    : lock_(std::move(lock)),
      identity_(std::move(identity)),
      keys_(std::move(keys)),
      conversations_(conversation_setup(context)),
      sessions_(context.network.loop(), {},
                [this](agent::Speaker& speaker) {
                  return std::make_unique<agent::Conversation>(conversations_, speaker);
                }),
      uplink_(uplink_setup(context, identity_, sessions_), keys_),
      loop_(context.network.loop()) {}

void Registration::start(std::function<void(std::optional<Error>)> outcome) {
  outcome_ = std::move(outcome);
  if (const Result<void> started = uplink_.start(); !started) {
    deadline_ =
        loop_.after(transport::Duration(0), [this, error = started.error()] { tell(error); });
    return;
  }
  deadline_ = loop_.after(kAnswerPatience, [this] {
    tell(uplink_.status().last_error.value_or(
        Error{transport::codes::kTimeout, "the connector does not answer the registration",
              "see its log"}));
  });
  look();
}

/// The first failure counts: the uplink would try again for ever.
void Registration::look() {
  const Uplink::Status status = uplink_.status();
  if (status.state == Uplink::State::registered) return tell(std::nullopt);
  if (status.state == Uplink::State::waiting && status.last_error) return tell(status.last_error);
  look_ = loop_.after(kLookAgain, [this] { look(); });
}

void Registration::tell(const std::optional<Error>& error) {
  look_.reset();
  deadline_.reset();
  const auto outcome = std::exchange(outcome_, nullptr);
  if (outcome) outcome(error);
}

void Registration::stop(std::function<void()> done) {
  sessions_.drain();
  uplink_.stop(std::move(done));
}

}  // namespace sfteams::diagnosis
