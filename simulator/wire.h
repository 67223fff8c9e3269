#pragma once

#include <array>
#include <optional>
#include <string>

#include "simulator/extension.h"
#include "simulator/leg.h"
#include "simulator/options.h"
#include "uci/value.h"

namespace sfteams::simulator {

/// The three ages of UCI. They differ in the names of requests and events and in the call struct.
enum class Dialect { v20, v22, v30 };
inline constexpr std::array kDialects{Dialect::v20, Dialect::v22, Dialect::v30};

[[nodiscard]] std::string_view to_string(Dialect dialect);

/// How the values of answers and events are written, as far as the switches decide it.
class Wire {
 public:
  Wire(const Options& options, Dialect dialect) : options_(options), dialect_(dialect) {}

  /// A text, or what stands for an unknown value when it is empty.
  [[nodiscard]] uci::Value text(const std::string& value) const;
  [[nodiscard]] uci::Value date(WallTime time) const;
  [[nodiscard]] uci::Value timestamp(WallTime time) const;
  /// The answer of a request without a result.
  [[nodiscard]] uci::Value nothing() const;
  /// A call struct: seven fields in v20, groupID beside them in v22, all of the bean in v30.
  [[nodiscard]] uci::Struct call(const Leg& leg, WallTime now) const;
  /// The same as an event; the first one of a call may lack its state or its names.
  [[nodiscard]] uci::Struct call_event(const Leg& leg, WallTime now) const;

 private:
  [[nodiscard]] uci::Struct make(const Leg& leg, WallTime now, bool with_state,
                                 bool with_names) const;
  void add_v30(uci::Struct& call, const Leg& leg, WallTime now) const;

  const Options& options_;
  Dialect dialect_;
};

/// A date of the zone that the options name, as a point in time. A date with its own offset is
/// taken by that.
[[nodiscard]] WallTime to_wall(const uci::DateTime& date, const Options& options);
[[nodiscard]] uci::DateTime to_date_time(WallTime time, const Options& options);

}  // namespace sfteams::simulator
