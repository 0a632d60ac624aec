#!/usr/bin/env bash
# Runs every fuzz target of the project for $1 each.
set -euo pipefail

grep -rl --include='*_test.go' '^func Fuzz' . | while read -r file; do
	grep -oE '^func (Fuzz\w+)' "$file" | while read -r _ name; do
		echo "$name in $(dirname "$file")"
		go test -run '^$' -fuzz "^$name\$" -fuzztime "$1" "./$(dirname "$file")"
	done
done
