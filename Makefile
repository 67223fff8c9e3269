# The short way in; everything else is CMake (see CMakePresets.json and CONTRIBUTING.md).
# `make help` prints the text behind each target's ##; a test holds that every one has it.
PRESET ?= release
BUILD  := build/$(PRESET)
PREFIX ?= /usr/local
JOBS   ?= $(shell nproc)

.PHONY: help all build packages demo cluster-demo test fuzz soak bench browser-test app app-lint app-test install package package-test release format format-check lint tidy tidy-changed clean

.DEFAULT_GOAL := all

help: ## this list
	@awk -F ' ## ' '/^[a-z-]+:.* ## / { sub(/:.*/, "", $$1); printf "  make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

all: build ## the same as build; what make does without a target

# The stamps make the second run start at once; a changed list asks dpkg again.
PACKAGE_LISTS := packaging/debian-packages.txt packaging/debian-packages-test.txt

build/.packages: $(PACKAGE_LISTS) packaging/install-packages.sh
	@packaging/install-packages.sh $(PACKAGE_LISTS)
	@mkdir -p build && touch $@

# What the programs and the demonstration need, without the tests.
build/.packages-programs: $(firstword $(PACKAGE_LISTS)) packaging/install-packages.sh
	@packaging/install-packages.sh $(firstword $(PACKAGE_LISTS))
	@mkdir -p build && touch $@

# The sanitizers are clang's.
CLANG_PACKAGES := $(if $(filter asan tsan fuzz,$(PRESET)),build/.packages-clang)

build/.packages-clang: packaging/install-packages.sh
	@packaging/install-packages.sh clang libclang-rt-14-dev
	@mkdir -p build && touch $@

packages: build/.packages ## install the Debian packages that building and testing need

configure = cmake --preset $(PRESET) -DCMAKE_INSTALL_PREFIX=$(PREFIX) $(1) >$(BUILD).configure.log 2>&1 \
  || { cat $(BUILD).configure.log; exit 1; }

# A stamp and not build.ninja, which is also there when the demonstration has configured without tests.
$(BUILD)/.configured: build/.packages $(CLANG_PACKAGES)
	@$(call configure,-DBUILD_TESTING=ON)
	@touch $@

build: $(BUILD)/.configured ## every program, test and benchmark [PRESET=debug, asan or tsan; JOBS=2]
	@cmake --build $(BUILD) --parallel $(JOBS)

# Only the programs: neither tests nor benchmarks, nor their packages. A build with tests stays one with tests.
# Who wants to try it by hand wants the page, too; the demonstration as such needs neither Node nor Chromium.
demo: build/.packages-programs $(CLANG_PACKAGES) $(if $(HOLD),app) ## the main job, from a throw-away CA to a call placed through the tunnel [HOLD=1 keeps it running, with the page]
	@[ -e $(BUILD)/build.ninja ] || $(call configure,-DBUILD_TESTING=OFF)
	@cmake --build $(BUILD) --parallel $(JOBS) --target programs
	@HOLD=$(HOLD) demo/run $(BUILD)/bin

cluster-demo: build/.packages-programs build/.packages-cluster ## three connectors as one: nodes and servers are killed, frozen and upgraded while calls go on
	@[ -e $(BUILD)/build.ninja ] || $(call configure,-DBUILD_TESTING=OFF)
	@cmake --build $(BUILD) --parallel $(JOBS) --target programs
	@demo/cluster $(BUILD)/bin

build/.packages-cluster: packaging/install-packages.sh
	@packaging/install-packages.sh nats-server haproxy perl-base openssl
	@mkdir -p build && touch $@

# ROOMS="transport client" builds and tests only these: each stands for its label and those that begin with it and "_", so that
# agent is every room of the agent and agent_pbx one.
# AGAIN=3: when at most three tests fail, they are run once more, alone, and count when they pass then.
ROOMS ?=
AGAIN ?= 0
# The page's own tests know nothing of presets, and run with those of the plain build.
APP_UNITS := $(if $(ROOMS)$(filter asan tsan,$(PRESET)),,app/node_modules/.installed)
test: $(if $(ROOMS),$(BUILD)/.configured,build) $(APP_UNITS) ## every test, and a summary [PRESET=asan or tsan; ROOMS="transport client" for some of them]
	@$(if $(ROOMS),cmake --build $(BUILD) --parallel $(JOBS) --target $(ROOMS:%=tests_%))
	@$(if $(APP_UNITS),STARFACE_TEAMS_PROGRAMS="$(CURDIR)/$(BUILD)/bin" npm --prefix app test --silent -- --summary)
	@tests/summary/run-tests --again $(AGAIN) $(BUILD) --no-tests=error --parallel $(JOBS) \
	  $(if $(ROOMS),--label-regex '^($(subst $() ,|,$(strip $(ROOMS))))(_|$$)' --exclude-regex 'short soak')

bench: build ## the figures of docs/performance.md, on this machine
	@bench/run $(BUILD)/bin
	@echo
	@bench/herd-run $(BUILD)/bin
	@echo
	@bench/cluster $(BUILD)/bin

# Of the asan build, with clang.
SECONDS ?= 60
FUZZ ?=
fuzz: ## each parser against mutated input [SECONDS=60; FUZZ="xmlrpc ini" for some of them]
	@$(MAKE) --no-print-directory build PRESET=asan
	@tests/fuzz/run build/asan $(SECONDS) $(FUZZ)

# Needs root, for a line between agent and connector.
# SEED=… for other faults, SESSIONS=… for more or fewer users, MAX_TURN_MS=… on a machine that has other work, too.
MINUTES ?= 10
SEED ?= 1
SESSIONS ?= 200
MAX_TURN_MS ?= 50
# NODES=3: a cluster of three connectors, with NATS; its nodes wait for the disk in a turn of their loop.
NODES ?= 1
soak: build ## sessions under random faults: is anything lost, or twice? [MINUTES=10; NODES=3 SEED=1 SESSIONS=200 MAX_TURN_MS=50]
	@$(BUILD)/bin/soak --nodes $(NODES) --minutes $(MINUTES) --seed $(SEED) --sessions $(SESSIONS) --max-turn-ms $(MAX_TURN_MS)

# The administration page and the Teams app's page in a real browser; SCREENSHOTS=docs/images makes the pictures of the manuals again.
build/.packages-browser: packaging/install-packages.sh
	@packaging/install-packages.sh chromium chromium-driver python3-selenium
	@mkdir -p build && touch $@

SCREENSHOTS ?=
browser-test: build/.packages-browser build app ## both pages in a real browser: the agent's and the Teams app's [SCREENSHOTS=docs/images]
	@/usr/bin/python3 tests/browser/admin_page_test.py $(BUILD)/bin --jobs $(JOBS) $(if $(SCREENSHOTS),--screenshots $(SCREENSHOTS))
	@/usr/bin/python3 tests/browser/app_test.py $(BUILD)/bin --jobs $(JOBS) $(if $(SCREENSHOTS),--screenshots $(SCREENSHOTS))

# nodejs and npm are Debian's, unless the machine has others.
build/.packages-app: packaging/install-packages.sh
	@{ command -v node && command -v npm; } >/dev/null || packaging/install-packages.sh nodejs npm
	@mkdir -p build && touch $@

app/node_modules/.installed: build/.packages-app app/package.json app/package-lock.json app/.npmrc
	@cd app && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

app: app/node_modules/.installed ## the Teams app's page, in app/dist/page
	@cd app && npm run --silent build

app-lint: app/node_modules/.installed ## the Teams app's code: types, lint, format
	@cd app && npm run --silent types && npm run --silent lint

app-test: app-lint ## the Teams app's code: types, lint, format, unit tests
	@cd app && npm run --silent test

install: build ## install into $(DESTDIR)$(PREFIX) [PREFIX=/usr/local]
	@DESTDIR=$(DESTDIR) cmake --install $(BUILD) --prefix $(PREFIX)

build/.packages-packaging: packaging/install-packages.sh
	@packaging/install-packages.sh debhelper lintian rpm systemd
	@mkdir -p build && touch $@

# Always of the optimised build; the directory holds nothing but what belongs together.
export MAINTAINER ?=
export VERSION ?=
package: build/.packages-packaging app ## Debian packages and RPMs in build/packages [MAINTAINER="Name <mail>"]
	@$(MAKE) --no-print-directory build PRESET=release
	@rm -rf build/packages
	@packaging/build-packages build/release build/packages
	@ls -1 build/packages/*

package-test: package ## install, upgrade and remove them, in a copy of this machine that is thrown away
	@SFTEAMS_PACKAGES="$(CURDIR)/build/packages" tests/summary/run-tests build/release --no-tests=error \
	  --label-regex '^packaging$$'

# What a tag is released as, or a snapshot of this commit: packages, source, SBOM, checksums (docs/releasing.md).
release: build/.packages-packaging ## packages, source, SBOM and checksums of this commit, in build/release-artifacts
	@version=$$(packaging/make-release check) && export VERSION="$$version" && \
	  $(MAKE) --no-print-directory package && \
	  packaging/make-release build/release build/packages build/release-artifacts

# Those that are there: one may be deleted and git not know it yet.
SOURCES = $(or $(wildcard $(shell git ls-files --cached --others --exclude-standard '*.cpp' '*.h')), \
               $(error git names no sources here: is this a checkout that git trusts?))

format: ## format every source with clang-format
	@clang-format -i $(SOURCES)

format-check: ## fail where a source is not formatted
	@clang-format --dry-run --Werror $(SOURCES)

# What neither compiler nor formatter looks at: shell scripts, YAML, JSON, the CHANGELOG's form, line ends, large files.
build/.packages-lint: packaging/install-packages.sh
	@packaging/install-packages.sh python3-yaml shellcheck
	@mkdir -p build && touch $@

lint: build/.packages-lint ## shell scripts, YAML, JSON, CHANGELOG, line ends, large files
	@.ci/shell-scripts | xargs -0 -r shellcheck
	@.ci/check-files

# Slow: some seconds a file. Of its own, because gcc's precompiled headers are none for clang.
build/.packages-tidy: packaging/install-packages.sh
	@packaging/install-packages.sh clang clang-tidy
	@mkdir -p build && touch $@

# Each time: it takes a second, and a file may have come or gone.
FORCE:
build/tidy/compile_commands.json: build/.packages build/.packages-tidy FORCE
	@cmake -S . -B build/tidy -G Ninja -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_C_COMPILER=clang \
	  -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON -DCMAKE_EXPORT_COMPILE_COMMANDS=ON >/dev/null

TIDY ?= $(shell git ls-files '*.cpp')
tidy: build/tidy/compile_commands.json ## clang-tidy [TIDY="file.cpp" for some files]
	@printf '%s\n' $(TIDY) | xargs -P $(JOBS) -n 4 clang-tidy --quiet -p build/tidy

# Only what differs from the merge base with BASE (origin/main), for TIDY_SECONDS at most; it says what it leaves out.
BASE ?=
tidy-changed: build/tidy/compile_commands.json ## clang-tidy over what differs from the merge base with origin/main [BASE=commit]
	@TIDY_JOBS=$(JOBS) .ci/tidy-changed build/tidy $(BASE)

clean: ## remove build/ and app/dist/
	@rm -rf build app/dist
