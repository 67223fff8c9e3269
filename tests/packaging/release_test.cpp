#include <algorithm>
#include <set>
#include <sstream>

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "tests/packaging/scratch_checkout.h"

// What `make release` puts together: packaging/make-release and packaging/make-sbom.

namespace sfteams::packaging {
namespace {

namespace fs = std::filesystem;
using integration::contains;
using integration::Finished;
using integration::read_file;
using integration::write_file;

constexpr const char* kTime = "SOURCE_DATE_EPOCH=1700000000 ";
constexpr const char* kMakeSbom = SFTEAMS_SOURCE_DIR "/packaging/make-sbom " SFTEAMS_BUILD_DIR;
constexpr const char* kReleased = "# Changelog\n\n## [1.2.3] - 2026-11-30\n\n### Fixed\n- One.\n";

std::set<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::set<std::string> lines;
  for (std::string line; std::getline(stream, line);)
    lines.insert(line);
  return lines;
}

struct Sbom {
  Json::Value json;

  [[nodiscard]] std::set<std::string> packages() const {
    std::set<std::string> names;
    for (const Json::Value& package : json["packages"])
      names.insert(package["name"].asString());
    return names;
  }
  /// What a program is related to by `kind`.
  [[nodiscard]] std::set<std::string> related(const std::string& program,
                                              const std::string& kind) const {
    std::set<std::string> names;
    for (const Json::Value& relation : json["relationships"]) {
      if (relation["spdxElementId"] != "SPDXRef-" + program || relation["relationshipType"] != kind)
        continue;
      for (const Json::Value& package : json["packages"])
        if (package["SPDXID"] == relation["relatedSpdxElement"])
          names.insert(package["name"].asString());
    }
    return names;
  }
};

Sbom sbom_of_this_build(ScratchCheckout& scratch) {
  const auto json = json::parse(scratch.must(std::string(kTime) + kMakeSbom + " 1.2.3"));
  REQUIRE(json);
  return {*json};
}

/// A project whose version is 1.2.3, with our release scripts and two packages beside it.
struct Project {
  ScratchCheckout scratch;
  fs::path tree = scratch.path() / "tree";

  explicit Project(const std::string& changelog = kReleased) {
    fs::create_directories(tree / "packaging/debian");
    fs::create_directories(tree / "cmake");
    fs::create_directories(scratch.path() / "packages");
    for (const char* file : {"packaging/make-release", "packaging/make-sbom", "packaging/version",
                             "packaging/debian-packages.txt", "packaging/debian/control.in",
                             "cmake/archived-commit", ".gitattributes"})
      fs::copy_file(fs::path(SFTEAMS_SOURCE_DIR) / file, tree / file);
    write_file(tree / "CMakeLists.txt", "project(starface-teams VERSION 1.2.3 LANGUAGES C CXX\n");
    write_file(tree / "CHANGELOG.md", changelog);
    commit = scratch.commit(tree);
  }
  /// Packages of the version that it is now.
  void pack() {
    const std::string version = scratch.must("tree/packaging/version | tr -d '\\n'");
    write_file(scratch.path() / "packages" / ("a_" + version + "-1_amd64.deb"), "a");
    write_file(scratch.path() / "packages" / ("b-" + version + "-1.x86_64.rpm"), "b");
  }

  void tag(const std::string& name) { scratch.must("git -C " + tree.string() + " tag " + name); }
  [[nodiscard]] Finished check() { return scratch.run("tree/packaging/make-release check"); }
  /// Makes the release; gives the directory that it is in.
  [[nodiscard]] fs::path made(const std::string& into) {
    const std::string told = scratch.must(
        "TZ=Pacific/Auckland MAINTAINER='A <a@example.org>' "
        "tree/packaging/make-release " SFTEAMS_BUILD_DIR " packages " +
        into);
    return told.substr(0, told.find('\n'));
  }

  std::string commit;
};

}  // namespace

TEST_CASE("the SBOM has the package of every library that a program links") {
  ScratchCheckout scratch;
  const Sbom sbom = sbom_of_this_build(scratch);
  CHECK(sbom.json["spdxVersion"] == "SPDX-2.3");
  CHECK(sbom.json["creationInfo"]["created"] == "2023-11-14T22:13:20Z");
  // By another way than the script's: what the loader maps, asked for by the files' names.
  // "libssl3:amd64: /usr/lib/x86_64-linux-gnu/libssl.so.3"
  const std::string names = " | grep -o '/[^ ]*' | sed 's|.*/||' | sort -u";
  const std::set<std::string> owners =
      lines_of(scratch.must("ldd " SFTEAMS_BIN_DIR "/starface-teams-* | grep -v '^/'" + names +
                            " | sed 's|^|*/|' | xargs dpkg-query -S"));
  for (const std::string program : {"starface-teams-agent", "starface-teams-connector",
                                    "starface-teams-client", "starface-teams-keygen"}) {
    CAPTURE(program);
    REQUIRE(sbom.packages().contains(program));
    std::set<std::string> linked = sbom.related(program, "DYNAMIC_LINK");
    CHECK(linked.contains("libssl3"));
    linked.merge(sbom.related(program, "DEPENDS_ON"));
    const std::set<std::string> libraries =
        lines_of(scratch.must("ldd " SFTEAMS_BIN_DIR "/" + program + names));
    CHECK(libraries.size() > 5);
    for (const std::string& library : libraries) {
      CAPTURE(library);
      CHECK(std::ranges::any_of(owners, [&](const std::string& owner) {
        return owner.ends_with("/" + library) && linked.contains(owner.substr(0, owner.find(':')));
      }));
    }
  }
}

TEST_CASE("the SBOM has libraries of headers alone, and none that only tests use") {
  ScratchCheckout scratch;
  const Sbom sbom = sbom_of_this_build(scratch);
  CHECK(sbom.related("starface-teams-agent", "STATIC_LINK") ==
        std::set<std::string>{"libcli11-dev", "libexpected-dev"});
  // Loaded by its name, which ldd cannot see.
  CHECK(sbom.packages().contains("libwebsockets-evlib-uv"));
  CHECK_FALSE(sbom.packages().contains("catch2"));
  CHECK_FALSE(sbom.packages().contains("libbenchmark-dev"));
}

TEST_CASE("each package in the SBOM has the version and the licence that dpkg has for it") {
  ScratchCheckout scratch;
  const Sbom sbom = sbom_of_this_build(scratch);
  const std::set<std::string> installed =
      lines_of(scratch.must("dpkg-query -W -f '${Package} ${Version}\\n'"));
  std::set<std::string> references;
  for (const Json::Value& info : sbom.json["hasExtractedLicensingInfos"])
    references.insert(info["licenseId"].asString());
  for (const Json::Value& package : sbom.json["packages"]) {
    const std::string name = package["name"].asString();
    CAPTURE(name);
    const std::string licence = package["licenseDeclared"].asString();
    CHECK_FALSE(licence.empty());
    if (licence.starts_with("LicenseRef-") && !contains(licence, " "))
      CHECK(references.contains(licence));
    if (name == "libuv1") CHECK(licence == "MIT");
    if (name == "libssl3") CHECK(licence == "Apache-2.0");
    if (name.starts_with("starface-teams")) {
      CHECK(package["versionInfo"] == "1.2.3");
    } else {
      CHECK(installed.contains(name + " " + package["versionInfo"].asString()));
    }
  }
}

TEST_CASE("the same build gives the same SBOM") {
  ScratchCheckout scratch;
  const std::string once = scratch.must(std::string(kTime) + kMakeSbom + " 1.2.3");
  CHECK(scratch.must("TZ=Pacific/Auckland " + std::string(kTime) + kMakeSbom + " 1.2.3") == once);
}

TEST_CASE("a tag's release has the tag's version; without one it is a snapshot") {
  Project project;
  const Finished snapshot = project.check();
  CHECK(snapshot.status == 0);
  CHECK(snapshot.out.starts_with("1.2.3~git20"));
  CHECK(snapshot.out.ends_with("." + project.commit.substr(0, 7) + "\n"));
  project.tag("v1.2.3");
  CHECK(project.check().out == "1.2.3\n");
}

TEST_CASE("no release is made of a tree that is not as its commit, or whose tag does not fit") {
  Project project;
  write_file(project.tree / "new", "");
  const Finished dirty = project.check();
  CHECK(dirty.status == 65);
  CHECK(contains(dirty.err, "?? new"));
  fs::remove(project.tree / "new");
  project.tag("v1.2.4");
  const Finished other = project.check();
  CHECK(other.status == 65);
  CHECK(contains(other.err, "v1.2.4, but CMakeLists.txt says version 1.2.3"));

  Project unreleased("# Changelog\n\n## [Unreleased]\n\n### Fixed\n- One.\n");
  CHECK(unreleased.check().status == 0);
  unreleased.tag("v1.2.3");
  const Finished silent = unreleased.check();
  CHECK(silent.status == 65);
  CHECK(contains(silent.err, "CHANGELOG.md has no section"));

  Project left_over("# Changelog\n\n## [Unreleased]\n\n### Fixed\n- Two.\n\n" +
                    std::string(kReleased).substr(13));
  left_over.tag("v1.2.3");
  CHECK(contains(left_over.check().err, "entries under \"Unreleased\""));
  Project empty("# Changelog\n\n## [1.2.3] - 2026-11-30\n");
  empty.tag("v1.2.3");
  CHECK(contains(empty.check().err, "has no entry"));
}

TEST_CASE("a release has packages, source, SBOM and checksums, and is the same when made again") {
  Project project;
  project.tag("v1.2.3");
  project.pack();
  const fs::path once = project.made("once");
  CHECK(once.filename() == "1.2.3");
  const std::set<std::string> files = lines_of(project.scratch.must("ls -A " + once.string()));
  CHECK(files == std::set<std::string>{"SHA256SUMS", "a_1.2.3-1_amd64.deb", "b-1.2.3-1.x86_64.rpm",
                                       "starface-teams-1.2.3.spdx.json",
                                       "starface-teams-1.2.3.tar.gz"});
  const std::string checked =
      project.scratch.must("cd " + once.string() + " && sha256sum -c --strict SHA256SUMS");
  CHECK(std::ranges::count(checked, '\n') == 4);
  CHECK(project.scratch
            .must("tar -xzOf " + once.string() +
                  "/starface-teams-1.2.3.tar.gz "
                  "starface-teams-1.2.3/cmake/archived-commit | head -n 1")
            .starts_with(project.commit + " "));
  const fs::path again = project.made("again");
  project.scratch.must("diff -r " + once.string() + " " + again.string());

  project.scratch.must("echo damaged >>" + once.string() + "/a_1.2.3-1_amd64.deb");
  CHECK(project.scratch.run("cd " + once.string() + " && sha256sum -c SHA256SUMS").status != 0);
}

TEST_CASE("packages of another version, or of no maintainer, are no release") {
  Project project;
  project.pack();
  project.tag("v1.2.3");
  const std::string make = "tree/packaging/make-release " SFTEAMS_BUILD_DIR " packages made";
  const Finished snapshots = project.scratch.run("MAINTAINER='A <a@example.org>' " + make);
  CHECK(snapshots.status == 65);
  CHECK(contains(snapshots.err, "is not of version 1.2.3"));
  const Finished nobodys = project.scratch.run(make);
  CHECK(nobodys.status == 65);
  CHECK(contains(nobodys.err, "MAINTAINER="));
  const Finished other = project.scratch.run("VERSION=1.2.3~git1.abc " + make);
  CHECK(other.status == 65);
  CHECK(contains(other.err, "start again"));
}

TEST_CASE(
    "the version of a tarball is that of its commit, and of a tree in another's repository "
    "nobody's") {
  Project project;
  const std::string snapshot = project.scratch.must("tree/packaging/version");
  const std::string unpacked =
      "rm -rf inner outer && mkdir outer && git -C tree archive --prefix=inner/ HEAD | tar -x -C "
      "outer && "
      "outer/inner/packaging/version";
  CHECK(project.scratch.must(unpacked) == snapshot);
  // A lightweight tag, as checkouts of CI services have.
  project.tag("v1.2.3");
  CHECK(project.scratch.must("tree/packaging/version") == "1.2.3\n");
  CHECK(project.scratch.must(unpacked) == "1.2.3\n");
  project.scratch.must(
      "git -C outer init -q && git -C outer add -A && git -C outer commit -q -m all");
  CHECK(project.scratch.must("outer/inner/packaging/version") == "1.2.3\n");
  project.scratch.must(
      "git -C tree tag -d v1.2.3 && cp -r tree/packaging tree/CMakeLists.txt tree/cmake outer/");
  CHECK(project.scratch.must("rm -rf outer/.git && outer/packaging/version") == "1.2.3~unknown\n");
}

TEST_CASE("a release without packages is refused and leaves nothing behind") {
  Project project;
  const Finished finished =
      project.scratch.run("tree/packaging/make-release " SFTEAMS_BUILD_DIR " packages made");
  CHECK(finished.status == 65);
  CHECK(contains(finished.err, "there are no packages"));
  CHECK(project.scratch.must("ls -A made").empty());
}

}  // namespace sfteams::packaging
