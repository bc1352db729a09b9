#!/usr/bin/env bash
# openapi.sh DOCUMENT: lints the OpenAPI document by redocly.yaml; errors fail, warnings are shown.
set -euo pipefail
folder=$(dirname "${BASH_SOURCE[0]}")
status=0
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
"$folder/node_modules/.bin/redocly" lint "$1" --config "$folder/redocly.yaml" --format codeframe --max-problems 50 || status=1
echo "openapi: $((1 - status)) passed, $status failed"
exit "$status"
