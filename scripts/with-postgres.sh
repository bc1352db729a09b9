#!/usr/bin/env bash
# with-postgres.sh COMMAND...: runs the command with COLOPHON_TEST_POSTGRES_URL naming a PostgreSQL
# in which it may create and drop databases. If the variable is set already, that server is used;
# else a private one is started in a temporary folder and is gone afterwards, whatever happens.
set -euo pipefail
caller=$PWD
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$caller"

[ $# -gt 0 ] || die "usage: scripts/with-postgres.sh COMMAND..."
[ -z "${COLOPHON_TEST_POSTGRES_URL:-}" ] || exec "$@"

# The folder of the newest PostgreSQL programs, if any.
find_postgres() {
  local folder
  if have initdb && have postgres && have pg_ctl; then
    dirname "$(command -v initdb)"
    return
  fi
  for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin | sort -rV); do
    [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] && echo "$folder" && return
  done
  return 1
}

if ! bin=$(find_postgres); then
  # Debian's package would start a server for everyone: only its programs are wanted.
  if have apt-get && as_root true && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    as_root mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
  fi
  apt_install postgresql || true
  bin=$(find_postgres) ||
    die "PostgreSQL is missing: set COLOPHON_TEST_POSTGRES_URL, or on Debian or Ubuntu: sudo apt-get install -y postgresql"
fi

# Not under TMPDIR: another user must reach it, and the path of a socket is at most 107 bytes.
home=$(mktemp -d /tmp/colophon-postgres.XXXXXX)

# PostgreSQL refuses to be run by root.
as_owner() { "$@"; }
if [ "$(id -u)" = 0 ]; then
  owner=$(id -un postgres 2>/dev/null || echo nobody)
  chown "$owner" "$home"
  if have setpriv; then
    as_owner() { setpriv --reuid="$owner" --regid="$(id -g "$owner")" --clear-groups env HOME="$home" "$@"; }
  else
    as_owner() { runuser -u "$owner" -- env HOME="$home" "$@"; }
  fi
fi

clean_up() {
  [ -d "$home" ] || return 0
  (cd / && as_owner "$bin/pg_ctl" -D "$home/data" -m immediate -w -t 20 stop) >/dev/null 2>&1 || true
  rm -rf "$home"
}
command_id=
# shellcheck disable=SC2317 # the traps below call it
stop() {
  trap '' INT TERM HUP
  if [ -n "$command_id" ]; then
    kill -TERM -- "-$command_id" 2>/dev/null || true
    wait "$command_id" 2>/dev/null || true
  fi
  exit "$1"
}
trap clean_up EXIT
trap 'stop 130' INT
trap 'stop 143' TERM
trap 'stop 129' HUP
# No trap survives a SIGKILL; this guard does, and then cleans up in our stead.
main=$$
(
  trap '' INT TERM HUP
  trap - EXIT
  while kill -0 "$main" 2>/dev/null; do sleep 1; done
  clean_up
) </dev/null >/dev/null 2>&1 &
disown

make_cluster() { (cd "$home" && as_owner "$bin/initdb" -D "$home/data" -U colophon --auth=trust --encoding=UTF8 --no-sync "$@" >"$home/initdb.log" 2>&1); }
: >"$home/initdb.log"
[ -z "${owner:-}" ] || chown "$owner" "$home/initdb.log"
make_cluster --locale=C.UTF-8 || make_cluster --locale=C || {
  cat "$home/initdb.log" >&2
  die "initdb failed"
}
# Nothing in it outlives the command, so nothing in it needs to survive a crash.
cat >>"$home/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$home'
max_connections = 200
shared_buffers = 128MB
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = 2GB
jit = off
CONF

started=
for _ in 1 2 3 4 5; do
  port=$(free_port)
  if (cd "$home" && as_owner "$bin/pg_ctl" -D "$home/data" -l "$home/server.log" -o "-p $port" -w -t 60 start) >/dev/null 2>&1; then
    started=1
    break
  fi
done
[ -n "$started" ] || {
  cat "$home/server.log" >&2
  die "PostgreSQL did not start"
}

export COLOPHON_TEST_POSTGRES_URL="postgres://colophon@127.0.0.1:$port/postgres"
# In the background, so that a signal to this script is not held back until the command ends, and
# in a process group of its own (set -m), so that one signal reaches all that the command started.
set -m
"$@" <&0 &
command_id=$!
set +m
status=0
wait "$command_id" || status=$?
command_id=
exit "$status"
