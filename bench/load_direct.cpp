// The yardstick: the same small UCI call straight to the PBX, without tunnel, connector and agent.

#include <iostream>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/crypto/secret.h"
#include "base/program/standard_streams.h"
#include "bench/load.h"
#include "transport/http_client.h"
#include "transport/loop.h"
#include "transport/network.h"
#include "uci/token.h"
#include "uci/xmlrpc.h"

namespace sfteams::bench {
namespace {

struct Options {
  std::string url;  ///< http(s)://host:port
  std::string ca_file;
  std::string user = "1001";
  std::string password;  ///< of a user who exists only in the stand-in PBX
  std::string method = "ucp.v30.requests.system.getServerVersion";
  std::size_t sessions = 1;
  int milliseconds = 5000;
};

Result<int> run(const Options& options) {
  Result<std::unique_ptr<transport::Loop>> loop = transport::Loop::create();
  if (!loop) return fail(loop.error());
  Result<std::unique_ptr<transport::Network>> network = transport::Network::create(**loop);
  if (!network) return fail(network.error());
  Result<std::unique_ptr<transport::HttpClient>> http =
      transport::HttpClient::create(**network, options.sessions);
  if (!http) return fail(http.error());
  const Result<std::string> body = uci::write_call(options.method, {});
  if (!body) return fail(body.error());

  const crypto::Secret token = uci::make_token(uci::TokenKind::sha512, options.user,
                                               crypto::Secret::from_text(options.password));
  const std::string url =
      options.url + "/xml-rpc?de.vertico.starface.auth=" + std::string(token.text());
  std::vector<std::unique_ptr<transport::HttpPending>> pending(options.sessions);
  std::vector<Caller> callers;
  for (std::size_t session = 0; session < options.sessions; ++session) {
    callers.emplace_back([&, session](std::function<void(bool)> done) {
      transport::HttpCall call;
      call.url = crypto::Secret::from_text(url);
      call.content_type = "text/xml; charset=UTF-8";
      call.body = *body;
      if (!options.ca_file.empty()) call.ca_file = options.ca_file;
      pending[session] =
          (*http)->send(std::move(call), [done = std::move(done)](Result<transport::HttpReply> r) {
            done(r && r->status == 200);
          });
    });
  }
  Load load(**loop, std::move(callers), transport::Duration(500),
            transport::Duration(options.milliseconds), [&](Outcome outcome) {
              std::cout << outcome.to_json() << '\n';
              (*loop)->stop();
            });
  load.start();
  (*loop)->run();
  return 0;
}

}  // namespace
}  // namespace sfteams::bench

int main(int argc, char** argv) {
  sfteams::program::open_standard_streams();
  sfteams::bench::Options options;
  CLI::App app{"Small UCI calls straight to the PBX, one at a time from each of N callers"};
  app.add_option("--url", options.url)->required();
  app.add_option("--ca-file", options.ca_file);
  app.add_option("--user", options.user);
  app.add_option("--password", options.password)->required();
  app.add_option("--method", options.method);
  app.add_option("--sessions", options.sessions)->check(CLI::PositiveNumber);
  app.add_option("--milliseconds", options.milliseconds)->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  const auto done = sfteams::bench::run(options);
  if (done) return *done;
  std::cerr << sfteams::describe(done.error()) << '\n';
  return static_cast<int>(done.error().code.exit);
}
