#!/usr/bin/env bash
# The benchmarks, on both engines, with wrk (or oha) for the load.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[ -e crates/bench/Cargo.toml ] || die "there is no crates/bench yet"
PATH=$tools/bin:$PATH
if ! have wrk && ! have oha && ! apt_install wrk; then
  note "building oha into .tools"
  CARGO_TARGET_DIR=$tools/build cargo install --locked --root "$tools" oha@1.16.0
  rm -rf "$tools/build"
fi
exec scripts/with-postgres.sh cargo run --release -p bench -- "$@"
