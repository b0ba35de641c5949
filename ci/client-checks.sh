#!/usr/bin/env bash
# A provider's own Python library against the twin's provider: what it takes and returns must be the provider's wire format.
# Usage: ci/client-checks.sh stripe|shippo
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

name="${1:-}"
case "$name" in
stripe) pins=(stripe==16.1.0) ;;
shippo) pins=(shippo==3.9.0) ;;
*) echo "usage: ${0##*/} stripe|shippo" >&2; exit 2 ;;
esac
stamp=".venv/$name-client.pins"
if [[ "$(cat "$stamp" 2>/dev/null)" != "${pins[*]}" ]]; then
  [[ -x .venv/bin/python ]] || python3 -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input "${pins[@]}"
  echo "${pins[*]}" >"$stamp"
fi
cargo build --quiet --locked --workspace --bin local

port=$((20000 + RANDOM % 20000))
"${CARGO_TARGET_DIR:-target}/debug/local" --memory --quiet --port "$port" &
twin=$!
trap 'kill "$twin" 2>/dev/null || true' EXIT

.venv/bin/python "ci/$name-client-checks.py" "http://127.0.0.1:$port"
