#include <algorithm>
#include <utility>

#include "transport/server.h"
#include "transport/server_link.h"

namespace sfteams::transport {

HttpResponder::HttpResponder(std::shared_ptr<State> state) : state_(std::move(state)) {}

HttpResponder::HttpResponder(HttpResponder&&) noexcept = default;

HttpResponder& HttpResponder::operator=(HttpResponder&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

HttpResponder::~HttpResponder() {
  if (state_ == nullptr) return;
  if (ServerLink* link = std::exchange(state_->link, nullptr); link != nullptr) link->no_answer();
}

// By value: the answer is handed over for good, so that no caller counts on what becomes of it.
// NOLINTBEGIN(performance-unnecessary-value-param)
void HttpResponder::respond(HttpResponse response) {
  if (state_ == nullptr) return;
  if (ServerLink* link = std::exchange(state_->link, nullptr); link != nullptr)
    link->answer(response);
}

// NOLINTEND(performance-unnecessary-value-param)

HttpBody HttpResponder::begin(HttpResponse head, std::size_t length) {
  ServerLink* link = state_ == nullptr ? nullptr : std::exchange(state_->link, nullptr);
  if (link == nullptr) return {std::make_shared<HttpBody::State>(), length};
  return link->begin(std::move(head), length);
}

HttpBody::HttpBody(std::shared_ptr<State> state, std::size_t length)
    : state_(std::move(state)), missing_(length) {}

HttpBody::HttpBody(HttpBody&&) noexcept = default;

HttpBody& HttpBody::operator=(HttpBody&& other) noexcept {
  std::swap(state_, other.state_);
  std::swap(missing_, other.missing_);
  return *this;
}

HttpBody::~HttpBody() {
  if (state_ == nullptr) return;
  if (ServerLink* link = std::exchange(state_->link, nullptr); link != nullptr)
    link->body_given_up();
}

void HttpBody::write(std::string_view bytes) {
  bytes = bytes.substr(0, missing_);
  missing_ -= bytes.size();
  if (state_ == nullptr || state_->link == nullptr) return;
  ServerLink* link = missing_ == 0 ? std::exchange(state_->link, nullptr) : state_->link;
  link->add_to_body(bytes, missing_ == 0);
}

}  // namespace sfteams::transport
