#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "tunnel/session_channel.h"

namespace sfteams::tunnel {

inline constexpr std::string_view kTestName = "pbx.example.com";

inline SessionChannelOptions options_of(SessionChannel::Role role, std::uint8_t psk = 0x11) {
  SessionChannelOptions options;
  options.role = role;
  options.name = kTestName;
  options.pre_shared_key = crypto::Secret(std::vector<std::uint8_t>(32, psk));
  options.software = role == SessionChannel::Role::client ? "test-client/1" : "";
  return options;
}

/// One end of a session in a test, and everything that happened to it.
class TestEnd {
 public:
  using Bytes = std::vector<std::uint8_t>;

  explicit TestEnd(SessionChannelOptions options) : channel(make(std::move(options))) {}

  /// The next packet; empty when there is none.
  Bytes packet(std::size_t room = kMaxPacket, std::size_t credit = kMaxCredit) {
    Bytes out(room);
    last_pull = channel.next_packet(out, credit, now);
    out.resize(last_pull.size);
    return out;
  }

  /// Takes a packet and all its events. An agent accepts what is asked, unless told otherwise.
  void take(const Bytes& bytes) {
    const auto received = channel.receive(bytes, now);
    if (!received) {
      failure = received.error();
      return;
    }
    for (;;) {
      auto event = channel.next_event();
      if (!event) {
        failure = event.error();
        return;
      }
      if (!*event) return;
      std::visit([this](const auto& e) { on(e); }, **event);
    }
  }

  void on(const session_event::OpenAsked& event) {
    software = event.software;
    log += "open ";
    if (accepts) channel.accept(SessionId{7}, Bytes(32, 0x77), 0);
  }
  void on(const session_event::ResumeAsked& event) {
    resume = event.request;
    log += "resume ";
    if (resumes) channel.resume(std::move(resumes), event.request.received);
  }
  void on(const session_event::Opened& event) {
    session_id = event.session.session_id;
    resume_secret.assign(event.session.resume_secret.begin(), event.session.resume_secret.end());
    log += "opened ";
  }
  void on(const session_event::Resumed& /*event*/) { log += "resumed "; }
  void on(const session_event::Message& event) {
    messages.emplace_back(event.text);
    log += "message ";
  }
  void on(const session_event::Pong& event) {
    pong = event.data;
    log += "pong ";
  }
  void on(const session_event::Closed& event) {
    closed = event;
    log += event.refused ? "refused " : "closed ";
  }

  [[nodiscard]] std::string failure_id() const {
    return failure ? std::string(failure->code.id) : std::string();
  }

  SessionChannel channel;
  SteadyTime now{std::chrono::seconds(1000)};
  /// An agent's: the session that is given back when RESUME comes; nullptr: the test answers.
  std::unique_ptr<SessionLedger> resumes{};
  bool accepts = true;
  Pull last_pull;
  std::vector<std::string> messages;
  std::string software;
  std::string log;
  std::optional<ResumeRecord> resume;
  std::optional<SessionId> session_id;
  Bytes resume_secret;
  std::optional<std::array<std::uint8_t, 8>> pong;
  std::optional<session_event::Closed> closed;
  std::optional<Error> failure;

 private:
  static SessionChannel make(SessionChannelOptions options) {
    auto made = SessionChannel::create(std::move(options));
    REQUIRE(made);
    return std::move(*made);
  }
};

struct TestPair {
  TestEnd client{options_of(SessionChannel::Role::client)};
  TestEnd agent{options_of(SessionChannel::Role::agent)};

  /// Carries packets both ways until neither end has one.
  void settle() {
    bool moved = true;
    while (moved) {
      moved = false;
      for (const auto& [from, to] : {std::pair(&client, &agent), std::pair(&agent, &client)}) {
        for (auto packet = from->packet(); !packet.empty(); packet = from->packet()) {
          to->take(packet);
          moved = true;
        }
      }
    }
  }
};

}  // namespace sfteams::tunnel
