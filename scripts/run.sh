#!/usr/bin/env bash
# The server, ready to look at: GraphiQL, the release binary, ./data with the demo on the first start.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

scripts/assets.sh || note "going on without GraphiQL: /graphql answers queries all the same"
cargo build --release --bin colophon
exec "$target/release/colophon" serve "$@"
