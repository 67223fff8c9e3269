#include "base/error/error.h"

namespace sfteams {

std::string describe(const Error& error) {
  std::string line = "[" + std::string(error.code.id) + "] " + error.message;
  if (!error.hint.empty()) line += " — " + error.hint;
  return line;
}

}  // namespace sfteams
