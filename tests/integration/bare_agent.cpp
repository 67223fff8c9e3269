#include "tests/integration/bare_agent.h"

#include <stdexcept>

#include "agent/uplink/wire.h"
#include "base/crypto/random.h"
#include "base/text/encoding.h"
#include "transport/url.h"
#include "tunnel/limits.h"

namespace sfteams::integration {
namespace {

agent::Dial dial_to(transport::Network& network, const std::string& url,
                    const std::filesystem::path& ca_file) {
  transport::DialOptions dial;
  dial.url = transport::parse_url(url).value();
  dial.url.path = tunnel::kAgentPath;
  dial.subprotocol = tunnel::kAgentSubprotocol;
  dial.ca_file = ca_file;
  return agent::dial_by(network, dial);
}

}  // namespace

BareAgent::BareAgent(transport::Loop& loop, transport::Network& network, const std::string& url,
                     const std::filesystem::path& ca_file, const std::string& name)
    : identity_(crypto::Ed25519Key::generate().value()),
      sessions_(loop, {}, [](agent::Speaker&) { return std::unique_ptr<agent::Talk>(); }),
      uplink_({dial_to(network, url, ca_file),
               {loop, identity_, name, "starface-teams-test", sessions_},
               {},
               {},
               crypto::random_below,
               {}},
              keys_) {
  if (const Result<void> started = uplink_.start(); !started)
    throw std::runtime_error(describe(started.error()));
}

bool BareAgent::failed_with(const Code& code) const {
  const auto status = uplink_.status();
  return status.last_error && status.last_error->code == code;
}

std::string BareAgent::identity() const {
  return text::to_hex(identity_.public_key());
}

}  // namespace sfteams::integration
