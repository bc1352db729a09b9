#!/usr/bin/env bash
# The benchmarks, on both engines, with wrk (or oha) for the load: bench.sh [--quick] [OPTIONS].
# Stores, exports and the report stay in the target folder, in bench/.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

PATH=$tools/bin:$PATH
if ! have wrk && ! have oha && ! apt_install wrk; then
  note "building oha into .tools"
  CARGO_TARGET_DIR=$tools/build cargo install --locked --root "$tools" oha@1.16.0
  rm -rf "$tools/build"
fi
note "building the server and the bench"
cargo build --release -p server -p bench
# shellcheck disable=SC2016 # the variable is set by with-postgres.sh
exec scripts/with-postgres.sh bash -c 'exec "$0" --postgres "$COLOPHON_TEST_POSTGRES_URL" "$@"' \
  "$target/release/bench" --directory "$target/bench" "$@"
