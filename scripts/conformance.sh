#!/usr/bin/env bash
# Starts the server with its demo in a temporary folder and holds it against what others expect of it:
# tests/conformance has one script for each kind of client. Arguments pick some of them:
# graphql, openapi, rest, feeds, browser. With COLOPHON_BINARY set, that one is started.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

folder=tests/conformance
[ $# -gt 0 ] || set -- graphql openapi rest feeds browser
chosen=" $* "
wanted() { [[ $chosen == *" $1 "* ]]; }

if wanted graphql || wanted openapi || wanted browser; then
  need_node 20.19 ||
    die "Node.js 20.19 or newer is missing. Install it, or Python 3 with venv: sudo apt-get install -y python3 python3-venv"
  need_npm conformance "$folder"
  # Node.js looks for packages beside the script that asks for them.
  ln -sfn ../../.tools/conformance/node_modules "$folder/node_modules"
fi
if wanted rest || wanted feeds; then need_venv conformance-python "$folder/requirements.txt"; fi
if wanted browser; then
  scripts/assets.sh
  have chromium || have chromium-browser || have google-chrome || have google-chrome-stable || need chromium chromium
fi
python=$tools/conformance-python/bin/python
binary=${COLOPHON_BINARY:-}
[ -n "$binary" ] || build_binary

home=$(mktemp -d)
server=
clean_up() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  [ -z "$server" ] || wait "$server" 2>/dev/null || true
  rm -rf "$home"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

port=$(free_port)
metrics=$(free_port)
while [ "$metrics" = "$port" ]; do metrics=$(free_port); done
base=http://127.0.0.1:$port
note "starting the server on $base"
COLOPHON_SERVER__ADDRESS=127.0.0.1:$port \
  COLOPHON_METRICS__ADDRESS=127.0.0.1:$metrics \
  COLOPHON_DATA__DIRECTORY=$home/data \
  "$binary" serve >"$home/server.log" 2>&1 </dev/null &
server=$!

# answers PATH: whether the server answers it with 200; bash alone, as curl may not be there.
answers() {
  local line
  { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null || return 1
  printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$1" "$port" >&3
  IFS= read -r -t 5 line <&3 || line=
  exec 3>&-
  [[ $line == "HTTP/1.1 200"* ]]
}
ready=
for _ in $(seq 300); do
  if answers /readyz; then
    ready=1
    break
  fi
  kill -0 "$server" 2>/dev/null || break
  sleep 0.2
done
[ -n "$ready" ] || {
  cat "$home/server.log" >&2
  echo "0 passed, 1 failed"
  die "the server did not become ready"
}

passed=0
failed=0
# A server that no longer answers must not hold up everything.
limit=()
if have timeout; then limit=(timeout 900); fi
# part NAME COMMAND...: its last line counts; a command that failed without saying so counts as one.
part() {
  local name=$1 status=0 counts p=0 f=0
  wanted "$name" || return 0
  note "$name"
  "${limit[@]}" "${@:2}" 2>&1 </dev/null | tee "$home/$name.log" || status=$?
  counts=$(grep -Eo '[0-9]+ passed, [0-9]+ failed' "$home/$name.log" | tail -n 1 || true)
  [ -z "$counts" ] || read -r p _ f _ <<<"${counts/,/}"
  if [ "$status" != 0 ] && [ "$f" = 0 ]; then f=1; fi
  if [ "$((p + f))" = 0 ]; then
    echo "$name checked nothing"
    f=1
  fi
  passed=$((passed + p))
  failed=$((failed + f))
}

# This one looks its package up from where it is run.
# shellcheck disable=SC2016 # the inner shell expands them
part graphql sh -c 'cd "$1" && exec node "$2" "$3"' sh \
  "$tools/conformance" "$root/$folder/graphql-http.mjs" "$base/graphql"
part openapi "$folder/openapi.sh" openapi/openapi.json
part feeds "$python" -B "$folder/feeds.py" "$base"
part browser node "$folder/browser.mjs" "$base"
# Last, as it is the one that tries to break the server.
part rest "$python" -B "$folder/rest.py" "$base"

if ! kill -0 "$server" 2>/dev/null; then
  echo "the server died"
  failed=$((failed + 1))
fi
if [ "$failed" != 0 ]; then
  note "the end of the server's log"
  tail -n 40 "$home/server.log" >&2
fi
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
