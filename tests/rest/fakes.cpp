#include "tests/rest/fakes.h"

#include <utility>

#include <catch2/catch.hpp>

namespace sfteams::rest::test {

struct FakeHttp::Pending final : transport::HttpPending {
  Pending(std::shared_ptr<std::list<Waiting>> all, std::uint64_t own)
      : waiting(std::move(all)), id(own) {}
  ~Pending() override {
    waiting->remove_if([this](const Waiting& one) { return one.id == id; });
  }
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;

  std::shared_ptr<std::list<Waiting>> waiting;
  std::uint64_t id;
};

std::unique_ptr<transport::HttpPending> FakeHttp::send(
    transport::HttpCall call, std::function<void(Result<transport::HttpReply>)> callback) {
  Sent what;
  what.method = call.method;
  what.url = call.url.text();
  what.body = call.secret_body.text();
  if (!call.secret_header.name.empty())
    what.sign_in = call.secret_header.name + ": " + std::string(call.secret_header.value.text());
  for (const transport::HttpHeader& header : call.headers)
    what.headers.push_back(header.name + ": " + header.value);
  what.timeout = call.timeout;
  what.max_body = call.max_body;
  what.sender = call.sender;
  sent.push_back(std::move(what));
  waiting_->push_back({++next_, std::move(callback)});
  return std::make_unique<Pending>(waiting_, next_);
}

void FakeHttp::answer(int status, const std::string& body, const std::string& content_type) {
  give(transport::HttpReply{status, content_type, body});
}

void FakeHttp::fail_with(const Error& error) {
  give(fail(error));
}

void FakeHttp::give(Result<transport::HttpReply> reply) {
  REQUIRE_FALSE(waiting_->empty());
  const auto callback = std::move(waiting_->front().callback);
  waiting_->pop_front();
  callback(std::move(reply));
}

Result<Credential::Shown> CredentialBook::shown() const {
  if (error) return fail(*error);
  return Credential::Shown{
      {"Authorization", crypto::Secret::from_text("t" + std::to_string(number))}, number};
}

void CredentialBook::answer_oldest() {
  REQUIRE_FALSE(waiting.empty());
  const auto ready = std::move(waiting.front());
  waiting.pop_front();
  const auto call = std::exchange(*ready, nullptr);
  if (call) call(shown());
}

std::unique_ptr<Asking> FakeCredential::get(Ready ready) {
  struct Handle final : Asking {
    explicit Handle(std::shared_ptr<Ready> the_ready) : ready(std::move(the_ready)) {}
    ~Handle() override { *ready = nullptr; }
    std::shared_ptr<Ready> ready;
  };
  if (!book_.later) {
    ready(book_.shown());
    return nullptr;
  }
  book_.waiting.push_back(std::make_shared<Ready>(std::move(ready)));
  return std::make_unique<Handle>(book_.waiting.back());
}

bool FakeCredential::refused(std::uint64_t number) {
  book_.refused.push_back(number);
  ++book_.number;
  return book_.has_another;
}

std::optional<transport::HttpCall> FakeCredential::sign_out() {
  if (!book_.signs_out) return std::nullopt;
  transport::HttpCall call;
  call.method = "DELETE";
  call.url = crypto::Secret::from_text("https://pbx.example/rest/login");
  return call;
}

}  // namespace sfteams::rest::test
