#!/bin/sh
# Installs the Debian packages that are missing of those named as arguments, and of those listed in the files named as arguments;
# without a file, of debian-packages.txt and debian-packages-test.txt. Does nothing when all are there.
# Asks sudo only when it is not root already.
set -eu

lists="" packages=""
for argument in "$@"; do
  case "$argument" in
    *.txt) lists="$lists $argument" ;;
    *) packages="$packages $argument" ;;
  esac
done
here=$(dirname "$0")
[ -n "$lists" ] || lists="$here/debian-packages.txt $here/debian-packages-test.txt"

missing=""
# shellcheck disable=SC2086  # one word a list
for package in $(grep -hv '^#' $lists) $packages; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "Installing:$missing"
if [ "$(id -u)" -eq 0 ]; then
  as_root=""
elif command -v sudo >/dev/null 2>&1; then
  as_root="sudo"
else
  echo "These packages are missing and neither root nor sudo is at hand. As root, run:" >&2
  echo "  apt-get install --no-install-recommends$missing" >&2
  exit 77
fi
$as_root apt-get update -q
# shellcheck disable=SC2086  # one word a package
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
