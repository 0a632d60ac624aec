#!/usr/bin/env bash
# Sends the README's query, as it stands there, to the gateway at $1 and compares
# the answer with the one that stands there; then subscribes to what changes, and
# changes something, as it stands there.
set -euo pipefail

url=$1
block() { awk -v what="^\`\`\`$1" '$0 ~ what{on=1; next} /^```/{on=0} on' README.md; }
here() { block "$1" | sed "s#http://127.0.0.1:8080#$url#"; }

want=$(block 'json answer' | tr -d ' \n')
[ -n "$(block 'sh query')" ] && [ -n "$want" ] || { echo "README.md has no query or no answer" >&2; exit 1; }
got=$(bash -c "$(here 'sh query')" | tr -d ' \n')
if [ "$got" != "$want" ]; then
	printf 'the answer is not the README'"'"'s\n got %s\nwant %s\n' "$got" "$want" >&2
	exit 1
fi

told=$(mktemp)
timeout 30 bash -c "$(here 'sh follow')" >"$told" &
trap 'kill %1 2>/dev/null; rm -f "$told"' EXIT
until_told() {
	for _ in $(seq 100); do
		grep -q "$1" "$told" && return
		sleep 0.1
	done
	printf 'the subscription says nothing of %s:\n%s\n' "$1" "$(cat "$told")" >&2
	exit 1
}
until_told STARTED
bash -c "$(here 'sh change')" | grep -q APPLIED
until_told UPDATED
without_id() { grep '^data:' | sed 's/"id":"[^"]*"/"id":""/'; }
want=$(awk '/^The first says/{on=1} /^It begins with a gap/{on=0} on' README.md | without_id)
got=$(without_id <"$told")
if [ "$got" != "$want" ]; then
	printf 'the events are not the README'"'"'s\n got %s\nwant %s\n' "$got" "$want" >&2
	exit 1
fi
