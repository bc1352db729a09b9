#!/usr/bin/env bash
# Each fuzz target for a bounded time: fuzz.sh [SECONDS [TARGET...]]. What is found stays in
# fuzz/artifacts; new inputs go to fuzz/found, which git ignores, the seeds stay as they are.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

PATH=$tools/bin:$PATH
if ! have cargo-fuzz; then
  die "cargo-fuzz is missing. To install it: cargo install --locked --root .tools cargo-fuzz"
fi
seconds=${1:-60}
shift || true
targets=("$@")
if [ ${#targets[@]} = 0 ]; then
  mapfile -t targets < <(sed -n 's/^name = "\(.*\)"$/\1/p' fuzz/Cargo.toml | tail -n +2)
fi
# cargo-fuzz asks for options of the compiler that only nightly has without this. Sanitizers need
# a nightly toolchain all the way; there is no unsafe code of ours for them to look at.
export RUSTC_BOOTSTRAP=1
for name in "${targets[@]}"; do
  note "fuzzing $name for $seconds s"
  mkdir -p "fuzz/found/$name"
  cargo fuzz run -s none "$name" "fuzz/found/$name" "fuzz/corpus/$name" -- \
    -max_total_time="$seconds" -max_len=8192 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=1
done
