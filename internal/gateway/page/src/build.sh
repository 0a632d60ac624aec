#!/usr/bin/env bash
# Builds the page's assets out of this folder into the one above it, or into $1.
# The same sources make the same bytes. Needs Node.js 20 or newer.
set -euo pipefail

out=$(realpath "${1:-$(dirname "$0")/..}")
cd "$(dirname "$0")"
npm ci --silent
node build.mjs "$out"
gzip -9nf "$out/graphiql.js" "$out/graphiql.css"
