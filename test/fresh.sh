#!/usr/bin/env bash
# Fails when generated code, go.mod or go.sum is not what generating it now gives.
set -euo pipefail

page=internal/gateway/page
files=(graph/generated.go graph/model/models_gen.go graph/model/enums_gen.go gqlgen.yml go.mod go.sum graph/resolvers/*.go "$page"/*.gz "$page/LICENSES")
before=$(mktemp -d)
trap 'rm -rf "$before"' EXIT
cp --parents "${files[@]}" "$before"

go generate ./...
go mod tidy
"$page/src/build.sh" >/dev/null

status=0
for f in "${files[@]}"; do
	if ! diff --text -q "$before/$f" "$f" >/dev/null; then
		echo "$f was not fresh; it is now: look at the diff and commit it" >&2
		status=1
	fi
done
exit $status
