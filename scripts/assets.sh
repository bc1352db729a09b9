#!/usr/bin/env bash
# Bundles GraphiQL into assets/graphiql/, all of it served by us. Does nothing when it is up to date.
# Exits with 3 when there is no Node.js and none can be had.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

source=scripts/graphiql
folder=assets/graphiql
stamp=$(fingerprint "$source"/{package.json,package-lock.json,build.mjs,main.js,page.css,index.html})
if [ "$(cat "$folder/.stamp" 2>/dev/null)" = "$stamp" ]; then
  echo "$folder is up to date"
  exit 0
fi

need_node 18.0 || {
  note "GraphiQL could not be built: Node.js 18 or newer is missing and could not be installed from here.
   On Debian or Ubuntu: sudo apt-get install -y nodejs npm
   then again: make assets"
  exit 3
}
need_npm graphiql "$source"
work=$tools/graphiql
cp "$source"/{build.mjs,main.js,page.css,index.html} "$work/"
rm -rf "$work/out"
(cd "$work" && node build.mjs out)
printf '%s\n' "$stamp" >"$work/out/.stamp"
mkdir -p assets
rm -rf "$folder"
mv "$work/out" "$folder"
echo "$folder is ready: $(find "$folder" -type f | wc -l) files"
