#pragma once

#include <optional>

#include "simulator/directory.h"
#include "simulator/reply.h"
#include "simulator/rest_options.h"

namespace sfteams::simulator {

/// The picture of a user as REST gives it, or what RestOptions::avatars puts in its place; nullopt: the
/// user has none, as every other one.
[[nodiscard]] std::optional<Reply> avatar_of(const User& user, const RestOptions& rest);

}  // namespace sfteams::simulator
