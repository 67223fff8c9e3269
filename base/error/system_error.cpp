#include "base/error/system_error.h"

#include <system_error>

namespace sfteams {

std::string system_message(int number) {
  return std::generic_category().message(number);
}

}  // namespace sfteams
