#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error/error.h"
#include "uci/dialect.h"
#include "uci/subscriptions.h"
#include "uci/value.h"

namespace sfteams::uci {

/// What a call changes in the wishes of the user's sessions, once the PBX has done as it was asked.
struct SubscriptionChange {
  std::vector<Subscription> wanted{};     ///< one more wish for each
  std::optional<std::string> given_up{};  ///< the service that nobody wants any more

  /// `answer` is the value that the PBX gave: false changes nothing.
  void apply(Subscriptions& subscriptions, const Value& answer) const;
};

struct PreparedCall {
  std::string body;  ///< the XML-RPC document
  SubscriptionChange change{};
};

/// The document to send for a call of any method. A subscription that replaces a list names what
/// the other sessions want as well.
///
/// nullopt: nothing is to be sent, and the answer is true. The call gives up a service that others
/// want or that is permanent; that wish has been taken back from `subscriptions`.
///
/// Fails with uci.bad-service-name and uci.too-many-services, and as write_call().
[[nodiscard]] Result<std::optional<PreparedCall>> prepare_call(Subscriptions& subscriptions,
                                                               const Dialect& dialect,
                                                               std::string_view method,
                                                               const Array& params);

}  // namespace sfteams::uci
