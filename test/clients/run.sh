#!/usr/bin/env bash
# Tests the gateway with what others wrote against the specifications it keeps. Needs Go
# and Node.js 20 or newer.
set -euo pipefail

cd "$(dirname "$0")"
../npm-ci.sh
(cd ../.. && RINGQL_NODE=1 go test -run '^TestVerdicts?$' ./internal/gateway) # beside graphql-js
GATEWAY_RINGQL_SIM_LIMITS=false exec ../with-gateway.sh node --test --test-reporter=spec
