#!/usr/bin/env bash
# Installs what package-lock.json of the present folder names, unless it is there.
set -euo pipefail
command -v node >/dev/null || { echo "$(basename "$PWD") test: Node.js is missing" >&2; exit 1; }
[ node_modules/.package-lock.json -nt package-lock.json ] || {
	echo "$(basename "$PWD") test: installing npm packages"
	npm ci --silent
}
