#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "simulator/address_book.h"

namespace sfteams::simulator {

/// The query of GET /rest/contacts.
struct ContactQuery {
  ContactSearch search;
  std::size_t page = 0;  ///< from 0
  std::size_t page_size = 20;
  std::string user_id;  ///< on behalf of that user; empty: one's own
  /// Why it is a bad request, without anything of its content; empty: it is not.
  std::string problem;
};

/// Takes searchTerms, tags, page, pagesize (1 to 1,000; more is 1,000), sort, sortdirection and
/// userId, each at most once, in at most 8 KiB; other names are ignored.
[[nodiscard]] ContactQuery read_contact_query(std::string_view query);

}  // namespace sfteams::simulator
