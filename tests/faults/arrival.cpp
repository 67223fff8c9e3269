#include "tests/faults/arrival.h"

#include <string>

namespace sfteams::faults {
namespace {

// What the agent answers at a callback that has ended, or with a token that it had before.
constexpr int kNoSuchPath = 404;
constexpr int kWrongToken = 403;

}  // namespace

std::optional<Arrival> arrival_of(const Json::Value& entry) {
  const std::string outcome = entry["outcome"].asString();
  const int status = entry["status"].asInt();
  if (outcome == "delivered") return Arrival::delivered;
  if (outcome == "dropped") {
    // Its login ended while it was on its way, or while it waited for those before it.
    if (entry["attempts"].asInt() == 0) return std::nullopt;
    return Arrival::unknown;
  }
  if (outcome != "failed") return Arrival::refused;
  if (status == 0) return Arrival::unknown;
  return status == kNoSuchPath || status == kWrongToken ? Arrival::gone : Arrival::refused;
}

}  // namespace sfteams::faults
