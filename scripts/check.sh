#!/usr/bin/env bash
# What must hold before a change is shown to anyone, the cheapest first.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

note "format"
cargo fmt --all --check
note "lints"
cargo clippy --workspace --all-targets --quiet -- -D warnings
note "documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --quiet
note "schema files"
scripts/schema.sh --check
