#!/usr/bin/env bash
# Licences, sources, which crate may depend on what, and known advisories (deny.toml).
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

version=0.20.2
PATH=$tools/bin:$PATH
if ! have cargo-deny; then
  note "building cargo-deny $version into .tools"
  # Not in the project's own target folder, which it would only fill.
  CARGO_TARGET_DIR=$tools/build cargo install --locked --root "$tools" "cargo-deny@$version"
  rm -rf "$tools/build"
fi

cargo deny --workspace check --hide-inclusion-graph --allow unused-wrapper bans licenses sources
# The list of advisories is fetched from the network: without one the rest still counts.
if cargo deny --workspace fetch db; then
  cargo deny --workspace check --disable-fetch advisories
else
  note "advisories were NOT checked: their database could not be fetched"
fi
