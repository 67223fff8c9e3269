#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

#include "base/error/error.h"
#include "connector/name_changes.h"
#include "connector/registry/registry.h"

namespace sfteams::connector {

// What an operator does to a name by hand; enroll and forget are in connector/commands.h.

/// The name as people write it, in its one form. Fails with keygen.bad-name, as a usage error.
[[nodiscard]] Result<std::string> name_as_given(const std::string& name);
/// The beginning of the owner's public key, enough to compare it with what the agent shows; "-"
/// without an owner.
[[nodiscard]] std::string identity_text(const Ownership& ownership);
/// Who runs this command, now.
[[nodiscard]] Registry::By by_operator();

/// Of a reason, so that the agent can be told all of it (tunnel::kMaxReason).
inline constexpr std::size_t kMostOfReason = 80;
/// The reason as it is kept. Fails with connector.bad-reason when it has more bytes, is no UTF-8, or
/// has characters that nobody sees.
[[nodiscard]] Result<std::string> reason_of(const std::string& given);

/// Seconds after which an agent whose name is disabled shall come back: one of a version that does
/// not know the code would come sooner.
inline constexpr std::uint16_t kDisabledRetry = 60;
/// What it is told: a sentence that says enough without the code.
[[nodiscard]] std::string told_to_agent(const Disabling& disabling);

/// Lets the name in no more. Fails with keygen.bad-name, connector.bad-reason or
/// connector.name-unknown.
[[nodiscard]] Result<void> disable_name(const NameChanges& names, const std::string& name,
                                        const std::string& reason, std::ostream& out);
/// Lets it in again. Fails with keygen.bad-name or connector.name-unknown.
[[nodiscard]] Result<void> enable_name(const NameChanges& names, const std::string& name,
                                       std::ostream& out);

}  // namespace sfteams::connector
