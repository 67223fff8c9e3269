#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "simulator/services/method.h"

namespace sfteams::simulator {

/// All requests by their full names: "ucp.v30.requests.call.getCallIds",
/// "ucp.v20.server.communication.call.getCallIds".
class MethodTable {
 public:
  struct Found {
    const Method* method = nullptr;  ///< nullptr: there is no such request
    Dialect dialect = Dialect::v30;
  };

  MethodTable();

  [[nodiscard]] Found find(std::string_view name) const;
  /// The services that a dialect's requests belong to: "ucp.v30.requests.call", …
  [[nodiscard]] std::vector<std::string> services(Dialect dialect) const;
  [[nodiscard]] std::size_t size() const { return by_name_.size(); }

 private:
  void add(std::span<const Method> methods);

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  std::unordered_map<std::string, Found, Hash, std::equal_to<>> by_name_;
  std::vector<std::pair<Dialect, std::string>> services_;
};

/// True for the request that logs in, in every dialect.
[[nodiscard]] bool is_login(std::string_view method);

/// Of the user: "call" has this request in v20, "phone" in the others.
[[nodiscard]] Answer get_phone_ids(const Asking& asking);

// One list for each service; tables live as long as the program.
[[nodiscard]] std::span<const Method> connection_methods();
[[nodiscard]] std::span<const Method> service_methods();
[[nodiscard]] std::span<const Method> call_methods();
[[nodiscard]] std::span<const Method> phone_methods();
[[nodiscard]] std::span<const Method> user_state_methods();
[[nodiscard]] std::span<const Method> call_list_methods();
[[nodiscard]] std::span<const Method> redirect_methods();
[[nodiscard]] std::span<const Method> group_methods();
[[nodiscard]] std::span<const Method> function_key_methods();
[[nodiscard]] std::span<const Method> voicemail_methods();

}  // namespace sfteams::simulator
