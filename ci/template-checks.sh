#!/usr/bin/env bash
# Checks template.yaml with the tools that deploy it. Needs Python 3.10 or newer, and PyPI on the first run only;
# no AWS account. The tools live in .venv and are installed again when a pin below changes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# aws-lambda-builders before 1.67 compiles every function's dependencies anew (aws/aws-lambda-builders#900).
pins=(
  aws-sam-cli==1.170.0
  aws-lambda-builders==1.67.0
  aws-sam-translator==1.115.0
  cfn-lint==1.58.0
)

stamp=.venv/template-checks.pins
if [[ "$(cat "$stamp" 2>/dev/null)" != "${pins[*]}" ]]; then
  python3 -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input "${pins[@]}"
  echo "${pins[*]}" >"$stamp"
fi

export SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION="${AWS_DEFAULT_REGION:-eu-west-1}"
.venv/bin/sam validate --lint --template-file template.yaml
.venv/bin/cfn-lint --non-zero-exit-code informational template.yaml

# The linters read SAM's own resources only on the surface: a misspelt event property and a reference to nothing in
# Globals pass them. So SAM's transform runs too, as CloudFormation runs it, and its result is linted as well.
translated=.venv/translated.json
.venv/bin/python - >"$translated" <<'PY'
import json, sys
from samcli.yamlhelper import yaml_parse
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

template = yaml_parse(open("template.yaml", encoding="utf-8").read())
template["Globals"]["Function"]["CodeUri"] = "s3://bucket/key"  # what `sam package` puts there
try:
    print(json.dumps(Translator({}, Parser()).translate(template, {})))
except InvalidDocumentException as refused:
    sys.exit("\n".join(cause.message for cause in refused.causes))
PY
.venv/bin/cfn-lint --non-zero-exit-code error --ignore-checks W I -- "$translated"
echo "template.yaml: sam validate, cfn-lint and SAM's transform have no findings"
