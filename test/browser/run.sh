#!/usr/bin/env bash
# Tests the page, and signing in, in a real browser: headless Chromium at a running gateway.
# SCREENSHOT=file.png keeps a picture, and others beside it. Needs Go and Node.js 20 or newer;
# installs Debian's Chromium if there is none.
set -euo pipefail

[ -z "${SCREENSHOT:-}" ] || SCREENSHOT=$(realpath -m "$SCREENSHOT")
cd "$(dirname "$0")"
../npm-ci.sh
if ! command -v chromium >/dev/null; then
	echo "browser test: installing chromium"
	sudo=
	[ "$(id -u)" -eq 0 ] || sudo=sudo
	$sudo apt-get update -qq
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi
CHROMIUM=$(command -v chromium)
export CHROMIUM SCREENSHOT=${SCREENSHOT:-}
exec ../with-gateway.sh node --test --test-concurrency=1 --test-reporter=spec
