#include "rest/client.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text/ascii.h"
#include "base/text/percent.h"
#include "rest/client_state.h"
#include "rest/codes.h"
#include "rest/values.h"

namespace sfteams::rest {
namespace {

template <auto kRead>
Result<Answer> read_with(std::string_view body) {
  auto read = kRead(body);
  if (!read) return fail(std::move(read.error()));
  return Answer(std::move(*read));
}

template <typename T>
std::function<void(Result<Answer>)> unpacked(Client::Got<T> got) {
  return [got = std::move(got)](Result<Answer> answer) {
    if (!answer) return got(fail(std::move(answer.error())));
    got(std::get<T>(std::move(*answer)));
  };
}

Question own_rights(std::string_view id) {
  return {"/rest/permissions/users/" + text::percent_encode(id), "", &read_with<&read_permissions>};
}

}  // namespace

/// Two questions, the first of which is only asked once: who the user is, and what that one may do.
class Client::Rights final : public Asking {
 public:
  Rights(Client& client, Got<Permissions> got) : client_(client), got_(std::move(got)) {
    if (!client_.state_->own_id.empty()) {
      ask();
      return;
    }
    step_ = client_.me([this](const Result<Me>& me) {
      // Kept to the end: the question may not go while its callback runs.
      const std::unique_ptr<Asking> answered = std::move(step_);
      if (!me) return end(fail(me.error()));
      // Without an id nobody can be asked about.
      if (me->id.empty()) return end(Permissions());
      client_.state_->own_id = me->id;
      ask();
    });
  }

 private:
  void ask() {
    step_ = client_.state_->ask(own_rights(client_.state_->own_id),
                                unpacked<Permissions>([this](Result<Permissions> answer) {
                                  const std::unique_ptr<Asking> answered = std::move(step_);
                                  end(std::move(answer));
                                }));
  }

  void end(Result<Permissions> answer) {
    const Got<Permissions> got = std::move(got_);
    if (!answer && answer.error().code == codes::kNotOffered) return got(Permissions());
    got(std::move(answer));
  }

  Client& client_;
  Got<Permissions> got_;
  std::unique_ptr<Asking> step_;
};

Client::Client(Setup setup) : state_(std::make_shared<State>(std::move(setup))) {}

Client::~Client() {
  state_->close();
}

std::unique_ptr<Asking> Client::search(std::string_view text, std::int64_t page, std::int64_t size,
                                       Got<ContactPage> got) {
  std::string query = fmt::format("?searchTerms={}&page={}&pagesize={}",
                                  text::percent_encode(cut(text, kMostSearch)),
                                  std::clamp<std::int64_t>(page, 0, kMostPages - 1),
                                  std::clamp<std::int64_t>(size, 1, std::int64_t{kMostContacts}));
  return state_->ask({"/rest/contacts", std::move(query), &read_with<&read_contacts>},
                     unpacked(std::move(got)));
}

std::unique_ptr<Asking> Client::me(Got<Me> got) {
  return state_->ask({"/rest/users/me", "", &read_with<&read_me>}, unpacked(std::move(got)));
}

std::unique_ptr<Asking> Client::colleagues(std::function<std::string(const Colleagues&)> write,
                                           Got<std::string> got) {
  const auto read = [write = std::move(write)](std::string_view body) -> Result<Answer> {
    const Result<Colleagues> colleagues = read_colleagues(body);
    if (!colleagues) return fail(colleagues.error());
    return Answer(write(*colleagues));
  };
  return state_->ask({"/rest/accounts", "", read}, unpacked(std::move(got)));
}

bool Client::is_user_id(std::string_view id) {
  return !id.empty() && id.size() <= kMostUserId && std::ranges::all_of(id, [](char c) {
    return text::is_letter_or_digit(c) || c == '-' || c == '_';
  });
}

std::unique_ptr<Asking> Client::avatar(std::string_view id, Got<Avatar> got) {
  return state_->ask({fmt::format("/rest/users/{}/avatar", text::percent_encode(id)), "",
                      &read_with<&read_avatar>, "/rest/users/{id}/avatar", true},
                     unpacked(std::move(got)));
}

std::unique_ptr<Asking> Client::permissions(Got<Permissions> got) {
  return std::make_unique<Rights>(*this, std::move(got));
}

void Client::sign_out(std::function<void()> done) {
  state_->sign_out(std::move(done));
}

}  // namespace sfteams::rest
