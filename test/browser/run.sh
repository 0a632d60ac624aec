#!/usr/bin/env bash
# Tests the page in a real browser: builds the gateway, starts it and its simulator on
# free ports, and uses the page in headless Chromium. SCREENSHOT=file.png keeps a
# picture of it. Needs Go and Node.js 20 or newer; installs Debian's Chromium if there
# is none.
set -euo pipefail

[ -z "${SCREENSHOT:-}" ] || SCREENSHOT=$(realpath -m "$SCREENSHOT")
cd "$(dirname "$0")"
command -v node >/dev/null || { echo "browser test: Node.js is missing" >&2; exit 1; }

if ! command -v chromium >/dev/null; then
	echo "browser test: installing chromium"
	sudo=
	[ "$(id -u)" -eq 0 ] || sudo=sudo
	$sudo apt-get update -qq
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi
if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
	echo "browser test: installing playwright-core"
	npm ci --silent
fi

tmp=$(mktemp -d)
export TMPDIR=$tmp # the browser's profile too
gateway= visit=
cleanup() {
	# shellcheck disable=SC2086 # none, one or two
	kill $visit $gateway 2>/dev/null || true
	wait
	rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

(cd ../.. && go build -o "$tmp/ringql" .)
env -i RINGQL_ADDR=127.0.0.1:0 RINGQL_SIM_ADDR=127.0.0.1:0 "$tmp/ringql" 2>"$tmp/log" &
gateway=$!
for _ in $(seq 100); do
	url=$(sed -n 's/.*msg="ringql is up".* url=\([^ ]*\) .*/\1/p' "$tmp/log")
	[ -z "$url" ] || break
	kill -0 "$gateway" 2>/dev/null || { cat "$tmp/log" >&2; exit 1; }
	sleep 0.1
done

URL=$url CHROMIUM=$(command -v chromium) SCREENSHOT=${SCREENSHOT:-} node --test-reporter=spec page.test.mjs &
visit=$!
wait "$visit"
