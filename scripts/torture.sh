#!/usr/bin/env bash
# A server that is killed while it writes, over and over, on both engines: torture.sh [KILLS], 50 unless said.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[ -n "${COLOPHON_TEST_POSTGRES_URL:-}" ] || exec scripts/with-postgres.sh scripts/torture.sh "$@"

for engine in sqlite postgres; do
  note "${1:-50} kills on $engine"
  COLOPHON_TEST_ENGINE=$engine COLOPHON_TEST_KILLS=${1:-50} \
    cargo test --package tests --test acceptance -- killed --nocapture
done
