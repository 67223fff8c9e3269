#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rest/credential.h"
#include "transport/http_client.h"

namespace sfteams::rest::test {

/// A PBX whose answers the test gives by hand.
class FakeHttp final : public transport::HttpClient {
 public:
  struct Sent {
    std::string method;
    std::string url;
    std::string body;
    std::string sign_in;  ///< "authToken: t1"
    std::vector<std::string> headers;
    transport::Duration timeout{};
    std::size_t max_body = 0;
    std::string sender;
  };

  [[nodiscard]] std::unique_ptr<transport::HttpPending> send(
      transport::HttpCall call,
      std::function<void(Result<transport::HttpReply>)> callback) override;

  /// To the oldest request that waits.
  void answer(int status, const std::string& body,
              const std::string& content_type = "application/json");
  void fail_with(const Error& error);

  [[nodiscard]] std::size_t waiting() const { return waiting_->size(); }
  [[nodiscard]] const Sent& last() const { return sent.back(); }

  std::vector<Sent> sent;

 private:
  struct Waiting {
    std::uint64_t id = 0;
    std::function<void(Result<transport::HttpReply>)> callback;
  };
  struct Pending;
  void give(Result<transport::HttpReply> reply);

  std::uint64_t next_ = 0;
  std::shared_ptr<std::list<Waiting>> waiting_ = std::make_shared<std::list<Waiting>>();
};

/// What a FakeCredential was asked, kept by the test: the client owns the credential.
struct CredentialBook {
  bool later = false;       ///< waits for answer_oldest()
  bool has_another = true;  ///< what refused() says
  std::optional<Error> error;
  std::uint64_t number = 1;  ///< of the token that get() gives: "t1"
  std::vector<std::uint64_t> served;
  std::vector<std::uint64_t> refused;
  bool signs_out = false;
  std::list<std::shared_ptr<Credential::Ready>> waiting;

  [[nodiscard]] Result<Credential::Shown> shown() const;
  void answer_oldest();
};

class FakeCredential final : public Credential {
 public:
  explicit FakeCredential(CredentialBook& book) : book_(book) {}
  [[nodiscard]] std::unique_ptr<Asking> get(Ready ready) override;
  void served(std::uint64_t number) override { book_.served.push_back(number); }
  [[nodiscard]] bool refused(std::uint64_t number) override;
  /// DELETE https://pbx.example/rest/login, where the book says so.
  [[nodiscard]] std::optional<transport::HttpCall> sign_out() override;

 private:
  CredentialBook& book_;
};

}  // namespace sfteams::rest::test
