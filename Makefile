# The short way in; everything else is CMake (see CMakePresets.json and CONTRIBUTING.md).
#   make demo [HOLD=1]   the main job, from a throw-away CA to a call placed through the tunnel
#   make test            every test, unit and integration [PRESET=asan or tsan, ROOMS="transport client"]
#   make fuzz SECONDS=60 [FUZZ="xmlrpc ini"]   each parser against mutated input for that long
#   make soak MINUTES=10 [SEED=1 SESSIONS=200]   sessions under random faults: is anything lost, or twice?
#   make bench           the figures of docs/performance.md, on this machine
#   make browser-test    the administration page in a real browser
#   make install         into $(DESTDIR)$(PREFIX)
#   make package         Debian packages and RPMs in build/packages [MAINTAINER="Name <mail>"]
#   make release         packages, source tarball, SBOM and checksums of this commit, in build/release-artifacts
#   make tidy-changed    clang-tidy over what differs from the merge base with origin/main [BASE=commit]
#   make package-test    installs, upgrades and removes them, in a copy of this machine that is thrown away
PRESET ?= release
BUILD  := build/$(PRESET)
PREFIX ?= /usr/local
JOBS   ?= $(shell nproc)

.PHONY: all build packages demo test fuzz soak bench browser-test install package package-test release format format-check lint tidy tidy-changed clean

all: build

# The stamp makes the second run start at once; a changed list asks dpkg again.
build/.packages: packaging/debian-packages.txt packaging/install-packages.sh
	@packaging/install-packages.sh
	@mkdir -p build && touch $@

# The sanitizers are clang's.
build/.packages-clang: packaging/install-packages.sh
	@packaging/install-packages.sh clang libclang-rt-14-dev
	@mkdir -p build && touch $@

packages: build/.packages

$(BUILD)/build.ninja: build/.packages $(if $(filter asan tsan fuzz,$(PRESET)),build/.packages-clang)
	@cmake --preset $(PRESET) -DCMAKE_INSTALL_PREFIX=$(PREFIX) >$(BUILD).configure.log 2>&1 \
	  || { cat $(BUILD).configure.log; exit 1; }

build: $(BUILD)/build.ninja
	@cmake --build $(BUILD) --parallel $(JOBS)

demo: build
	@HOLD=$(HOLD) demo/run $(BUILD)/bin

# ROOMS="transport client" builds and tests only these.
ROOMS ?=
test: $(if $(ROOMS),$(BUILD)/build.ninja,build)
	@$(if $(ROOMS),cmake --build $(BUILD) --parallel $(JOBS) --target $(ROOMS:%=tests_%))
	@ctest --test-dir $(BUILD) --output-on-failure --no-tests=error --parallel $(JOBS) \
	  $(if $(ROOMS),--label-regex '^($(subst $() ,|,$(strip $(ROOMS))))$$' --exclude-regex 'short soak')

bench: build
	@bench/run $(BUILD)/bin

# Of the asan build, with clang.
SECONDS ?= 60
FUZZ ?=
fuzz:
	@$(MAKE) --no-print-directory build PRESET=asan
	@tests/fuzz/run build/asan $(SECONDS) $(FUZZ)

# Needs root, for a line between agent and connector.
# SEED=… for other faults, SESSIONS=… for more or fewer users, MAX_TURN_MS=… on a machine that has other work, too.
MINUTES ?= 10
SEED ?= 1
SESSIONS ?= 200
MAX_TURN_MS ?= 50
soak: build
	@$(BUILD)/bin/soak --minutes $(MINUTES) --seed $(SEED) --sessions $(SESSIONS) --max-turn-ms $(MAX_TURN_MS)

# The administration page in a real browser; SCREENSHOTS=docs/images makes the pictures of the manuals again.
build/.packages-browser: packaging/install-packages.sh
	@packaging/install-packages.sh chromium chromium-driver python3-selenium
	@mkdir -p build && touch $@

SCREENSHOTS ?=
browser-test: build/.packages-browser build
	@/usr/bin/python3 tests/browser/admin_page_test.py $(BUILD)/bin --jobs $(JOBS) $(if $(SCREENSHOTS),--screenshots $(SCREENSHOTS))

install: build
	@DESTDIR=$(DESTDIR) cmake --install $(BUILD) --prefix $(PREFIX)

build/.packages-packaging: packaging/install-packages.sh
	@packaging/install-packages.sh debhelper lintian rpm systemd
	@mkdir -p build && touch $@

# Always of the optimised build; the directory holds nothing but what belongs together.
MAINTAINER ?=
package: build/.packages-packaging
	@$(MAKE) --no-print-directory build PRESET=release
	@rm -rf build/packages
	@MAINTAINER='$(MAINTAINER)' packaging/build-packages build/release build/packages
	@ls -1 build/packages/*

package-test: package
	@SFTEAMS_PACKAGES=$(CURDIR)/build/packages ctest --test-dir build/release --output-on-failure --no-tests=error \
	  --label-regex '^packaging$$'

# What a tag is released as, or a snapshot of this commit: packages, source, SBOM, checksums (docs/releasing.md).
release: build/.packages-packaging
	@packaging/make-release check >/dev/null
	@$(MAKE) --no-print-directory package
	@packaging/make-release build/release build/packages build/release-artifacts

SOURCES = $(shell git ls-files --cached --others --exclude-standard '*.cpp' '*.h')

format:
	@clang-format -i $(SOURCES)

format-check:
	@clang-format --dry-run --Werror $(SOURCES)

# What neither compiler nor formatter looks at: shell scripts, YAML, JSON, the CHANGELOG's form, line ends, large files.
build/.packages-lint: packaging/install-packages.sh
	@packaging/install-packages.sh python3-yaml shellcheck
	@mkdir -p build && touch $@

lint: build/.packages-lint
	@git ls-files -z | xargs -0 awk 'FNR == 1 { if (/^#!.*sh$$/) print FILENAME; nextfile }' | xargs shellcheck
	@.ci/check-files

# Slow: some seconds a file. Of its own, because gcc's precompiled headers are none for clang.
build/.packages-tidy: packaging/install-packages.sh
	@packaging/install-packages.sh clang clang-tidy
	@mkdir -p build && touch $@

build/tidy/compile_commands.json: build/.packages build/.packages-tidy
	@cmake -S . -B build/tidy -G Ninja -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_C_COMPILER=clang \
	  -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON -DCMAKE_EXPORT_COMPILE_COMMANDS=ON >/dev/null

TIDY ?= $(shell git ls-files '*.cpp')
tidy: build/tidy/compile_commands.json
	@printf '%s\n' $(TIDY) | xargs -P $(JOBS) -n 4 clang-tidy --quiet -p build/tidy

# Only what differs from the merge base with BASE (origin/main), for TIDY_SECONDS at most; it says what it leaves out.
BASE ?=
tidy-changed: build/tidy/compile_commands.json
	@TIDY_JOBS=$(JOBS) .ci/tidy-changed build/tidy $(BASE)

clean:
	@rm -rf build
