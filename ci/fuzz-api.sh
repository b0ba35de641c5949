#!/usr/bin/env bash
# The API document against the running twin: requests made from its schemas, good and bad, as a customer and as staff.
# Another FUZZ_SEED makes other ones, FUZZ_EXAMPLES says how many for each operation and phase. Needs Python 3.11 or newer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# With all they need, in a place of their own: what a seed leads to depends on these versions.
pins=(
  schemathesis==4.32.5 anyio==4.16.0 certifi==2026.10.18 charset-normalizer==3.5.2 click==8.5.1
  graphql-core==3.3.2 harfile==0.6.0 hypothesis-graphql==0.13.5 hypothesis==6.170.15 idna==3.20
  iniconfig==2.3.1 jsonschema_rs==0.60.3 markdown-it-py==4.3.0 MarkupSafe==3.0.4 mdurl==0.1.2
  packaging==26.3 pluggy==1.7.0 Pygments==2.21.0 pyrate-limiter==4.5.1 pytest==9.2.0 PyYAML==6.0.3
  requests==2.34.2 rich==15.0.0 sortedcontainers==2.4.0 typing_extensions==4.16.0 urllib3==2.8.0
  Werkzeug==3.1.9
)
tools=.venv/fuzz-api
if [[ "$(cat "$tools/pins" 2>/dev/null)" != "${pins[*]}" ]]; then
  python3 -m venv "$tools"
  "$tools/bin/python" -m pip install --quiet --disable-pip-version-check --no-input "${pins[@]}"
  echo "${pins[*]}" >"$tools/pins"
fi
cargo build --quiet --locked --workspace --bin local

seed=${FUZZ_SEED:-20261121} examples=${FUZZ_EXAMPLES:-40}
port=$((20000 + RANDOM % 20000))
reports=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$reports"' EXIT

# Whose tokens a twin takes, it says itself: with --memory its issuer is new each time.
token() {
  "$tools/bin/python" - "$FUZZ_BASE/_local/tokens" "$1" <<'PY'
import json, sys, time, urllib.request

for attempt in range(600):
    try:
        print(json.load(urllib.request.urlopen(sys.argv[1]))[sys.argv[2]]["token"])
        break
    except OSError:
        time.sleep(0.1)
else:
    sys.exit("the twin does not answer")
PY
}

# A twin of its own, and a folder with what was said: fuzz <folder> <port> <who> <options of schemathesis>...
fuzz() (
  folder=$reports/$1
  mkdir "$folder"
  export FUZZ_BASE="http://127.0.0.1:$2" HYPOTHESIS_STORAGE_DIRECTORY="$folder/hypothesis" FUZZ_WHO=$3
  trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
  trap 'exit 1' TERM
  "${CARGO_TARGET_DIR:-target}/debug/local" --memory --quiet --port "$2" 2>"$folder/errors" &
  FUZZ_TOKEN=$(token "$3") FUZZ_STAFF_TOKEN=$(token admin)
  export FUZZ_TOKEN FUZZ_STAFF_TOKEN
  "$tools/bin/schemathesis" --config-file ci/fuzz-api.toml --no-color run docs/openapi.yaml --url "$FUZZ_BASE" \
    --seed "$seed" --max-examples "$examples" --report ndjson --report-ndjson-path "$folder/report" "${@:4}" \
    >"$folder/output" 2>&1 &
  wait $! && touch "$folder/passed"
  "$tools/bin/python" -c 'import sys, urllib.request; urllib.request.urlretrieve(*sys.argv[1:])' \
    "$FUZZ_BASE/_local/queues" "$folder/queues"
)

echo "seed $seed, $examples examples; again: FUZZ_SEED=$seed FUZZ_EXAMPLES=$examples ci/fuzz-api.sh"
fuzz customer "$port" customer --exclude-tag admin &
# Customers are refused before anything else is looked at.
fuzz refused "$((port + 1))" customer --include-tag admin --phases examples &
# What needs no token, or is the same function, needs no second time.
fuzz staff "$((port + 2))" admin --exclude-tag guests --exclude-tag products --exclude-tag webhooks \
  --exclude-operation-id place-order-checkout &
wait

result=0
for folder in "$reports"/{customer,refused,staff}; do
  cat "$folder/output" 2>/dev/null || true
  [[ -e "$folder/passed" ]] || result=1
  if [[ -s "$folder/errors" ]]; then
    echo "the twin logged errors:" >&2
    head -n 20 "$folder/errors" >&2
    result=1
  fi
done

"$tools/bin/python" - "$reports"/{customer,refused,staff} <<'PY' || result=1
import collections, json, sys

answers = collections.defaultdict(collections.Counter)
for folder in sys.argv[1:]:
    for line in open(f"{folder}/report", encoding="utf-8"):
        recorder = json.loads(line).get("ScenarioFinished", {}).get("recorder", {})
        cases = recorder.get("cases", {})
        for case, exchange in recorder.get("interactions", {}).items():
            value = cases[case]["value"]
            answer = exchange["response"]
            answers[f"{value['method']} {value['path']}"][answer["status_code"] if answer else 0] += 1

print(f"{'operation':54} {'requests':>8} {'2xx':>6} {'3xx':>6} {'4xx':>6} {'5xx':>6}  statuses")
total = collections.Counter()
for operation, statuses in sorted(answers.items(), key=lambda item: item[0].split()[::-1]):
    classes = collections.Counter(str(status)[0] for status in statuses.elements())
    total += classes
    listed = " ".join(f"{status}:{count}" for status, count in sorted(statuses.items()))
    print(f"{operation:54} {statuses.total():8} " + " ".join(f"{classes[c]:6}" for c in "2345") + f"  {listed}")
print(f"{len(answers):2} operations {'':41} {total.total():8} " + " ".join(f"{total[c]:6}" for c in "2345"))
wrong = [
    f"nothing was accepted, so it was fuzzed in vain (ci/fuzz-hooks.py can help): {operation}"
    for operation, statuses in sorted(answers.items())
    if not any(200 <= status < 300 for status in statuses)
]
wrong += [
    f"messages that no worker could work on: {queue['name']}"
    for folder in sys.argv[1:]
    for queue in json.load(open(f"{folder}/queues", encoding="utf-8"))
    if queue["dead_letters"] and queue["messages"]
]
if wrong:
    sys.exit("\n".join(wrong))
PY
exit $result
