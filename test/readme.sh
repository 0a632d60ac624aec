#!/usr/bin/env bash
# Sends the README's query, as it stands there, to the gateway at $1 and compares
# the answer with the one that stands there.
set -euo pipefail

command=$(awk '/^```sh query/{on=1; next} /^```/{on=0} on' README.md)
want=$(awk '/^```json answer/{on=1; next} /^```/{on=0} on' README.md | tr -d ' \n')
[ -n "$command" ] && [ -n "$want" ] || { echo "README.md has no query or no answer" >&2; exit 1; }

got=$(bash -c "${command//http:\/\/127.0.0.1:8080/$1}" | tr -d ' \n')
if [ "$got" != "$want" ]; then
	printf 'the answer is not the README'"'"'s\n got %s\nwant %s\n' "$got" "$want" >&2
	exit 1
fi
