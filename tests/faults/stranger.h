#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "client/connection.h"
#include "tests/faults/books.h"

namespace sfteams::faults {

/// Who tries a user's name with a password that is wrong, once.
class Stranger final : public client::ConnectionHandler {
 public:
  /// Tells by which code it did not get in.
  using Failed = std::function<void(std::string_view code)>;
  /// Tells `books` when it gets in; they outlive it, and what `failed` needs does.
  /// Fails as client::Connection::open() does.
  [[nodiscard]] static Result<std::unique_ptr<Stranger>> send(transport::Network& network,
                                                              client::ConnectionOptions options,
                                                              std::string user, Books& books,
                                                              Failed failed);

  [[nodiscard]] bool over() const { return over_; }

 private:
  Stranger(std::string user, Books& books, Failed failed)
      : user_(std::move(user)), books_(books), failed_(std::move(failed)) {}
  void on_open() override;
  void on_notification(const std::string& method, const Json::Value& params) override;
  void on_closed(const std::optional<Error>& error) override;

  std::string user_;
  Books& books_;
  Failed failed_;
  std::unique_ptr<client::Connection> connection_;
  bool over_ = false;
};

}  // namespace sfteams::faults
