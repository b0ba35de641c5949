#!/usr/bin/env bash
# The console in a real browser, against the twin: place an order, watch it become delivered, send it back. Debian's Chromium and Node
# are installed if they are missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

packages=()
[[ -x /usr/bin/chromium ]] || packages+=(chromium)
command -v npm >/dev/null || packages+=(nodejs npm)
if ((${#packages[@]})); then
  root=()
  [[ $EUID == 0 ]] || root=(sudo)
  "${root[@]}" apt-get update -qq
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${packages[@]}" >/dev/null
fi

# It has no dependencies, and brings no browser of its own.
pins=(playwright-core@1.65.1)
tools=.tools/console-checks
if [[ "$(cat "$tools/pins" 2>/dev/null)" != "${pins[*]}" ]]; then
  mkdir -p "$tools"
  npm install --silent --no-audit --no-fund --no-save --prefix "$tools" "${pins[@]}"
  echo "${pins[*]}" >"$tools/pins"
fi
cargo build --quiet --locked --workspace --bin local

port=$((20000 + RANDOM % 20000))
"${CARGO_TARGET_DIR:-target}/debug/local" --memory --quiet --port "$port" &
twin=$!
profile=$(mktemp -d)
trap 'kill "$twin" 2>/dev/null || true; rm -rf "$profile"' EXIT

NODE_PATH="$tools/node_modules" node ci/console-checks.cjs "http://127.0.0.1:$port" "$profile"
