#include "uci/xml_space.h"

#include <catch2/catch.hpp>

namespace sfteams::uci {
namespace {

TEST_CASE("the white space of XML goes at both ends, and no other byte does") {
  CHECK(without_xml_space(" \t\r\n a b \n") == "a b");
  CHECK(without_xml_space_before(" \t\r\n a b \n") == "a b \n");
  CHECK(without_xml_space("a") == "a");
  CHECK(without_xml_space(" \t\r\n").empty());
  CHECK(without_xml_space("").empty());
  // The form feed and the no-break space of UTF-8 are characters like others.
  CHECK(without_xml_space("\f\xc2\xa0") == "\f\xc2\xa0");
  CHECK(is_xml_space(""));
  CHECK(is_xml_space("\r\n\t "));
  CHECK_FALSE(is_xml_space(" \f "));
}

}  // namespace
}  // namespace sfteams::uci
