#!/usr/bin/env bash
# Tries the README's two commands, and its query, in an empty folder that holds
# only what git knows or would add: nothing that happens to lie around helps.
set -euo pipefail

[ -z "${RINGQL_INNER:-}" ] || exit 0 # this is the copy

top=$(git rev-parse --show-toplevel)
copy=$(mktemp -d)
gateway=
cleanup() {
	[ -z "$gateway" ] || kill "$gateway" 2>/dev/null || true
	rm -rf "$copy"
}
trap cleanup EXIT

(cd "$top" && git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$copy" 2>/dev/null) || true
cd "$copy"
git init -q && git add -A && git -c user.name=ringql -c user.email=ringql@localhost commit -qm copy

port=$(test/free-port.sh)
sim=$(test/free-port.sh)
export RINGQL_ADDR=127.0.0.1:$port RINGQL_SIM_ADDR=127.0.0.1:$sim

echo "clean clone: make run"
make run >gateway.log 2>&1 &
gateway=$!
for _ in $(seq 300); do
	curl -fsS "http://$RINGQL_ADDR/readyz" >/dev/null 2>&1 && break
	kill -0 "$gateway" 2>/dev/null || { cat gateway.log; exit 1; }
	sleep 0.2
done

echo "clean clone: the README's query"
test/readme.sh "http://$RINGQL_ADDR"
kill "$gateway" && wait "$gateway" 2>/dev/null || true
gateway=
unset RINGQL_ADDR RINGQL_SIM_ADDR

echo "clean clone: make test"
RINGQL_INNER=1 make test >test.log 2>&1 || { cat test.log; exit 1; }
echo "clean clone: all well"
