#include "tests/faults/verdicts.h"

#include <catch2/catch.hpp>

// Which failures the soak lets pass, and when.

namespace sfteams::faults {
namespace {

constexpr Troubles kCalm;
constexpr Troubles kEverything = Trouble::pbx_unwell | Trouble::pbx_slow |
                                 Trouble::logins_forgotten | Trouble::password_changed |
                                 Trouble::agent_away | Trouble::connector_away | Trouble::line_bad |
                                 Trouble::answer_spoilt;

TEST_CASE("what is not in the table is broken, whatever goes on") {
  const Situation where =
      GENERATE(Situation::sign_in_proven, Situation::sign_in_changed, Situation::loss,
               Situation::call, Situation::carried_out, Situation::large_answer, Situation::guess);
  const char* code = GENERATE("license.no-seat", "tunnel.too-slow", "uci.xml-too-large",
                              "tunnel.internal", "something.new", "");
  CAPTURE(to_string(where), code);
  CHECK(judge(where, code, kEverything) == Verdict::broken);
}

TEST_CASE("while nothing is wrong nothing fails but a guess and a password that is not proven") {
  const Situation where = GENERATE(Situation::sign_in_proven, Situation::loss, Situation::call,
                                   Situation::carried_out, Situation::large_answer);
  const char* code = GENERATE("uci.pbx-error", "uci.unreachable", "uci.broken-reply", "uci.timeout",
                              "uci.login-refused", "session.login-paused", "session.signed-out",
                              "tunnel.pbx-offline", "client.connection-lost", "client.closed");
  CAPTURE(to_string(where), code);
  CHECK(judge(where, code, kCalm) == Verdict::broken);
}

TEST_CASE("an unwell PBX excuses what says so, and no refused password") {
  const Situation where =
      GENERATE(Situation::sign_in_proven, Situation::call, Situation::large_answer);
  CHECK(judge(where, "uci.pbx-error", Trouble::pbx_unwell) == Verdict::allowed);
  CHECK(judge(where, "uci.unreachable", Trouble::pbx_unwell) == Verdict::allowed);
  CHECK(judge(where, "uci.pbx-error", Trouble::line_bad) == Verdict::broken);
  CHECK(judge(where, "uci.login-refused", Trouble::pbx_unwell) == Verdict::broken);
  CHECK(judge(where, "session.signed-out", Trouble::pbx_unwell) == Verdict::broken);
}

TEST_CASE("without faults of the way a session is lost by a changed password only") {
  const Troubles pbx =
      Trouble::pbx_unwell | Trouble::pbx_slow | Trouble::logins_forgotten | Trouble::answer_spoilt;
  for (const char* code :
       {"uci.pbx-error", "uci.unreachable", "session.login-paused", "tunnel.session-unknown",
        "client.connection-lost", "uci.login-refused", "session.signed-out"}) {
    CAPTURE(code);
    CHECK(judge(Situation::loss, code, pbx) == Verdict::broken);
  }
  CHECK(judge(Situation::loss, "uci.login-refused", Trouble::password_changed) == Verdict::allowed);
  CHECK(judge(Situation::loss, "tunnel.session-unknown", Trouble::agent_away) == Verdict::allowed);
}

TEST_CASE("strangers hold up new passwords, and proven ones only while the PBX is unwell") {
  const char* paused = "session.login-paused";
  CHECK(judge(Situation::sign_in_changed, paused, kCalm) == Verdict::allowed);
  CHECK(judge(Situation::sign_in_proven, paused, kCalm) == Verdict::broken);
  CHECK(judge(Situation::sign_in_proven, paused, Trouble::agent_away) == Verdict::broken);
  CHECK(judge(Situation::sign_in_proven, paused, Trouble::pbx_unwell) == Verdict::allowed);
  CHECK(judge(Situation::guess, paused, kCalm) == Verdict::allowed);
}

TEST_CASE("an answer is thrown away by the PBX only") {
  const char* code = GENERATE("uci.broken-reply", "uci.unreachable", "uci.timeout");
  CAPTURE(code);
  CHECK(judge(Situation::carried_out, code, Trouble::pbx_unwell) == Verdict::broken);
  CHECK(judge(Situation::carried_out, code, Trouble::answer_spoilt) == Verdict::allowed);
}

}  // namespace
}  // namespace sfteams::faults
