#!/bin/sh
# Makes a Python environment with the packages of tests/interop/requirements.txt and prints the path of its python.
# It is made once and again whenever the requirements change; the packages come from the package index that pip is set to.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
requirements="$root/tests/interop/requirements.txt"
cache="$root/node_modules/.cache"
environment="$cache/tributary-venv"

if cmp -s "$requirements" "$environment/requirements.txt"; then
  echo "$environment/bin/python"
  exit 0
fi

command -v python3 >/dev/null || {
  echo 'python3 is not installed: install Python 3.11 or later with its venv module' >&2
  exit 1
}

# Made aside and moved into place, so that an interrupted or a simultaneous run never leaves half an environment.
mkdir -p "$cache"
fresh=$(mktemp -d "$cache/tributary-venv.XXXXXX")
trap 'rm -rf "$fresh"' EXIT
python3 -m venv "$fresh" >&2
install() {
  "$fresh/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: -r "$requirements" "$@" >&2
}
# Where pip is set to several indexes and one is not there, it waits ten seconds a package for that one, unless it is told not to.
install --retries 0 2>/dev/null || install
cp "$requirements" "$fresh/requirements.txt"
if ! cmp -s "$requirements" "$environment/requirements.txt"; then
  rm -rf "$environment"
  mv "$fresh" "$environment"
fi
echo "$environment/bin/python"
