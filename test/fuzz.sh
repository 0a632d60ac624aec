#!/usr/bin/env bash
# Runs every fuzz target of the project for $1 each. Little time goes into making an input
# small: goroutines make coverage differ from run to run.
set -euo pipefail

# FuzzVerdict needs graphql-js, and is skipped without.
! command -v node >/dev/null || (cd test/clients && ../npm-ci.sh)

grep -rl --include='*_test.go' '^func Fuzz' . | sort | while read -r file; do
	grep -oE '^func (Fuzz\w+)' "$file" | while read -r _ name; do
		echo "$name in $(dirname "$file")"
		go test -run '^$' -fuzz "^$name\$" -fuzztime "$1" -fuzzminimizetime 100x "./$(dirname "$file")" </dev/null
	done
done
