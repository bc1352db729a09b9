#!/usr/bin/env bash
# Writes schema.graphql, openapi/openapi.json and migrations/schema/*.sql from the code.
# "schema.sh --check" writes nothing and fails when one of them is out of date.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

build_binary
"$binary" schema "$@"
