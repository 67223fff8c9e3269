#include "uci/date_time.h"

#include <catch2/catch.hpp>

using sfteams::uci::DateTime;
using sfteams::uci::parse_date_time;
using sfteams::uci::to_iso8601;
using sfteams::uci::to_xmlrpc;

namespace {

const DateTime kMoment{
    .year = 2026, .month = 11, .day = 23, .hour = 10, .minute = 20, .second = 30};

DateTime with_offset(int minutes) {
  DateTime moment = kMoment;
  moment.offset_minutes = minutes;
  return moment;
}

}  // namespace

TEST_CASE("a date is read as XML-RPC writes it and in its common variants") {
  for (const char* text : {"20261123T10:20:30", "2026-11-23T10:20:30", "20261123T102030",
                           "2026-11-23T10:20:30.123", "20261123T10:20:30,5"}) {
    CAPTURE(text);
    CHECK(parse_date_time(text) == kMoment);
  }
}

TEST_CASE("a date keeps the zone that it names") {
  CHECK(parse_date_time("20261123T10:20:30Z") == with_offset(0));
  CHECK(parse_date_time("2026-11-23T10:20:30+01:00") == with_offset(60));
  CHECK(parse_date_time("2026-11-23T10:20:30-0530") == with_offset(-330));
  CHECK(parse_date_time("2026-11-23T10:20:30+01") == with_offset(60));
}

TEST_CASE("what is no date is not taken for one") {
  for (const char* text : {"",
                           "2026",
                           "20261123",
                           "20261123T",
                           "20261123T10:20",
                           "20261123 10:20:30",
                           "20261323T10:20:30",
                           "20260229T10:20:30",
                           "20261123T24:00:00",
                           "20261123T10:60:00",
                           "20261123T10:20:60",
                           "20261123T10:20:30X",
                           "20261123T10:20:30+24:00",
                           "20261123T10:20:30+01:60",
                           "20261123T10:20:30.",
                           "00000101T00:00:00",
                           "2026-1123T10:20:30",
                           "-2026123T10:20:30",
                           "20261123T10:20:30Z ",
                           " 20261123T10:20:30",
                           "99991231T23:59:59-01:00",
                           "00010101T00:00:00+00:01"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_date_time(text).has_value());
  }
}

TEST_CASE("the last day of February is known in leap years") {
  CHECK(parse_date_time("20280229T00:00:00"));
  CHECK_FALSE(parse_date_time("21000229T00:00:00").has_value());
}

TEST_CASE("a date is written for XML-RPC without dashes and without a zone") {
  CHECK(to_xmlrpc(kMoment) == "20261123T10:20:30");
}

TEST_CASE("a date with a zone is written for XML-RPC in UTC, across midnight and the year") {
  CHECK(to_xmlrpc(with_offset(60)) == "20261123T09:20:30");
  CHECK(to_xmlrpc({.year = 2026,
                   .month = 12,
                   .day = 31,
                   .hour = 23,
                   .minute = 30,
                   .second = 1,
                   .offset_minutes = -60}) == "20270101T00:30:01");
}

TEST_CASE("a date is written as RFC 3339 has it, with a zone only when one is known") {
  CHECK(to_iso8601(kMoment) == "2026-11-23T10:20:30");
  CHECK(to_iso8601(with_offset(0)) == "2026-11-23T10:20:30Z");
  CHECK(to_iso8601(with_offset(90)) == "2026-11-23T10:20:30+01:30");
  CHECK(to_iso8601(with_offset(-90)) == "2026-11-23T10:20:30-01:30");
}
