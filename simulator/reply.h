#pragma once

#include <string>

#include "simulator/options.h"
#include "simulator/rules.h"
#include "transport/scheduler.h"

namespace sfteams::simulator {

/// What goes back over HTTP, and in which manner.
struct Reply {
  enum class Way {
    answer,
    close,  ///< the connection ends, nothing is sent
    cut,    ///< the connection ends in the middle of the body
    hold,   ///< nothing is sent, the connection stays
    drip,   ///< byte by byte
  };
  Way way = Way::answer;
  int status = 200;
  std::string content_type = "text/xml; charset=UTF-8";
  std::string body;
  std::string location;          ///< of a redirect
  bool no_store = false;         ///< holds a secret: no cache may keep it
  transport::Duration delay{0};  ///< before anything happens
};

/// A web page, where a client waits for XML.
[[nodiscard]] Reply html_reply(int status, const std::string& title);

/// A redirect (302).
[[nodiscard]] Reply redirect_reply(std::string location);

/// JSON that no cache may keep.
[[nodiscard]] Reply json_reply(int status, std::string body);

/// Nothing but a status.
[[nodiscard]] Reply empty_reply(int status);

/// Replaces the reply by what the misbehaviour does to it.
void spoil(Reply& reply, Misbehaviour kind, const Options& options);

}  // namespace sfteams::simulator
