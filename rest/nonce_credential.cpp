#include "rest/nonce_credential.h"

#include <utility>

#include "rest/answer.h"
#include "rest/codes.h"
#include "rest/login.h"

namespace sfteams::rest {

class NonceCredential::Handle final : public Asking {
 public:
  explicit Handle(std::shared_ptr<Waiting> waiting) : waiting_(std::move(waiting)) {}
  ~Handle() override { waiting_->ready = nullptr; }

 private:
  std::shared_ptr<Waiting> waiting_;
};

NonceCredential::NonceCredential(Setup setup) : setup_(std::move(setup)) {}
NonceCredential::~NonceCredential() = default;

std::unique_ptr<Asking> NonceCredential::get(Ready ready) {
  if (const Error* const error = closed()) {
    ready(fail(*error));
    return nullptr;
  }
  if (!token_.empty() && setup_.scheduler.now() < ends_) {
    ready(shown());
    return nullptr;
  }
  waiting_.push_back(std::make_shared<Waiting>(Waiting{std::move(ready)}));
  auto handle = std::make_unique<Handle>(waiting_.back());
  if (pending_ == nullptr) ask_nonce();
  return handle;
}

const Error* NonceCredential::closed() const {
  const bool still = closed_ && (!closed_until_ || setup_.scheduler.now() < *closed_until_);
  return still ? &*closed_ : nullptr;
}

Credential::Shown NonceCredential::shown() const {
  return {{std::string(kTokenHeader), token_.clone()}, number_};
}

transport::HttpCall NonceCredential::login_call() const {
  transport::HttpCall call = rest_call(setup_.pbx, kLoginPath);
  call.ca_file = setup_.ca_file;
  call.timeout = kPatience;
  call.sender = setup_.login;
  return call;
}

void NonceCredential::ask_nonce() {
  send(login_call(), &NonceCredential::on_nonce);
}

void NonceCredential::on_nonce(transport::HttpReply& reply) {
  const Result<std::string> nonce = read_nonce(reply);
  if (!nonce) return give(nonce.error());
  if (setup_.leave) {
    Result<std::unique_ptr<Leave>> leave = setup_.leave();
    if (!leave) return give(leave.error());
    leave_ = std::move(*leave);
  }
  transport::HttpCall call = login_call();
  call.method = "POST";
  call.content_type = "application/json";
  call.secret_body = login_body(setup_.login, *nonce, setup_.password_sha512);
  send(std::move(call), &NonceCredential::on_token);
}

void NonceCredential::on_token(transport::HttpReply& reply) {
  Result<crypto::Secret> token = read_token(reply);
  if (const auto leave = std::exchange(leave_, nullptr)) {
    if (token) {
      leave->granted();
    } else {
      leave->refused();
    }
  }
  if (!token) return give(token.error());
  token_ = std::move(*token);
  ++number_;
  served_ = false;
  ends_ = setup_.scheduler.now() + kLifetime;
  give(std::nullopt);
}

void NonceCredential::send(transport::HttpCall call,
                           void (NonceCredential::*then)(transport::HttpReply&)) {
  pending_ = setup_.http.send(std::move(call), [this, then](Result<transport::HttpReply> reply) {
    // Kept to the end: the call may not go while its callback runs.
    const std::unique_ptr<transport::HttpPending> answered = std::move(pending_);
    if (!reply) {
      if (const auto leave = std::exchange(leave_, nullptr)) leave->refused();
      return give(failed_call(reply.error()));
    }
    (this->*then)(*reply);
  });
}

void NonceCredential::give(const std::optional<Error>& error) {
  if (error && (error->code == codes::kLoginRefused || error->code == codes::kActiveDirectory)) {
    closed_ = error;
    closed_until_.reset();
  } else if (error && error->code == codes::kNotOffered) {
    closed_ = error;
    closed_until_ = setup_.scheduler.now() + kPause;
  }
  // All are made first: the one who gets the first may destroy this.
  std::list<std::pair<std::shared_ptr<Waiting>, Result<Shown>>> answers;
  for (auto& waiting : std::exchange(waiting_, {})) {
    Result<Shown> answer = error ? Result<Shown>(fail(*error)) : Result<Shown>(shown());
    answers.emplace_back(std::move(waiting), std::move(answer));
  }
  for (auto& [waiting, answer] : answers) {
    if (const Ready ready = std::exchange(waiting->ready, nullptr)) ready(std::move(answer));
  }
}

void NonceCredential::served(std::uint64_t number) {
  if (number == number_) served_ = true;
}

bool NonceCredential::refused(std::uint64_t number) {
  // Others have met that before: there is another token, or one is on its way.
  if (number != number_ || token_.empty()) return closed() == nullptr;
  token_ = {};
  if (served_) return true;
  closed_ = not_signed_in(kLoginPath, 401);
  closed_until_ = setup_.scheduler.now() + kPause;
  return false;
}

std::optional<transport::HttpCall> NonceCredential::sign_out() {
  if (token_.empty()) return std::nullopt;
  transport::HttpCall call = login_call();
  call.method = "DELETE";
  call.secret_header = {std::string(kTokenHeader), std::exchange(token_, {})};
  return call;
}

}  // namespace sfteams::rest
