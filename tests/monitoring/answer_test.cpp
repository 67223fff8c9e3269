#include "monitoring/answer.h"

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "tests/contains.h"
#include "tests/monitoring/fake_subject.h"

namespace sfteams::monitoring {
namespace {

struct Asked {
  FakeSubject subject;
  Process process;

  [[nodiscard]] transport::HttpResponse get(const std::string& path,
                                            const std::string& method = "GET") const {
    transport::HttpRequest request;
    request.method = method;
    request.path = path;
    return answer(request, subject, process);
  }
};

TEST_CASE("a name that is not this host's own gets nothing, whoever made it lead here") {
  const Asked asked;
  const auto status_for = [&](const std::string& host) {
    transport::HttpRequest request;
    request.method = "GET";
    request.path = "/metrics";
    request.host = host;
    return answer(request, asked.subject, asked.process).status;
  };
  for (const char* host : {"127.0.0.1:9781", "localhost", "[::1]:9781", ""}) {
    CAPTURE(host);
    CHECK(status_for(host) == 200);
  }
  for (const char* host :
       {"evil.example.com:9781", "192.0.2.1", "127.0.0.1.example.com", "/", "a b"}) {
    CAPTURE(host);
    CHECK(status_for(host) == 403);
  }
}

TEST_CASE("healthz says that the process lives, ready or not") {
  Asked asked;
  asked.subject.told = {{"tunnel", false, "transport.timeout"}};
  CHECK(asked.get("/healthz").status == 200);
  CHECK(asked.get("/healthz").body == "{\"status\":\"ok\"}\n");
}

TEST_CASE("readyz is 200 only when every condition is met, and names those that are not") {
  Asked asked;
  asked.subject.told = {{"tunnel", true}, {"key", true}};
  CHECK(asked.get("/readyz").status == 200);
  CHECK(json::parse(asked.get("/readyz").body).value()["ready"] == true);

  asked.subject.told = {{"tunnel", false, "transport.timeout"}, {"key", true}, {"uci", false}};
  const transport::HttpResponse response = asked.get("/readyz");
  CHECK(response.status == 503);
  CHECK(response.content_type == "application/json");
  const Json::Value told = json::parse(response.body).value();
  CHECK(told["ready"] == false);
  CHECK(told["conditions"]["tunnel"]["met"] == false);
  CHECK(told["conditions"]["tunnel"]["code"] == "transport.timeout");
  CHECK(told["conditions"]["key"]["met"] == true);
  CHECK(told["conditions"]["key"]["code"].isNull());
  CHECK(told["conditions"]["uci"]["code"].isNull());
}

TEST_CASE("metrics are the process's and the daemon's, in the format that Prometheus names") {
  const Asked asked;
  const transport::HttpResponse response = asked.get("/metrics");
  CHECK(response.status == 200);
  CHECK(response.content_type == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(contains(response.body, "process_start_time_seconds "));
  CHECK(response.body.ends_with("# TYPE a gauge\na 1\n"));
}

TEST_CASE("nothing of it is kept by anybody on the way") {
  const Asked asked;
  for (const char* path : {"/healthz", "/readyz", "/metrics"}) {
    const auto headers = asked.get(path).headers;
    REQUIRE(headers.size() == 1);
    CHECK(headers.front() == std::pair<std::string, std::string>("cache-control", "no-store"));
  }
}

TEST_CASE("everything else is refused, and says what there is") {
  const Asked asked;
  for (const char* path : {"/", "/metrics/", "/Metrics", "/status", "/healthz/../metrics"}) {
    CHECK(asked.get(path).status == 404);
    CHECK(contains(asked.get(path).body, "/metrics"));
  }
  for (const char* path : {"/healthz", "/readyz", "/metrics"}) {
    CHECK(asked.get(path, "POST").status == 405);
    CHECK(asked.get(path, "HEAD").status == 200);
  }
}

}  // namespace
}  // namespace sfteams::monitoring
