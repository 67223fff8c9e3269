#include "tests/faults/stranger.h"

#include <utility>

#include <fmt/format.h>

#include "base/crypto/secret.h"

namespace sfteams::faults {
namespace {

constexpr transport::Duration kPatience{60'000};

}  // namespace

Result<std::unique_ptr<Stranger>> Stranger::send(transport::Network& network,
                                                 client::ConnectionOptions options,
                                                 std::string user, Books& books, Failed failed) {
  std::unique_ptr<Stranger> stranger(new Stranger(std::move(user), books, std::move(failed)));
  auto opened = client::Connection::open(network, std::move(options), *stranger);
  if (!opened) return fail(opened.error());
  stranger->connection_ = std::move(*opened);
  return stranger;
}

void Stranger::on_open() {
  connection_->login(user_, crypto::Secret::from_text("a guess"), kPatience,
                     [this](const Result<Json::Value>& result) {
                       if (result) books_.broke(fmt::format("{} got in by a guess", user_));
                       if (!result) failed_(result.error().code.id);
                       connection_->close();
                     });
}

void Stranger::on_notification(const std::string& /*method*/, const Json::Value& /*params*/) {
  books_.broke(fmt::format("who guessed the password of {} heard an event", user_));
}

void Stranger::on_closed(const std::optional<Error>& error) {
  if (error) failed_(error->code.id);
  over_ = true;
}

}  // namespace sfteams::faults
