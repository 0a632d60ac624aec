#!/usr/bin/env bash
# Prints a TCP port of the loopback interface that nobody listens on.
set -euo pipefail
while :; do
	port=$((20000 + RANDOM % 20000))
	(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; exit; }
done
