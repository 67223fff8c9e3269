#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Every size and every deadline of the protocol (docs/protocol.md, "Limits" and "Deadlines").
namespace sfteams::tunnel {

inline constexpr std::uint8_t kProtocolVersion = 1;

inline constexpr const char* kAgentSubprotocol = "starface-teams-agent.v1";
inline constexpr const char* kClientSubprotocol = "starface-teams-client.v1";
inline constexpr const char* kAgentPath = "/v1/agent";
inline constexpr const char* kClientPath = "/v1/client";
/// Between the nodes of a cluster.
inline constexpr const char* kNodeSubprotocol = "starface-teams-node.v1";
inline constexpr const char* kNodePath = "/v1/node";

/// One websocket message: with the 8 bytes of a client's masked header it fills one TLS record.
inline constexpr std::size_t kMaxWebsocketMessage = 16'376;
inline constexpr std::size_t kFrameHeader = 8;
inline constexpr std::size_t kMaxFramePayload = kMaxWebsocketMessage - kFrameHeader;

/// One DATA frame carries exactly one packet; four fit into one websocket message.
inline constexpr std::size_t kMaxPacket = 4'080;
/// The only stream of a client's link.
inline constexpr std::uint32_t kClientStream = 1;
/// Credit of a stream and direction at its opening, and the most that may ever be outstanding.
inline constexpr std::uint32_t kMaxCredit = 65'536;
/// A receiver returns credit at the latest when it has consumed this much.
inline constexpr std::uint32_t kCreditBatch = kMaxCredit / 2;

inline constexpr std::size_t kMaxName = 253;
inline constexpr std::size_t kMaxSoftware = 64;
inline constexpr std::size_t kMaxReason = 120;
inline constexpr std::size_t kMaxAdmissionKeys = 4;
/// Streams of an agent that REGISTERED can announce: 24 bits.
inline constexpr std::uint32_t kMaxStreams = 0xff'ffff;

inline constexpr std::size_t kNoiseTag = 16;
/// Both handshake messages have an empty payload: an ephemeral key and a tag.
inline constexpr std::size_t kHandshakePacket = 48;
inline constexpr std::size_t kMaxPlaintext = kMaxPacket - kNoiseTag;
inline constexpr std::size_t kRecordHeader = 3;

/// A whole message of the session layer, by where it goes.
inline constexpr std::size_t kMaxMessageToAgent = 262'144;
inline constexpr std::size_t kMaxMessageToClient = 4'194'304;
/// What a session may keep of messages that wait for credit or for their acknowledgement, before it
/// is given up as too slow.
inline constexpr std::size_t kMaxQueuedToAgent = 1'048'576;
inline constexpr std::size_t kMaxQueuedToClient = 8'388'608;

/// An ACK leaves after this many messages, after messages of this many bytes, or after this time,
/// whichever comes first.
inline constexpr std::uint64_t kAckEvery = 16;
inline constexpr std::uint64_t kAckEveryBytes = 65'536;
inline constexpr std::chrono::milliseconds kAckDelay{200};

/// From the upgrade to a valid REGISTER or ADMIT, seen by the connector; to CHALLENGE and the
/// answer, seen by the peer.
inline constexpr std::chrono::milliseconds kAdmissionDeadline{10'000};
/// From NUMBERED_KEYS to its KEYS_TAKEN, seen by the agent.
inline constexpr std::chrono::milliseconds kKeysDeadline{10'000};
/// From the stream's opening to OPENED, on both ends.
inline constexpr std::chrono::milliseconds kSessionDeadline{10'000};

}  // namespace sfteams::tunnel
