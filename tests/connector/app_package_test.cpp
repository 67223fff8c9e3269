#include "connector/app_package.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <zlib.h>

#include "base/json/json.h"
#include "tests/connector/http_answer.h"
#include "tests/connector/program.h"
#include "tests/contains.h"

// The package for Teams, read as an unpacker reads it.

namespace sfteams::connector::test {
namespace {

using integration::contains;
using integration::Finished;
using integration::read_file;

std::uint32_t number(const std::string& bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = size; i-- > 0;)
    value = value << 8U | static_cast<std::uint8_t>(bytes.at(at + i));
  return value;
}

struct Unpacked {
  std::string name;
  std::string content;
};

/// Walks through the local headers (APPNOTE 4.3.7) and compares the directory behind them; fails the
/// test at whatever an unpacker of few abilities could stumble over.
std::vector<Unpacked> unpacked(const std::string& zip) {
  std::vector<Unpacked> files;
  std::size_t at = 0;
  while (number(zip, at, 4) == 0x04034b50) {
    const std::uint32_t size = number(zip, at + 22, 4);
    const std::uint32_t name_size = number(zip, at + 26, 2);
    Unpacked file{zip.substr(at + 30, name_size), zip.substr(at + 30 + name_size, size)};
    INFO(file.name);
    CHECK(number(zip, at + 4, 2) <= 20);             // no Zip64
    CHECK((number(zip, at + 6, 2) & ~0x800U) == 0);  // no data descriptor, no encryption
    CHECK(number(zip, at + 8, 2) == 0);              // stored
    CHECK(number(zip, at + 10, 2) == 0);             // 0:00
    CHECK(number(zip, at + 12, 2) == 0x21);          // 1 January 1980
    CHECK(number(zip, at + 14, 4) == crc32(0, reinterpret_cast<const Bytef*>(file.content.data()),
                                           static_cast<uInt>(file.content.size())));
    CHECK(number(zip, at + 18, 4) == size);
    CHECK(number(zip, at + 28, 2) == 0);  // no extra field
    CHECK(file.name.find('/') == std::string::npos);
    at += 30 + name_size + size;
    files.push_back(std::move(file));
  }
  const std::size_t directory = at;
  for (const Unpacked& file : files) {
    REQUIRE(number(zip, at, 4) == 0x02014b50);
    CHECK(zip.substr(at + 46, file.name.size()) == file.name);
    CHECK(number(zip, at + 30, 2) == 0);  // no extra field
    CHECK(number(zip, at + 32, 2) == 0);  // no comment
    at += 46 + file.name.size();
  }
  REQUIRE(number(zip, at, 4) == 0x06054b50);
  CHECK(number(zip, at + 10, 2) == files.size());
  CHECK(number(zip, at + 16, 4) == directory);
  CHECK(at + 22 == zip.size());
  return files;
}

AppPackage made(const AppPackageOptions& options) {
  return make_app_package(options).value();
}

AppPackageOptions usual() {
  return {"https://connector.example.com", "1.2.3", 0, {}};
}

Json::Value manifest_of(const AppPackage& package) {
  const std::vector<Unpacked> files = unpacked(package.zip);
  REQUIRE_FALSE(files.empty());
  CHECK(files.front().name == "manifest.json");
  return json::parse(files.front().content).value();
}

TEST_CASE("a package has the four files of the tree, all at the top") {
  const std::vector<Unpacked> files = unpacked(made(usual()).zip);
  REQUIRE(files.size() == 4);
  const std::filesystem::path tree = std::filesystem::path(SFTEAMS_SOURCE_DIR) / "app/package";
  for (const auto& [index, name] :
       {std::pair{1U, "de.json"}, {2U, "color.png"}, {3U, "outline.png"}}) {
    CHECK(files[index].name == name);
    CHECK(files[index].content == read_file(tree / name));
  }
}

TEST_CASE("the manifest is filled in for the connector, and names it everywhere") {
  const AppPackage package = made(usual());
  const Json::Value manifest = manifest_of(package);
  CHECK(manifest["id"] == package.id);
  CHECK(manifest["version"] == package.version);
  CHECK(manifest["developer"]["name"] == "Teams Integration for STARFACE");
  CHECK(manifest["developer"]["websiteUrl"] == "https://connector.example.com/app/");
  CHECK(manifest["developer"]["privacyUrl"] == "https://connector.example.com/app/privacy");
  CHECK(manifest["developer"]["termsOfUseUrl"] == "https://connector.example.com/app/terms");
  CHECK(manifest["staticTabs"][0]["contentUrl"] == "https://connector.example.com/app/");
  CHECK(manifest["staticTabs"][1]["contentUrl"] == "https://connector.example.com/app/info");
  REQUIRE(manifest["validDomains"].size() == 1);
  CHECK(manifest["validDomains"][0] == "connector.example.com");
  CHECK_FALSE(contains(json::write(manifest), "@"));
}

TEST_CASE("who offers the app stands in the manifest as it was set, with quotes, too") {
  AppPackageOptions options = usual();
  options.url = "https://connector.example.com:8443";
  options.developer = {"M\xc3\xbcller \"&\" @ID@", "https://example.com/", "https://example.com/p",
                       "https://example.com/t"};
  const Json::Value manifest = manifest_of(made(options));
  CHECK(manifest["developer"]["name"] == options.developer.name);
  CHECK(manifest["developer"]["websiteUrl"] == "https://example.com/");
  CHECK(manifest["developer"]["privacyUrl"] == "https://example.com/p");
  CHECK(manifest["developer"]["termsOfUseUrl"] == "https://example.com/t");
  CHECK(manifest["validDomains"][0] == "connector.example.com:8443");
  CHECK(manifest["staticTabs"][0]["websiteUrl"] == "https://connector.example.com:8443/app/");
}

TEST_CASE("equal settings give equal bytes, and one connector keeps its id for ever") {
  const AppPackage first = made(usual());
  AppPackageOptions options = usual();
  options.url = "HTTPS://Connector.Example.com:443";
  CHECK(made(options).zip == first.zip);
  options.version = "2.0.0";
  const AppPackage later = made(options);
  CHECK(later.id == first.id);
  CHECK(later.zip != first.zip);
  options.url = "https://other.example.com";
  CHECK(made(options).id != first.id);
  // uuid.uuid5(uuid.NAMESPACE_URL, …) of Python.
  CHECK(first.id == "1ee804af-409f-5fbb-b5b9-04193b35efb3");
  CHECK(uuid_of_url("http://www.example.com/") == "fcde3c85-2270-590f-9e7c-ee003d65e0e2");
}

TEST_CASE("the version rises with the product and with the revision, in three numbers") {
  AppPackageOptions options = usual();
  CHECK(made(options).version == "1.2.300");
  options.revision = 7;
  CHECK(made(options).version == "1.2.307");
  options.version = "1.2.4~git20261130.abc";
  CHECK(made(options).version == "1.2.407");
  for (const char* version : {"", "1", "1.2", "a.b.c", "1..2"}) {
    options.version = version;
    const auto failed = make_app_package(options);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code.id == "connector.app-package-failed");
  }
}

TEST_CASE("an address that Teams cannot use is refused, with its fault and what to do") {
  for (const auto& [url, fault] : {std::pair{"", "is not known"},
                                   {"connector.example.com", "does not begin with https://"},
                                   {"http://connector.example.com", "is not https"},
                                   {"wss://connector.example.com", "is not https"},
                                   {"https://192.0.2.7", "is an IP address"},
                                   {"https://[2001:db8::1]:8443", "is an IP address"},
                                   {"https://localhost", "own computer"},
                                   {"https://127.0.0.1:8443", "own computer"},
                                   {"https://connector", "without a domain"},
                                   {"https://connector.example.com/", "behind the host"},
                                   {"https://connector.example.com/app/", "behind the host"},
                                   {"https://connector.example.com?x", "behind the host"},
                                   {"https://user:word@connector.example.com", "names a user"},
                                   {"https://connector.example.com:0", "a port that is none"},
                                   {"https://-a.example.com", "no host name"}}) {
    CAPTURE(url);
    AppPackageOptions options = usual();
    options.url = url;
    const auto refused = make_app_package(options);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code.id == "connector.app-url-unusable");
    CHECK(contains(refused.error().message, fault));
    CHECK(contains(refused.error().hint, "https://connector.example.com"));
    CHECK_FALSE(contains(refused.error().message, "word"));
  }
}

TEST_CASE("the program writes the package, and the connector serves the same bytes") {
  Running connector("[app]\ndirectory = page\nurl = https://connector.example.com\n", "open",
                    false);
  std::filesystem::create_directory(connector.file("page"));
  integration::write_file(connector.file("page/index.html"), "page");
  const std::string file = connector.file("teams.zip").string();
  const Finished finished = connector.command({"app-package", "--out", file});
  INFO(finished.err);
  REQUIRE(finished.status == 0);
  CHECK(contains(finished.out, "the app of https://connector.example.com, version "));
  const std::string zip = read_file(file);
  CHECK(unpacked(zip).size() == 4);
  REQUIRE(connector.command({"app-package", "--out", file}).status == 0);
  CHECK(read_file(file) == zip);

  connector.start();
  const HttpAnswer answer = http_get(connector.port(), "/app/teams-app.zip");
  CHECK(answer.status == 200);
  CHECK(answer.header("content-type") == "application/zip");
  CHECK(answer.body == zip);

  const std::string other = connector.file("other.zip").string();
  REQUIRE(connector.command({"app-package", "--out", other, "--url", "https://two.example.com"})
              .status == 0);
  CHECK(contains(read_file(other), "https://two.example.com/app/info"));
}

TEST_CASE("without an address there is no package, neither written nor served") {
  Running connector("[app]\ndirectory = page\n", "open", false);
  std::filesystem::create_directory(connector.file("page"));
  integration::write_file(connector.file("page/index.html"), "page");
  const std::string file = connector.file("teams.zip").string();
  const Finished none = connector.command({"app-package", "--out", file});
  CHECK(none.status == 78);
  CHECK(contains(none.err, "[connector.app-url-unusable]"));
  const Finished wrong =
      connector.command({"app-package", "--out", file, "--url", "http://connector.example.com"});
  CHECK(wrong.status == 78);
  CHECK_FALSE(std::filesystem::exists(file));
  CHECK(connector.command({"app-package"}).status == 64);
  const Finished nowhere = connector.command(
      {"app-package", "--out", "/nowhere/teams.zip", "--url", "https://connector.example.com"});
  CHECK(nowhere.status == 73);
  connector.start();
  CHECK(http_get(connector.port(), "/app/teams-app.zip").status == 404);
}

TEST_CASE("an address that browsers can use and Teams cannot costs the package alone") {
  Running connector("[app]\ndirectory = page\nurl = https://192.0.2.7\n", "open", false);
  std::filesystem::create_directory(connector.file("page"));
  integration::write_file(connector.file("page/index.html"), "page");
  connector.start();
  CHECK(connector.logged("[connector.app-url-unusable] \"https://192.0.2.7\" is an IP address"));
  CHECK(http_get(connector.port(), "/app/").status == 200);
  CHECK(http_get(connector.port(), "/app/teams-app.zip").status == 404);
}

}  // namespace
}  // namespace sfteams::connector::test
