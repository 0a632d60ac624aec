#!/usr/bin/env bash
# Installs what the tests need and a fresh Debian machine lacks.
set -euo pipefail

missing=()
command -v gcc >/dev/null || missing+=(gcc libc6-dev) # the race detector needs cgo
command -v curl >/dev/null || missing+=(curl)
command -v git >/dev/null || missing+=(git)
command -v redis-server >/dev/null || missing+=(redis-server) # for the books of several replicas
[ ${#missing[@]} -eq 0 ] && exit 0

echo "installing ${missing[*]}"
sudo=
[ "$(id -u)" -eq 0 ] || sudo=sudo
$sudo apt-get update -qq
$sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
