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
servers=()
clean_up() {
  for server in ${servers[@]+"${servers[@]}"}; do
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  done
  rm -rf "$home"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# answers PORT PATH: whether a server answers it with 200; bash alone, as curl may not be there.
answers() {
  local line
  { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
  printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$2" "$1" >&3
  IFS= read -r -t 5 line <&3 || line=
  exec 3>&-
  [[ $line == "HTTP/1.1 200"* ]]
}

# start NAME: serves the store in $home/NAME (the demo when there is none) and sets `base` to where.
start() {
  local port metrics
  port=$(free_port)
  metrics=$(free_port)
  while [ "$metrics" = "$port" ]; do metrics=$(free_port); done
  base=http://127.0.0.1:$port
  note "starting the server on $base"
  COLOPHON_SERVER__ADDRESS=127.0.0.1:$port \
    COLOPHON_METRICS__ADDRESS=127.0.0.1:$metrics \
    COLOPHON_DATA__DIRECTORY=$home/$1 \
    COLOPHON_RATE_LIMITS__ENABLED=false \
    COLOPHON_AUTH__ACCESS_TOKEN_SECONDS=3600 \
    "$binary" serve >"$home/$1.log" 2>&1 </dev/null &
  servers+=($!)
  for _ in $(seq 300); do
    answers "$port" /readyz && return
    kill -0 $! 2>/dev/null || break
    sleep 0.2
  done
  cat "$home/$1.log" >&2
  echo "0 passed, 1 failed"
  die "the server did not become ready"
}

news=
if wanted feeds; then
  # The demo's newest article grows old: a news sitemap with news takes an article of today.
  now=$(date -u '+%Y-%m-%d %H:%M:%S')
  cat >"$home/today.xml" <<XML
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>The Daily</title><link>https://daily.example</link><language>en</language><wp:wxr_version>1.2</wp:wxr_version>
<item><title>Of today</title><link>https://daily.example/of-today/</link><content:encoded><![CDATA[<p>Today.</p>]]></content:encoded><wp:post_id>1</wp:post_id><wp:post_date_gmt>$now</wp:post_date_gmt><wp:post_name>of-today</wp:post_name><wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item>
<item><title>Of long ago</title><link>https://daily.example/of-long-ago/</link><content:encoded><![CDATA[<p>Long ago.</p>]]></content:encoded><wp:post_id>2</wp:post_id><wp:post_date_gmt>2020-01-01 00:00:00</wp:post_date_gmt><wp:post_name>of-long-ago</wp:post_name><wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item>
</channel></rss>
XML
  "$binary" --data "$home/today" import wordpress "$home/today.xml" --edition en >"$home/import.log" 2>&1 || {
    cat "$home/import.log" >&2
    die "an article of today could not be imported"
  }
  start today
  news=$base
fi
start data

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
part feeds "$python" -B "$folder/feeds.py" "$base" "$news"
part browser node "$folder/browser.mjs" "$base"
# Last, as it is the one that tries to break the server: as a reader, then as one who may change everything.
part rest "$python" -B "$folder/rest.py" "$base"
if wanted rest; then
  owner=(owner@conformance.example "a password of $RANDOM$RANDOM$RANDOM")
  printf '%s' "${owner[1]}" | "$binary" --data "$home/data" user create "${owner[0]}" --role owner --password-stdin >&2
  part rest "$python" -B "$folder/rest.py" "$base" "${owner[@]}"
fi

for server in "${servers[@]}"; do
  kill -0 "$server" 2>/dev/null && continue
  echo "the server died"
  failed=$((failed + 1))
done
if [ "$failed" != 0 ]; then
  note "the end of the server's log"
  tail -n 40 "$home/data.log" >&2
fi
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
