#include "tunnel/wire_code.h"

#include <algorithm>
#include <array>

#include "tunnel/codes.h"
#include "tunnel/wire_text.h"

namespace sfteams::tunnel {
namespace {

constexpr std::array<WireCodeInfo, 22> kTable{{
    {WireCode::normal, codes::kNormal, "the other side has ended the connection", ""},
    {WireCode::protocol_error, codes::kProtocolError, "the other side has met a protocol error",
     "update both sides to the same version; if it stays, report it with the log"},
    {WireCode::version_unsupported, codes::kVersionUnsupported,
     "the other side does not speak this version of the protocol",
     "update the older of client, connector and agent"},
    {WireCode::admission_refused, codes::kAdmissionRefused,
     "the connector does not admit this system name and key",
     "check the name; ask the administrator of the PBX for the current key file"},
    {WireCode::pbx_offline, codes::kPbxOffline,
     "the PBX is not connected to the connector at the moment",
     "try again later; the administrator sees why with: starface-teams-agent status"},
    {WireCode::name_taken, codes::kNameTaken,
     "the system name belongs to another installation at this connector",
     "choose another name, or ask the connector's operator to free it"},
    {WireCode::name_not_enrolled, codes::kNameNotEnrolled,
     "the connector takes enrolled system names only",
     "ask the connector's operator to run: starface-teams-connector enroll NAME"},
    {WireCode::try_again_later, codes::kTryAgainLater, "the other side is too busy at the moment",
     "it is tried again by itself"},
    {WireCode::registration_refused, codes::kRegistrationRefused,
     "the connector does not accept this registration",
     "check the system name in agent.ini; see the connector's log"},
    {WireCode::too_many_streams, codes::kTooManyStreams,
     "as many sessions as are allowed are open already", "try again later"},
    {WireCode::key_revoked, codes::kKeyRevoked, "the system key is not valid any more",
     "ask the administrator of the PBX for the new key file"},
    {WireCode::replaced, codes::kReplaced,
     "a newer connection of the same installation has taken over",
     "make sure that only one agent runs with this state directory"},
    {WireCode::timeout, codes::kTimeout, "the other side has waited too long", "try again"},
    {WireCode::flow_control, codes::kFlowControl, "the other side has met a flow-control error",
     "update both sides to the same version; if it stays, report it with the log"},
    {WireCode::handshake_failed, codes::kHandshakeFailed,
     "the encrypted session could not be established: both sides have different keys",
     "ask the administrator of the PBX for the current key file"},
    {WireCode::session_unknown, codes::kSessionUnknown,
     "the agent does not know the session to be resumed", "sign in again"},
    {WireCode::session_ended, codes::kSessionEnded, "the agent has ended the session",
     "sign in again"},
    {WireCode::too_slow, codes::kTooSlow, "this side has read too slowly",
     "check the network, then sign in again"},
    {WireCode::too_large, codes::kTooLarge, "a message was larger than allowed",
     "ask for less at once"},
    {WireCode::shutting_down, codes::kShuttingDown, "the other side is shutting down",
     "try again in a moment"},
    {WireCode::internal, codes::kInternal, "the other side has met an internal error",
     "see the log of the other side"},
    {WireCode::name_disabled, codes::kNameDisabled,
     "the connector's operator has disabled the system name",
     "ask the connector's operator for the reason, and to run: starface-teams-connector enable "
     "NAME"},
}};

constexpr std::string_view kUnknownHint = "update this side: the other one is newer";

constexpr std::array kFlowControlCodes{codes::kCreditOverrun, codes::kCreditOverflow,
                                       codes::kCreditZero};
constexpr std::array kProtocolCodes{
    codes::kMessageEmpty,     codes::kMessageOversize, codes::kFrameTruncated,
    codes::kFrameLength,      codes::kFrameFlags,      codes::kFrameType,
    codes::kFrameStream,      codes::kFrameUnexpected, codes::kControlMalformed,
    codes::kUnknownCode,      codes::kNoiseLength,     codes::kNoiseTampered,
    codes::kNoiseBroken,      codes::kRecordMalformed, codes::kRecordType,
    codes::kRecordUnexpected, codes::kNumberGap,       codes::kFragmentOrder,
    codes::kAckUnsent};

template <typename List>
bool contains(const List& list, const Code& code) {
  return std::find(list.begin(), list.end(), code) != list.end();
}

}  // namespace

std::span<const WireCodeInfo> wire_codes() {
  return kTable;
}

Code code_of(WireCode wire) {
  const auto index = static_cast<std::size_t>(wire);
  return index < kTable.size() ? kTable[index].code : codes::kUnknownCode;
}

Error told_error(WireCode wire, std::string_view reason, std::string_view by) {
  const auto index = static_cast<std::size_t>(wire);
  const bool known = index < kTable.size();
  std::string what = known ? std::string(kTable[index].meaning)
                           : "the other side has sent the code " + std::to_string(index) +
                                 ", which this version does not know";
  what.append(" (").append(by);
  if (!reason.empty()) what.append(" says: ").append(printable(reason));
  what.append(")");
  return Error{code_of(wire), std::move(what),
               std::string(known ? kTable[index].hint : kUnknownHint)};
}

WireCode wire_code_for(const Error& error) {
  for (const WireCodeInfo& info : kTable) {
    if (info.code == error.code) return info.wire;
  }
  if (contains(kFlowControlCodes, error.code)) return WireCode::flow_control;
  if (contains(kProtocolCodes, error.code)) return WireCode::protocol_error;
  if (error.code == codes::kQueueFull) return WireCode::too_slow;
  if (error.code == codes::kChannelClosed) return WireCode::normal;
  return WireCode::internal;
}

}  // namespace sfteams::tunnel
