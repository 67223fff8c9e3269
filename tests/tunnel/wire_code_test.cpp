#include "tunnel/wire_code.h"

#include <set>
#include <string>

#include <catch2/catch.hpp>

#include "tests/contains.h"
#include "tunnel/codes.h"
#include "tunnel/wire_text.h"

namespace sfteams::tunnel {
namespace {

TEST_CASE("every number of the wire has its own code, in order and without gaps") {
  std::set<std::string_view> ids;
  std::uint16_t number = 0;
  for (const WireCodeInfo& info : wire_codes()) {
    CHECK(static_cast<std::uint16_t>(info.wire) == number++);
    CHECK(code_of(info.wire) == info.code);
    CHECK_FALSE(info.meaning.empty());
    CHECK(info.meaning.back() != '.');
    CHECK(ids.insert(info.code.id).second);
    CHECK(info.code.id.starts_with("tunnel."));
  }
  CHECK(number == 22);
}

TEST_CASE("a number from a newer version is reported, not taken for another") {
  const Error error = told_error(static_cast<WireCode>(999), "because", "the connector");
  CHECK(error.code == codes::kUnknownCode);
  CHECK(contains(error.message, "999"));
  CHECK(contains(error.message, "because"));
}

TEST_CASE("what the peer says stands in the error without control characters") {
  const Error error = told_error(WireCode::try_again_later, "busy\n\x1b[31m", "the connector");
  CHECK(error.code == codes::kTryAgainLater);
  CHECK(error.code.exit == Exit::temp_failure);
  CHECK(contains(error.message, "the connector says: busy??[31m"));
}

TEST_CASE("a failure found here is told to the peer as what it belongs to") {
  const auto [code, wire] = GENERATE(table<Code, WireCode>({
      {codes::kCreditOverrun, WireCode::flow_control},
      {codes::kFrameLength, WireCode::protocol_error},
      {codes::kNoiseTampered, WireCode::protocol_error},
      {codes::kHandshakeFailed, WireCode::handshake_failed},
      {codes::kVersionUnsupported, WireCode::version_unsupported},
      {codes::kQueueFull, WireCode::too_slow},
      {codes::kTooLarge, WireCode::too_large},
      {codes::kPbxOffline, WireCode::pbx_offline},
      {Code{"uci.something", Exit::failure}, WireCode::internal},
  }));
  INFO(code.id);
  CHECK(wire_code_for(Error{code, "", ""}) == wire);
}

TEST_CASE("a reason is cut at a character's border") {
  std::string text(119, 'x');
  text += "\xc3\xa4";  // ä: bytes 119 and 120
  CHECK(cut_reason(text) == std::string(119, 'x'));
  CHECK(cut_reason(std::string(118, 'x') + "\xc3\xa4" + "y") == std::string(118, 'x') + "\xc3\xa4");
  CHECK(cut_reason("short") == "short");
  CHECK(cut_reason("\xff\xfe").empty());
}

TEST_CASE("software is named in printable ASCII of at most 64 bytes") {
  CHECK(is_software(""));
  CHECK(is_software("starface-teams-agent/0.1.0 (Debian 12)"));
  CHECK(is_software(std::string(64, 'a')));
  CHECK_FALSE(is_software(std::string(65, 'a')));
  CHECK_FALSE(is_software("a\nb"));
  CHECK_FALSE(is_software("\xc3\xa4"));
}

}  // namespace
}  // namespace sfteams::tunnel
