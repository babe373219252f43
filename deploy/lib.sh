# shellcheck shell=bash
# What the scripts of this repository share: saying, failing, installing what is missing, building.
#
# Example:
#   . "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
#   ensure_packages build test
#   configure release -DWIREFOLD_WERROR=ON
#
# To be sourced by bash; changes no option of the shell and no directory.

WIREFOLD_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '== %s\n' "$*" >&2; }

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# Prints the comment at the head of script $1, which is its help.
usage_of() { sed -n '2,/^[^#]/{/^#/{s/^# \{0,1\}//;p;}}' "$1"; }

# Runs a command as root: directly, or through sudo.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "this needs root and there is no sudo; run as root: $*"
  fi
}

# Prints those of the given packages that are not installed, one a line.
missing_packages() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
      printf '%s\n' "$package"
  done
}

# Installs what is missing of the given packages; touches neither network nor root otherwise.
install_packages() {
  local missing log
  command -v apt-get >/dev/null ||
    die "no apt-get here; install what 'deploy/packages.sh' lists by your system's own means"
  mapfile -t missing < <(missing_packages "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0
  say "installing ${#missing[@]} packages: ${missing[*]}"
  log=$(mktemp)
  if ! { as_root apt-get update -qq &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      -o Dpkg::Use-Pty=0 "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    rm -f "$log"
    die "apt-get could not install the packages above"
  fi
  rm -f "$log"
}

# Installs what is missing of the named sets of deploy/packages.sh.
ensure_packages() {
  local packages
  packages=$("$WIREFOLD_ROOT/deploy/packages.sh" "$@") || exit 1
  mapfile -t packages <<<"$packages"
  install_packages "${packages[@]}"
}

# How many compilers may run at once: one a processor, but no more than memory allows
# (a source that includes gRPC takes about 1 GiB, with sanitizers 1.5).
job_count() {
  local processors available_kib limit jobs
  processors=$(nproc)
  available_kib=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo 2>/dev/null)
  # A container's limit, if there is a smaller one.
  if read -r limit 2>/dev/null </sys/fs/cgroup/memory.max && [ "$limit" != max ] &&
    [ $((limit / 1024)) -lt "${available_kib:-0}" ]; then
    available_kib=$((limit / 1024))
  fi
  jobs=$((${available_kib:-1572864} / 1572864))
  [ "$jobs" -le "$processors" ] || jobs=$processors
  [ "$jobs" -ge 1 ] || jobs=1
  echo "$jobs"
}

# configure PRESET [CMAKE-ARGUMENT…]: configures build/PRESET; quiet unless it fails.
configure() {
  local preset=$1 log
  shift
  mkdir -p "$WIREFOLD_ROOT/build"
  log=$WIREFOLD_ROOT/build/configure-$preset.log
  say "configuring build/$preset"
  if ! (cd "$WIREFOLD_ROOT" && cmake --preset "$preset" "$@") >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    die "cmake could not configure build/$preset (all of it: $log)"
  fi
}

# build PRESET [TARGET…]: builds what is out of date. On a terminal the progress is shown, elsewhere
# only what went wrong.
build() {
  local preset=$1 log jobs target=()
  shift
  [ $# -eq 0 ] || target=(--target "$@")
  jobs=$(job_count)
  log=$WIREFOLD_ROOT/build/build-$preset.log
  say "building ${*:-everything} in build/$preset, $jobs at a time"
  if [ -t 2 ]; then
    (cd "$WIREFOLD_ROOT" && cmake --build --preset "$preset" -j "$jobs" "${target[@]}") >&2 ||
      die "the build failed; the first error above says why"
  elif ! (cd "$WIREFOLD_ROOT" &&
    cmake --build --preset "$preset" -j "$jobs" "${target[@]}") >"$log" 2>&1; then
    grep -v '^\[[0-9]*/[0-9]*\] [^ ]* *[^ ]*$' "$log" | grep -A 12 -m 20 -E 'error|FAILED' >&2 ||
      tail -n 60 "$log" >&2
    die "the build failed (all of it: $log)"
  fi
}
