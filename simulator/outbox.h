#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/crypto/secret.h"
#include "simulator/journal.h"
#include "simulator/logins.h"
#include "simulator/odd_values.h"
#include "simulator/options.h"
#include "transport/http_client.h"
#include "transport/scheduler.h"

namespace sfteams::simulator {

/// Events on their way to the clients' callbacks, one after the other for each login: the next one
/// leaves when the one before has been taken (HTTP 2xx, whatever the body says) or given up.
class Outbox {
 public:
  struct Event {
    std::string method;
    std::string summary;  ///< for the journal
    std::string body;     ///< the methodCall
  };

  /// All outlive this.
  Outbox(transport::HttpClient& http, transport::Scheduler& scheduler, const Options& options,
         Journal& journal, std::optional<std::filesystem::path> ca_file = {});

  /// Nothing happens when the login has no callback.
  void send(const Login& login, Event event);
  /// Forgets what has not been sent, after a logout.
  void drop(const Login& login);
  [[nodiscard]] std::size_t waiting() const;

 private:
  struct Waiting {
    Event event;
    std::uint64_t journal = 0;
    int attempts = 0;
  };
  struct Lane {
    crypto::Secret url;
    std::deque<Waiting> queue;
    std::unique_ptr<transport::HttpPending> pending;
    std::unique_ptr<transport::Timer> retry;
  };

  void post(std::uint64_t lane);
  void posted(std::uint64_t lane, const Result<transport::HttpReply>& reply);
  void next(std::uint64_t lane);
  void close(const Waiting& waiting, const char* outcome, int status);

  transport::HttpClient& http_;
  transport::Scheduler& scheduler_;
  const Options& options_;
  Journal& journal_;
  std::optional<std::filesystem::path> ca_file_;
  OddValues odd_;
  unsigned posted_ = 0;                  ///< for the mixed posting
  std::map<std::uint64_t, Lane> lanes_;  ///< by login, only while something waits
};

}  // namespace sfteams::simulator
