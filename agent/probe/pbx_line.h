#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/pbx/settings.h"
#include "agent/probe/callback_marks.h"
#include "agent/probe/reply_form.h"
#include "base/error/error.h"
#include "transport/http_client.h"
#include "transport/loop.h"
#include "transport/network.h"
#include "transport/server.h"
#include "uci/callback_gate.h"
#include "uci/http_binding.h"

namespace sfteams::probe {

/// The way to the PBX and a callback of this check's own, one thing after the other: what is asked
/// is waited for.
class PbxLine {
 public:
  /// Fails as transport::Network::create(), HttpClient::create() and Server::listen(). SIGINT,
  /// SIGTERM and SIGHUP end every wait() from then on.
  [[nodiscard]] static Result<std::unique_ptr<PbxLine>> open(const agent::PbxSettings& settings);
  PbxLine(const PbxLine&) = delete;
  PbxLine& operator=(const PbxLine&) = delete;

  /// An answer, of whatever status, or why there is none; not longer than 10 s, or
  /// 3 s once it is broken off.
  [[nodiscard]] Reply ask(transport::HttpCall call);
  /// Until `enough`, for `most`, or until it is broken off. Gives what `enough` says then.
  bool wait(transport::Duration most, const std::function<bool()>& enough);
  [[nodiscard]] bool broken_off() const { return broken_off_; }
  [[nodiscard]] transport::TimePoint now() const { return loop_->now(); }

  /// What came to one path of the callback.
  class Ear {
   public:
    explicit Ear(PbxLine& line, std::string path) : line_(line), path_(std::move(path)) {}
    ~Ear() { line_.ears_.erase(path_); }
    Ear(const Ear&) = delete;
    Ear& operator=(const Ear&) = delete;

    [[nodiscard]] uci::CallbackAddress address() const;
    [[nodiscard]] const std::vector<Heard>& heard() const { return heard_; }
    void forget() { heard_.clear(); }

   private:
    friend class PbxLine;
    PbxLine& line_;
    std::string path_;
    std::vector<Heard> heard_;
  };
  /// Fails with crypto.no-randomness.
  [[nodiscard]] Result<std::unique_ptr<Ear>> ear();

  /// The port that [uci] names is taken, by the running agent most likely, so it is another one.
  [[nodiscard]] bool on_other_port() const { return other_port_; }
  /// Requests to the callback that were refused because of who sent them.
  [[nodiscard]] std::size_t strangers() const { return strangers_; }
  [[nodiscard]] const agent::PbxSettings& settings() const { return settings_; }

 private:
  explicit PbxLine(const agent::PbxSettings& settings) : settings_(settings) {}
  [[nodiscard]] Result<void> listen();
  [[nodiscard]] transport::HttpResponse take(const transport::HttpRequest& request);

  agent::PbxSettings settings_;
  std::unique_ptr<transport::Loop> loop_;
  std::unique_ptr<transport::Network> network_;
  std::unique_ptr<transport::HttpClient> http_;
  std::unique_ptr<uci::CallbackGate> gate_;
  std::map<std::string, Ear*> ears_;
  std::unique_ptr<transport::Server> server_;
  bool broken_off_ = false;
  bool other_port_ = false;
  std::size_t strangers_ = 0;
};

}  // namespace sfteams::probe
