#!/usr/bin/env bash
# Installs what building and testing Warren needs, from Debian's packages: quietly, only what is absent, by sudo where
# not root. `setup.sh` installs what `make build` and `make run` need; `setup.sh test` also what the tests need.
# Tools that are already here from another source (a Go, a JDK, a Node of one's own) are left alone.
set -euo pipefail

packages=(gcc libc6-dev meson ninja-build re2c pkg-config libmicrohttpd-dev libcurl4-openssl-dev libssl-dev zlib1g-dev liblz4-dev
    libzstd-dev libxxhash-dev libonig-dev libicu-dev libjansson-dev libedit-dev libjemalloc-dev libcmocka-dev tzdata)
commands=(python3:python3)
if [ "${1:-build}" = test ]; then
    packages+=(clang libclang-rt-dev)
    commands+=(javac:default-jdk-headless mvn:maven go:golang-go node:nodejs npm:npm)
fi

missing=()
for package in "${packages[@]}"; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing+=("$package")
done
for pair in "${commands[@]}"; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || missing+=("${pair##*:}")
done
if [ "${1:-build}" = test ] && ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
    missing+=(python3-venv)
fi
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "setup: these packages are needed, and this system has no apt-get to install them: ${missing[*]}" >&2
    exit 1
fi
as_root=()
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "setup: needs root or sudo to install: ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi

echo "Installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install_packages() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >"$log" 2>&1
}
# A package list may be old or empty: fetch it once when the first try fails.
if ! install_packages; then
    if ! { "${as_root[@]}" apt-get update -q >"$log" 2>&1 && install_packages; }; then
        tail -n 20 "$log" >&2
        echo "setup: could not install ${missing[*]}" >&2
        exit 1
    fi
fi
