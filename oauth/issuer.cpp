#include "oauth/issuer.h"

#include <utility>

#include "oauth/codes.h"
#include "oauth/search.h"

namespace sfteams::oauth {
namespace {

using transport::HttpReply;

constexpr const char* kForm = "application/x-www-form-urlencoded";

}  // namespace

/// One request that needs a provider: waits for it, then is sent.
class Issuer::Request final : public Asking {
 public:
  /// What is asked of which endpoint: a form, made as the provider wants the client's secret.
  struct Question {
    std::string Provider::*where;
    std::function<crypto::Secret(const Provider&, const Client&)> form;
    bool by_password = false;
    bool by_refresh = false;
  };
  using Answer = std::function<void(Result<HttpReply>)>;

  Request(Issuer& issuer, Question question, Answer answer)
      : issuer_(issuer),
        present_(issuer.present_),
        question_(std::move(question)),
        answer_(std::move(answer)) {
    finding_ = issuer.find([this](const Result<Provider>& found) { on_found(found); });
  }

 private:
  void on_found(const Result<Provider>& found) {
    // Kept to the end: the answer may destroy the request, and what calls it.
    const std::unique_ptr<Asking> answered = std::move(finding_);
    if (!found) return end(fail(found.error()));
    if (question_.by_refresh) {
      if (const std::optional<Error> refused = issuer_.refused_client()) return end(fail(*refused));
    }
    if (question_.by_password && !found->password_grant) {
      Error error = no_password_grant();
      error.retry_after = std::chrono::ceil<std::chrono::seconds>(kHolds);  // nobody was asked
      return end(fail(std::move(error)));
    }
    if ((*found.*question_.where).empty()) return end(HttpReply());
    send(*found);
  }

  void send(const Provider& provider) {
    transport::HttpCall call;
    call.url = crypto::Secret::from_text(provider.*question_.where);
    call.content_type = kForm;
    call.secret_body = question_.form(provider, issuer_.client_);
    if (!provider.secret_in_body) call.authorization = basic_authorization(issuer_.client_);
    call.ca_file = issuer_.setup_.ca_file;
    call.timeout = kPatience;
    call.max_body = kMostReply;
    question_.form = nullptr;
    pending_ = issuer_.setup_.http.send(std::move(call), [this](Result<HttpReply> reply) {
      const std::unique_ptr<transport::HttpPending> answered = std::move(pending_);
      if (!present_.expired()) end(std::move(reply));
    });
  }

  void end(Result<HttpReply> reply) {
    const Answer answer = std::move(answer_);
    answer(std::move(reply));
  }

  Issuer& issuer_;
  std::weak_ptr<const bool> present_;  ///< the issuer, which may go first
  Question question_;
  Answer answer_;
  std::unique_ptr<Asking> finding_;
  std::unique_ptr<transport::HttpPending> pending_;
};

Issuer::Issuer(Setup setup)
    : setup_(std::move(setup)),
      client_{setup_.client->id, setup_.client->secret.clone(), setup_.client->scope, {}} {}
Issuer::~Issuer() = default;

std::unique_ptr<Issuer::Asking> Issuer::find(Found found) {
  class Handle final : public Asking {
   public:
    explicit Handle(std::shared_ptr<Waiting> waiting) : waiting_(std::move(waiting)) {}
    ~Handle() override {
      waiting_->found = nullptr;
      waiting_->turn.reset();
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;

   private:
    std::shared_ptr<Waiting> waiting_;
  };
  auto waiting = std::make_shared<Waiting>(Waiting{std::move(found), nullptr});
  if (provider_ && setup_.scheduler.now() < provider_until_) {
    waiting->turn = setup_.scheduler.after(
        Duration(0),
        [weak = std::weak_ptr(waiting), provider = *provider_, present = std::weak_ptr(present_)] {
          const auto alive = weak.lock();
          if (!alive || present.expired()) return;
          if (const Found call = std::exchange(alive->found, nullptr)) call(provider);
        });
    return std::make_unique<Handle>(std::move(waiting));
  }
  waiting_.push_back(waiting);
  if (!search_) {
    search_ = std::make_shared<Search>(setup_, [this](Search::Outcome outcome) {
      client_.resource = std::move(outcome.resource);
      give(outcome.provider);
    });
    search_->start();
  }
  return std::make_unique<Handle>(std::move(waiting));
}

void Issuer::give(const Result<Provider>& found) {
  // In a later turn: it is the search that calls.
  search_over_ = setup_.scheduler.after(Duration(0), [over = std::move(search_)] {});
  search_ = nullptr;
  if (found) {
    provider_ = *found;
    provider_until_ = setup_.scheduler.now() + kHolds;
  }
  const std::weak_ptr<const bool> present = present_;
  for (const auto& waiting : std::exchange(waiting_, {})) {
    if (const Found call = std::exchange(waiting->found, nullptr)) call(found);
    if (present.expired()) return;
  }
}

std::optional<Error> Issuer::refused_client() const {
  const auto now = setup_.scheduler.now();
  if (!client_error_ || now >= client_until_) return std::nullopt;
  Error error = *client_error_;
  error.retry_after = std::chrono::ceil<std::chrono::seconds>(client_until_ - now);
  return error;
}

std::unique_ptr<Issuer::Asking> Issuer::by_password(std::string user, crypto::Secret password,
                                                    Got got) {
  const auto kept = std::make_shared<const crypto::Secret>(std::move(password));
  const auto form = [user = std::move(user), kept](const Provider& provider, const Client& client) {
    return password_form(client, provider.secret_in_body, user, *kept);
  };
  return std::make_unique<Request>(*this,
                                   Request::Question{&Provider::token_url, form, true, false},
                                   reader_of(Grant::password, std::move(got)));
}

std::unique_ptr<Issuer::Asking> Issuer::by_refresh(crypto::Secret refresh, Got got) {
  const auto kept = std::make_shared<const crypto::Secret>(std::move(refresh));
  const auto form = [kept](const Provider& provider, const Client& client) {
    return refresh_form(client, provider.secret_in_body, *kept);
  };
  return std::make_unique<Request>(*this,
                                   Request::Question{&Provider::token_url, form, false, true},
                                   reader_of(Grant::refresh, std::move(got)));
}

std::unique_ptr<Issuer::Asking> Issuer::revoke(crypto::Secret refresh, std::function<void()> done) {
  const auto kept = std::make_shared<const crypto::Secret>(std::move(refresh));
  const auto form = [kept](const Provider& provider, const Client& client) {
    return revocation_form(client, provider.secret_in_body, *kept);
  };
  return std::make_unique<Request>(*this, Request::Question{&Provider::revocation_url, form},
                                   [done = std::move(done)](const Result<HttpReply>&) { done(); });
}

std::function<void(Result<HttpReply>)> Issuer::reader_of(Grant grant, Got got) {
  return [this, grant, got = std::move(got)](Result<HttpReply> reply) {
    if (!reply) return got(fail(reply.error()));
    Result<Tokens> tokens = read_token_reply(grant, reply->status, reply->body);
    if (!tokens && tokens.error().code == codes::kClientRefused) {
      client_error_ = tokens.error();
      client_until_ = setup_.scheduler.now() + kClientPause;
    }
    // Perhaps somebody else gives them out now.
    if (!tokens && tokens.error().code == codes::kBadDocument) provider_.reset();
    got(std::move(tokens));
  };
}

}  // namespace sfteams::oauth
