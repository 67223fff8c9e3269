#pragma once

#include <string>

#include "base/files/descriptor.h"

namespace sfteams::transport {

/// Something on this host that a connect(2) succeeds with at once: a listening socket that nobody
/// ever accepts from. libwebsockets cannot be given a connected socket, so it connects here, and
/// the right socket is then put in the place of that one.
class Placeholder {
 public:
  Placeholder();

  /// As libwebsockets writes it: "+@name", a name in Linux's abstract namespace (unix(7)). Empty:
  /// the system has no socket to give.
  [[nodiscard]] const std::string& address() const { return address_; }

 private:
  files::Descriptor socket_;
  std::string address_;
};

/// Lets `fd` be what `replacement` is. True when it worked.
[[nodiscard]] bool put_in_place_of(int fd, files::Descriptor replacement);

}  // namespace sfteams::transport
