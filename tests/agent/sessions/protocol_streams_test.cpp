// What docs/protocol.md shows of the end of streams and sessions is what the agent does.

#include <catch2/catch.hpp>

#include "tests/agent/uplink/link_rig.h"
#include "tests/tunnel/protocol_document.h"
#include "tunnel/record.h"

namespace sfteams::agent {
namespace {

using Bytes = std::vector<std::uint8_t>;
using tunnel::FrameType;

/// The agent's stream in the document.
constexpr std::uint32_t kStream = 7;

struct ProtocolStreamsFixture {
  ProtocolStreamsFixture() { rig.come_up(); }

  /// The frame with which the agent has closed the stream.
  Bytes close_frame() {
    const auto& closed = rig.clients.at(kStream).stream_closed;
    REQUIRE(closed);
    Bytes frame(256);
    tunnel::FrameWriter writer(frame);
    REQUIRE(writer.write(FrameType::close, kStream,
                         tunnel::encode_close(closed->code, closed->reason)));
    frame.resize(writer.size());
    return frame;
  }

  LinkRig rig;
  tunnel::ProtocolDocument document;
};

TEST_CASE_METHOD(ProtocolStreamsFixture,
                 "the document's short first packet gets the document's CLOSE") {
  rig.open(kStream).mute = true;
  rig.send_raw(document.bytes("short-handshake"));
  rig.pump();
  CHECK(close_frame() == document.bytes("short-handshake-close"));
}

TEST_CASE_METHOD(ProtocolStreamsFixture,
                 "the agent closes the stream behind a client's CLOSE record by itself") {
  TestClient& client = rig.open(kStream);
  rig.pump();
  REQUIRE_FALSE(client.stream_closed);
  client.channel.close(tunnel::WireCode::normal, "");
  // The rig passes the record on and never a CLOSE frame of the client.
  rig.pump();
  CHECK(close_frame() == document.bytes("agent-close-frame"));
  CHECK(rig.sessions.size() == 0);
}

TEST_CASE_METHOD(ProtocolStreamsFixture,
                 "RESUME of a session without a sign-in gets the document's refusal") {
  rig.talks.user = "";
  rig.open(kStream);
  rig.pump();
  rig.send(FrameType::close, kStream, tunnel::encode_close(tunnel::WireCode::normal, ""));
  TestClient lost = std::move(rig.clients.at(kStream));
  rig.clients.erase(kStream);
  rig.pump();
  CHECK(rig.sessions.size() == 0);
  const TestClient& back = rig.resume(kStream + 1, std::move(lost));
  REQUIRE(back.closed);
  CHECK(back.closed->refused);
  Bytes refusal(64);
  tunnel::RecordWriter writer(refusal);
  REQUIRE(writer.write(tunnel::RefusedRecord{back.closed->code, back.closed->reason}));
  REQUIRE(writer.write(tunnel::CloseRecord{back.closed->code, back.closed->reason}));
  refusal.resize(writer.size());
  CHECK(refusal == document.bytes("session-refused"));
}

}  // namespace
}  // namespace sfteams::agent
