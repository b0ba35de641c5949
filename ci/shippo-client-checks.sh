#!/usr/bin/env bash
# Shippo's own Python library against the twin's Shippo: what it takes and returns must be Shippo's wire format.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

pins=(shippo==3.9.0)
stamp=.venv/shippo-client.pins
if [[ "$(cat "$stamp" 2>/dev/null)" != "${pins[*]}" ]]; then
  [[ -x .venv/bin/python ]] || python3 -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input "${pins[@]}"
  echo "${pins[*]}" >"$stamp"
fi
cargo build --quiet --locked -p local

port=$((20000 + RANDOM % 20000))
"${CARGO_TARGET_DIR:-target}/debug/local" --memory --quiet --port "$port" &
twin=$!
trap 'kill "$twin" 2>/dev/null || true' EXIT

.venv/bin/python ci/shippo-client-checks.py "http://127.0.0.1:$port"
