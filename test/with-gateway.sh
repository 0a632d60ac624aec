#!/usr/bin/env bash
# Builds the gateway, starts it and its simulator on free ports, and runs a command with
# its address in URL, and the program in PROGRAM. Settings of the gateway are taken from
# variables named GATEWAY_...: GATEWAY_RINGQL_TIMEOUT=1s sets RINGQL_TIMEOUT.
set -euo pipefail

tmp=$(mktemp -d)
export TMPDIR=$tmp # what the command leaves behind goes with it
gateway= visit=
cleanup() {
	# shellcheck disable=SC2086 # none, one or two
	kill $visit $gateway 2>/dev/null || true
	wait
	rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

settings=(RINGQL_ADDR=127.0.0.1:0 RINGQL_SIM_ADDR=127.0.0.1:0)
while IFS= read -r setting; do settings+=("${setting#GATEWAY_}"); done < <(env | grep '^GATEWAY_' || true)

(cd "$(dirname "$0")/.." && go build -o "$tmp/ringql" .)
env -i "${settings[@]}" "$tmp/ringql" 2>"$tmp/log" &
gateway=$!
for _ in $(seq 100); do
	URL=$(sed -n 's/.*msg="ringql is up".* url=\([^ ]*\) .*/\1/p' "$tmp/log")
	[ -z "$URL" ] || break
	kill -0 "$gateway" 2>/dev/null || { cat "$tmp/log" >&2; exit 1; }
	sleep 0.1
done
export URL PROGRAM=$tmp/ringql

"$@" &
visit=$!
wait "$visit"
