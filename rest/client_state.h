#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "rest/answer.h"
#include "rest/client.h"
#include "rest/pace.h"

namespace sfteams::rest {

/// Everything that a client reads; a text is what its caller has made of it.
using Answer = std::variant<ContactPage, Me, Permissions, Avatar, std::string>;

/// One thing that is asked of the PBX.
struct Question {
  std::string path;   ///< "/rest/contacts"
  std::string query;  ///< "?page=0", or empty
  /// Called on another thread where the body is large: uses what it holds and nothing else.
  std::function<Result<Answer>(std::string_view body)> read{};
  /// Of many alike: how that is called which may not be offered; empty: as the path.
  std::string name{};
  bool is_picture = false;

  [[nodiscard]] const std::string& shown_name() const { return name.empty() ? path : name; }
};

/// What a client has under way. Held by the client and, while a callback runs, by that turn of the
/// loop.
class Client::State : public std::enable_shared_from_this<State> {
 public:
  explicit State(Setup setup);

  [[nodiscard]] std::unique_ptr<Asking> ask(Question question,
                                            std::function<void(Result<Answer>)> answer);
  /// Nothing is called any more.
  void close();
  /// close(), and the end of the sign-in; then `done`.
  void sign_out(std::function<void()> done);

  std::string own_id;  ///< the user's, once it is known

 private:
  /// From ask() to its end.
  struct Job : std::enable_shared_from_this<Job> {
    Question question;
    std::function<void(Result<Answer>)> answer;  ///< empty: over
    bool again = false;                          ///< it was turned away once
    std::uint64_t shown = 0;                     ///< number of the sign-in that it went with
    std::unique_ptr<transport::Timer> deadline;
    std::unique_ptr<Asking> asking;
    std::unique_ptr<transport::HttpPending> pending;
    std::unique_ptr<transport::BackgroundWork> work;
  };
  class Handle;
  /// Where jobs wait for their turn, and what runs of them.
  struct Lane {
    Lane(std::size_t most, Pace its_pace) : at_once(most), pace(its_pace) {}

    std::size_t at_once;
    Pace pace;
    std::list<std::shared_ptr<Job>> waiting{};
    std::list<std::shared_ptr<Job>> running{};
    std::unique_ptr<transport::Timer> turn{};
  };
  struct Remembered {
    Error error;
    transport::TimePoint until;
  };

  [[nodiscard]] Lane& lane_of(const Job& job) { return lanes_[job.question.is_picture ? 1 : 0]; }
  /// In a later turn.
  void serve_after(Lane& lane, Duration delay);
  void serve(Lane& lane);
  [[nodiscard]] const Error* remembered(const std::string& path) const;
  void remember(const std::string& path, Error error, Duration how_long);
  void start(Job& job);
  void send(Job& job, Result<Credential::Shown> shown);
  void on_reply(Job& job, Result<transport::HttpReply> reply);
  void on_turned_away(Job& job, int status);
  void on_not_offered(Job& job, int status);
  void read(Job& job, transport::HttpReply reply);
  void end(Job& job, Result<Answer> result);
  void cancel(Job& job);
  /// Its place is free.
  void take_out(Job& job);
  void out_of_time(Job& job);

  Setup setup_;
  std::array<Lane, 2> lanes_;                     ///< pictures have the second
  std::map<std::string, Remembered> remembered_;  ///< by the question's name; "": everything
  std::unique_ptr<transport::Timer> leaving_soon_;
  std::unique_ptr<transport::HttpPending> leaving_;
  bool closed_ = false;
};

}  // namespace sfteams::rest
