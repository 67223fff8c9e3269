#pragma once

#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/pbx/settings.h"
#include "base/error/error.h"
#include "transport/http_client.h"
#include "transport/scheduler.h"
#include "transport/url.h"

namespace sfteams::agent {

/// The problem is one that nothing needs to come of: uci.web-page and uci.callback-not-loopback.
/// Users may be able to sign in all the same.
[[nodiscard]] bool is_doubt(const Error& problem);
/// What answers at [uci] url is known not to be UCI: uci.redirected-to-https,
/// uci.redirected-elsewhere and uci.no-uci-at-url. Whatever a login meets there says nothing about
/// the password.
[[nodiscard]] bool is_wrong_address(const Error& problem);

/// The PBX is on another host, from which no event can come: uci.callback-not-loopback.
[[nodiscard]] bool is_elsewhere(const Error& problem);

/// Finds out what is at [uci] url: whether a web server answers, whether UCI is there, and whether
/// it is on this host, the only one that can deliver events to a loopback address.
///
/// It POSTs system.getServerVersion to /xml-rpc, without any parameter in the query: no token, no
/// user, no callback. Such a request changes nothing, and names nobody whose login could fail.
/// What a STARFACE answers is not published, so every shape that may be its refusal passes. It is
/// not published either that the PBX's blacklist leaves such requests out; therefore an answer that
/// may come from a PBX holds for kHolds, and meanwhile only the front page is asked for. A front
/// page that changes (it fails, or leads elsewhere) ends this early.
class PbxProbe {
 public:
  using Answer = std::function<void(std::optional<Error>)>;
  /// transport::is_own_address() or, in a test, another one.
  using IsOwn = std::function<std::optional<bool>(std::string_view address)>;
  static constexpr transport::Duration kPatience{3'000};
  static constexpr transport::Duration kHolds{300'000};

  struct Setup {
    transport::HttpClient& http;
    const transport::Scheduler& clock;
    transport::Url url;
    std::optional<std::filesystem::path> ca_file;
    IsOwn is_own;
    bool callback_on_loopback = true;  ///< see agent/pbx/settings.h
  };
  /// With transport::is_own_address().
  PbxProbe(transport::HttpClient& http, const transport::Scheduler& clock, const PbxSettings& uci);
  explicit PbxProbe(Setup setup);

  /// `answer` comes once, in a later turn: nothing when UCI is there, otherwise why not: an error
  /// of transport::HttpClient, uci.pbx-error (HTTP 500 or above), or one for which
  /// is_wrong_address() or is_doubt() holds. `proven`: a user has been signed in over this URL, so
  /// a web page or HTTP 500 is the way in which this PBX refuses a request without a token.
  void ask(bool proven, Answer answer);
  /// The address at which the PBX has answered, when that is another host's; otherwise empty.
  [[nodiscard]] const std::string& elsewhere() const { return elsewhere_; }
  /// Whoever still waits gets this answer now; before the probe goes.
  void give_up(const Error& why);

 private:
  struct Question {
    bool proven = false;
    Answer answer;
    std::unique_ptr<transport::HttpPending> call;
  };
  using Place = std::list<Question>::iterator;
  struct Judgement {
    std::optional<Error> problem;
    bool may_be_refusal = false;  ///< of a request without a token, by a PBX that is well
  };
  /// What is known of /xml-rpc, for a while.
  struct Verdict {
    Judgement judged;
    transport::TimePoint until;
    std::string front;  ///< what the front page answered behind it; empty: not asked yet
  };

  void ask_for_uci(Place place);
  void ask_for_front_page(Place place);
  void on_uci(Place place, const Result<transport::HttpReply>& reply);
  void note_place(const transport::HttpReply& reply);
  void on_front_page(Place place, const Result<transport::HttpReply>& reply);
  /// Whether UCI may be asked although its last answer still holds.
  bool may_ask_early();
  void answer(Place place, const Judgement& judged);
  [[nodiscard]] transport::HttpCall call_to(const transport::Url& url) const;
  [[nodiscard]] std::optional<Error> judge(const transport::HttpReply& reply) const;
  [[nodiscard]] std::optional<Error> judge_redirect(const transport::HttpReply& reply) const;
  [[nodiscard]] Error failed(int status) const;
  [[nodiscard]] Error not_told_apart(const transport::HttpReply& reply) const;

  Setup setup_;
  std::list<Question> pending_;
  std::optional<Verdict> verdict_;
  std::optional<transport::TimePoint> asked_early_;
  std::string elsewhere_;  ///< the address of the host, when it is not this one
  bool warned_ = false;    ///< of clear text on the way there
};

}  // namespace sfteams::agent
