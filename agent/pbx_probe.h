#pragma once

#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <optional>

#include "error/error.h"
#include "transport/http_client.h"
#include "transport/url.h"

namespace sfteams::agent {

/// Asks the PBX's web server for its front page, without any credentials: whether there is one, and
/// one that works. It does not ask for the path of UCI, because what a STARFACE answers there to a
/// GET is not known.
class PbxProbe {
 public:
  using Answer = std::function<void(std::optional<Error>)>;
  static constexpr transport::Duration kPatience{3'000};

  PbxProbe(transport::HttpClient& http, transport::Url url,
           std::optional<std::filesystem::path> ca_file);

  /// `answer` comes once, in a later turn: nothing when an HTTP answer came, otherwise why not;
  /// uci.pbx-error for one of 500 or above.
  void ask(Answer answer);
  /// Whoever still waits gets this answer now; before the probe goes.
  void give_up(const Error& why);

 private:
  struct Question {
    Answer answer;
    std::unique_ptr<transport::HttpPending> call;
  };
  transport::HttpClient& http_;
  transport::Url url_;
  std::optional<std::filesystem::path> ca_file_;
  std::list<Question> pending_;
};

}  // namespace sfteams::agent
