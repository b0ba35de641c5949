#!/usr/bin/env bash
# Licences, sources and banned crates (deny.toml). Advisories need their database from the network and are looked at
# where there is one: cargo deny check advisories.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

deny=$(command -v cargo-deny || echo "$PWD/.tools/bin/cargo-deny")
if [[ ! -x "$deny" ]]; then
  RUSTFLAGS="" cargo install --quiet --locked --root .tools cargo-deny@0.20.2
fi
"$deny" --all-features check bans licenses sources
