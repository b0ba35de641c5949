#!/usr/bin/env bash
# Stripe's own Python library against the twin's Stripe: what it takes and returns must be Stripe's wire format.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

pins=(stripe==16.1.0)
stamp=.venv/stripe-client.pins
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

.venv/bin/python ci/stripe-client-checks.py "http://127.0.0.1:$port"
