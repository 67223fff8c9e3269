#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/credentials.h"
#include "simulator/directory.h"
#include "simulator/extension.h"
#include "simulator/gate.h"
#include "simulator/logins.h"
#include "simulator/options.h"
#include "simulator/outbox.h"
#include "simulator/switchboard.h"
#include "simulator/wire.h"
#include "uci/value.h"
#include "uci/xmlrpc.h"

namespace sfteams::simulator {

class MethodTable;

/// What all requests work on; one of each in a Pbx.
struct Exchange {
  const Directory& directory;
  const Options& options;
  const MethodTable& methods;
  const Gate& gate;
  Extensions& extensions;
  Logins& logins;
  Outbox& outbox;
  Switchboard& switchboard;
  WallClock wall;
};

/// One request, by a user whose token is right.
struct Asking {
  Exchange& exchange;
  const User& user;
  const Credentials& credentials;
  Login* login;  ///< nullptr: not logged in; only for methods that do not need it
  Dialect dialect;
  std::span<const uci::Value> params;

  [[nodiscard]] Extension& own() const { return exchange.extensions.of(user); }
  [[nodiscard]] Wire wire() const { return {exchange.options, dialect}; }
};

using Answer = uci::Response;

/// A fault in the PBX's manner: the name of its exception, then what was wrong.
[[nodiscard]] uci::Fault fault(const Options& options, std::string_view exception,
                               std::string_view what);
/// "request is not allowed to the user".
[[nodiscard]] uci::Fault illegal_access(const Options& options);

/// One request that UCI has.
struct Method {
  std::string_view service;  ///< "call"
  std::string_view name;     ///< "getCallIds"
  unsigned dialects = 0;     ///< in_dialect() of each that has it
  bool needs_login = true;
  Answer (*run)(const Asking&) = nullptr;
};

[[nodiscard]] constexpr unsigned in_dialect(Dialect dialect) {
  return 1U << static_cast<unsigned>(dialect);
}
inline constexpr unsigned kV20 = in_dialect(Dialect::v20);
inline constexpr unsigned kV22Up = in_dialect(Dialect::v22) | in_dialect(Dialect::v30);
inline constexpr unsigned kV30 = in_dialect(Dialect::v30);
inline constexpr unsigned kAll = kV20 | kV22Up;

/// Takes positional parameters. The first that does not fit is remembered; later ones come out as
/// defaults. nil and the empty string both stand for "not given".
class Params {
 public:
  /// Wrong from the start unless there are exactly `count`.
  Params(const Asking& asking, std::size_t count);

  [[nodiscard]] std::string text(std::size_t at);
  [[nodiscard]] bool yes_no(std::size_t at);
  [[nodiscard]] std::int64_t number(std::size_t at);
  [[nodiscard]] std::optional<WallTime> date(std::size_t at);
  [[nodiscard]] std::vector<std::string> texts(std::size_t at);
  [[nodiscard]] const uci::Struct& structure(std::size_t at);
  [[nodiscard]] const uci::Array& array(std::size_t at);

  /// What was wrong; nothing when all fitted.
  [[nodiscard]] std::optional<uci::Fault> problem() const;

 private:
  const uci::Value* take(std::size_t at, std::string_view wanted);
  void reject(std::size_t at, std::string_view wanted);

  const Asking& asking_;
  std::string problem_;
};

/// In place of a group's id: what belongs to no group.
inline constexpr std::string_view kNonGroup = "NON_GROUP";

/// For settings, which come one at a time (a struct) or several at once (an array): hands both on
/// as an array.
using SetMany = Answer (*)(const Asking& asking, const uci::Array& settings);
[[nodiscard]] Answer with_one_struct(const Asking& asking, SetMany set);
[[nodiscard]] Answer with_many_structs(const Asking& asking, SetMany set);

/// The same for the entries of a list, by their ids: a string, or an array of strings.
using ForEntries = Answer (*)(const Asking& asking, const std::vector<std::string>& ids);
[[nodiscard]] Answer with_one_id(const Asking& asking, ForEntries run);
[[nodiscard]] Answer with_many_ids(const Asking& asking, ForEntries run);

}  // namespace sfteams::simulator
