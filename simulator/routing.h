#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/directory.h"
#include "simulator/extension.h"

namespace sfteams::simulator {

/// One behind the other, of one call.
inline constexpr int kMostRedirects = 5;

/// Where a call goes.
struct Route {
  enum class Kind { users, outside, voicemail, refused };
  Kind kind = Kind::refused;
  /// Whose phones ring; of voicemail and refused: whose it would be.
  std::vector<const User*> users;
  std::string group_id;             ///< when a group was dialled
  std::string number;               ///< that was reached in the end
  const User* forwarder = nullptr;  ///< who has redirected it last
  std::string forward_type = "NONE";
  /// When nobody has answered for so long, the call goes to `later`.
  std::optional<std::chrono::seconds> patience;
};

/// Follows numbers, do-not-disturb, call waiting and redirects.
class Routing {
 public:
  using IsBusy = std::function<bool(const User&)>;  ///< has a call already

  /// All references outlive this.
  Routing(const Directory& directory, const Extensions& extensions, IsBusy is_busy);

  [[nodiscard]] Route to(std::string_view number) const;
  /// For a call that `user` has not answered in time.
  [[nodiscard]] Route after_timeout(const User& user) const;

 private:
  [[nodiscard]] Route find(std::string_view number, int redirects) const;
  [[nodiscard]] Route to_user(const User& user, std::string_view number, int redirects) const;
  [[nodiscard]] Route to_group(const Group& group, std::string_view number) const;
  [[nodiscard]] Route follow(const User& user, RedirectType type, int redirects) const;
  [[nodiscard]] bool cannot_be_called(const User& user) const;

  const Directory& directory_;
  const Extensions& extensions_;
  IsBusy is_busy_;
};

}  // namespace sfteams::simulator
