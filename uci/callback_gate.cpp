#include "uci/callback_gate.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "transport/this_host.h"
#include "uci/codes.h"

namespace sfteams::uci {

using transport::Resolver;

CallbackGate::CallbackGate(Setup setup)
    : setup_(std::move(setup)),
      resolver_(setup_.system ? Resolver(setup_.loop, setup_.system) : Resolver(setup_.loop)),
      addresses_(setup_.from.begin(), setup_.from.end()) {
  if (setup_.from.empty()) look_up();
}

bool CallbackGate::admits(const std::string& peer) {
  if (is_known(peer)) return true;
  if (setup_.from.empty() && (!looked_up_ || setup_.loop.now() - *looked_up_ >= kSoon)) look_up();
  if (setup_.refused) setup_.refused(stranger(peer));
  return false;
}

bool CallbackGate::is_known(const std::string& peer) const {
  if (addresses_.contains(peer)) return true;
  return on_this_host_ && transport::is_own_address(peer) == true;
}

void CallbackGate::look_up() {
  if (lookup_) return;
  looked_up_ = setup_.loop.now();
  next_.reset();
  lookup_ = resolver_.resolve(setup_.host, [this](const Result<Resolver::Addresses>& found) {
    lookup_.reset();
    on_addresses(found);
  });
}

void CallbackGate::on_addresses(const Result<Resolver::Addresses>& addresses) {
  if (!addresses) return look_up_after(kSoon);
  addresses_.clear();
  for (const std::string& address : *addresses) {
    if (auto canonical = transport::canonical_address(address))
      addresses_.insert(std::move(*canonical));
  }
  on_this_host_ = std::ranges::any_of(addresses_, [](const std::string& address) {
    return transport::is_own_address(address) == true;
  });
  look_up_after(kAgain);
}

void CallbackGate::look_up_after(transport::Duration pause) {
  next_ = setup_.loop.after(pause, [this] { look_up(); });
}

Error CallbackGate::stranger(const std::string& peer) const {
  const std::string known =
      addresses_.empty() ? "it is not known yet" : fmt::format("{}", fmt::join(addresses_, ", "));
  return {codes::kCallbackStranger,
          fmt::format("{} may not deliver events; the PBX's address: {}", peer, known),
          fmt::format("if that is the PBX, set callback-from = {} in [uci]; otherwise find out who "
                      "connects to [uci] callback-listen, and keep it out with a firewall",
                      peer)};
}

}  // namespace sfteams::uci
