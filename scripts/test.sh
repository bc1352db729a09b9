#!/usr/bin/env bash
# Every test, the acceptance tests once on each engine. Arguments go to the test programs as filters.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# All that needs PostgreSQL is below this line.
[ -n "${COLOPHON_TEST_POSTGRES_URL:-}" ] || exec scripts/with-postgres.sh scripts/test.sh "$@"

# Real exports, where somebody has put some beside the repository.
exports=../shared/fixtures/wxr
if [ -z "${COLOPHON_WXR_FIXTURES:-}" ] && [ -d "$exports" ]; then
  COLOPHON_WXR_FIXTURES=$(cd "$exports" && pwd)
  export COLOPHON_WXR_FIXTURES
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0

# run ENGINE CARGO-ARGUMENTS...
run() {
  note "tests on $1"
  COLOPHON_TEST_ENGINE=$1 cargo test --no-fail-fast "${@:2}" 2>&1 | tee -a "$log" || status=1
}
run sqlite --workspace -- "$@"
# The other crates' tests do not ask for the engine.
run postgres --package tests -- "$@"

awk -v status="$status" '
  /^test result: / { for (i = 2; i <= NF; i++) { if ($i ~ /^passed/) passed += $(i - 1); if ($i ~ /^failed/) failed += $(i - 1) } }
  # Something that is no test failed: it did not compile, or a test program died.
  END { if (status != 0 && failed == 0) failed = 1; printf "\n%d passed, %d failed\n", passed, failed }
' "$log"
exit "$status"
