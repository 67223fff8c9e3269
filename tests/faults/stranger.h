#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "client/connection.h"
#include "tests/faults/books.h"

namespace sfteams::faults {

/// Who tries a user's name with a password that is wrong, once.
class Stranger final : public client::ConnectionHandler {
 public:
  /// Tells `books` when it gets in, and counts in `failures` how it does not; both outlive it.
  /// Fails as client::Connection::open() does.
  [[nodiscard]] static Result<std::unique_ptr<Stranger>> send(
      transport::Network& network, client::ConnectionOptions options, std::string user,
      Books& books, std::map<std::string, std::size_t>& failures);

  [[nodiscard]] bool over() const { return over_; }

 private:
  Stranger(std::string user, Books& books, std::map<std::string, std::size_t>& failures)
      : user_(std::move(user)), books_(books), failures_(failures) {}
  void on_open() override;
  void on_notification(const std::string& method, const Json::Value& params) override;
  void on_closed(const std::optional<Error>& error) override;

  std::string user_;
  Books& books_;
  std::map<std::string, std::size_t>& failures_;
  std::unique_ptr<client::Connection> connection_;
  bool over_ = false;
};

}  // namespace sfteams::faults
