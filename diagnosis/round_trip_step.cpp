#include "diagnosis/round_trip_step.h"

#include <utility>

#include <fmt/format.h>

#include "client/connection.h"
#include "json/json.h"
#include "keygen/key_file.h"

namespace sfteams::diagnosis {
namespace {

constexpr const char* kStep = "round-trip";
constexpr transport::Duration kPatience{10'000};

using std::chrono::steady_clock;

std::string milliseconds(steady_clock::duration spent) {
  return fmt::format("{:.1f} ms", std::chrono::duration<double, std::milli>(spent).count());
}

/// What the users have in their key files.
keygen::KeyFile key_file(const Context& context) {
  const transport::Url& url = context.configuration->connector.url;
  return {context.configuration->name, context.key->key.clone(),
          url.scheme + "://" + url.authority(), context.key->created};
}

class RoundTripWork final : public Work, private client::ConnectionHandler {
 public:
  RoundTripWork(Context& context, Found found, Done done)
      : context_(context), found_(std::move(found)), done_(std::move(done)) {}

  void start() {
    auto access = client::Access::from(key_file(context_));
    if (!access) return end(failure(kStep, access.error()));
    client::ConnectionOptions options;
    options.access = std::move(*access);
    options.ca_file = context_.configuration->connector.ca_file;
    options.proxy = context_.configuration->connector.proxy;
    options.open_timeout = kPatience;
    options.software = context_.software;
    Result<std::unique_ptr<client::Connection>> connection =
        client::Connection::open(context_.network, std::move(options), *this);
    if (!connection) return end(failure(kStep, connection.error()));
    connection_ = std::move(*connection);
  }

 private:
  void on_open() override {
    opened_ = steady_clock::now();
    connection_->call("system.info", Json::Value(), kPatience,
                      [this](const Result<Json::Value>& info) { on_info(info); });
  }

  void on_info(const Result<Json::Value>& info) {
    if (ended_) return;
    if (!info) return end(failure(kStep, info.error()));
    const auto now = steady_clock::now();
    const std::string agent(json::string_member(*info, "software").value_or("?"));
    end(well(kStep, said("through the connector to {0} and back: {1}, {2} for the first connection",
                         {agent, milliseconds(now - opened_), milliseconds(opened_ - started_)})));
  }

  void on_notification(const std::string& /*method*/, const Json::Value& /*params*/) override {}
  void on_closed(const std::optional<Error>& error) override {
    if (error) end(failure(kStep, *error));
  }

  void end(const Finding& finding) {
    if (std::exchange(ended_, true)) return;
    found_(finding);
    // Not from inside the connection's own call.
    end_ = context_.network.loop().after(transport::Duration(0), [this] {
      if (connection_) connection_->close();
      const Done done = std::move(done_);
      done();
    });
  }

  Context& context_;
  Found found_;
  Done done_;
  steady_clock::time_point started_ = steady_clock::now();
  steady_clock::time_point opened_;
  std::unique_ptr<client::Connection> connection_;
  std::unique_ptr<transport::Timer> end_;
  bool ended_ = false;
};

}  // namespace

Step check_round_trip() {
  return [](Context& context, const Found& found, const Done& done) -> std::unique_ptr<Work> {
    if (!context.configuration || !context.key || !context.registered) {
      found(skipped(kStep, said("it takes a system key and an agent that is registered")));
      done();
      return nullptr;
    }
    auto work = std::make_unique<RoundTripWork>(context, found, done);
    work->start();
    return work;
  };
}

}  // namespace sfteams::diagnosis
