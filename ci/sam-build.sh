#!/usr/bin/env bash
# Builds every function as it is deployed and looks at what came out: ci/sam-build.sh [x86_64|arm64]
#
# Zig links, as cargo-lambda has it by itself, so that the programs want no newer glibc than Amazon Linux 2023 has, whatever this
# machine has: with plain cargo, hypotf of the documents' fonts wants 2.35. For another processor than the machine's, cargo-lambda
# adds the missing target through rustup. cargo-lambda and Zig come from PyPI, so only Python and Rust are needed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
architecture=${1:-x86_64}

ci/template-checks.sh

pins=(cargo-lambda==1.9.2 ziglang==0.17.0)
stamp=.venv/sam-build.pins
if [[ "$(cat "$stamp" 2>/dev/null)" != "${pins[*]}" ]]; then
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input "${pins[@]}"
  echo "${pins[*]}" >"$stamp"
fi

# SAM looks for cargo-lambda on the PATH; cargo-lambda looks for Zig as a module of the first python3 on it.
export PATH="$PWD/.venv/bin:$PATH" SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION="${AWS_DEFAULT_REGION:-eu-west-1}"

rm -rf .aws-sam/build
sam build --template-file template.yaml --parameter-overrides "Architecture=$architecture"

python - "$architecture" <<'PY'
"""Each function has a bootstrap for the processor, and one that Amazon Linux 2023 (glibc 2.34) can start."""
import os, re, sys
from samcli.yamlhelper import yaml_parse

MACHINES = {"x86_64": 62, "arm64": 183}  # e_machine of the ELF header
GLIBC = (2, 34)
architecture, faults = sys.argv[1], []
resources = yaml_parse(open("template.yaml", encoding="utf-8").read())["Resources"]
functions = [name for name, resource in resources.items() if resource["Type"] == "AWS::Serverless::Function"]
for name in functions:
    path = f".aws-sam/build/{name}/bootstrap"
    if not os.access(path, os.X_OK):
        faults.append(f"{name}: no bootstrap that can be executed")
        continue
    binary = open(path, "rb").read()
    if binary[:4] != b"\x7fELF" or int.from_bytes(binary[18:20], "little") != MACHINES[architecture]:
        faults.append(f"{name}: not a program for {architecture}")
    wanted = max((tuple(map(int, v)) for v in re.findall(rb"GLIBC_(\d+)\.(\d+)", binary)), default=(0, 0))
    if wanted > GLIBC:
        faults.append(f"{name}: needs glibc {wanted[0]}.{wanted[1]}: was it not Zig that linked it?")
    print(f"{name:32} {len(binary) / 1e6:6.1f} MB  glibc {wanted[0]}.{wanted[1]}")
if faults or not functions:
    sys.exit("\n".join(faults) or "template.yaml has no functions")
print(f"{len(functions)} functions built for {architecture}")
PY
