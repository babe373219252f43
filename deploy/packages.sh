#!/usr/bin/env bash
# Names the apt packages that Wirefold needs, on Debian 12, Debian 13 and Ubuntu 24.04.
#
# Usage: deploy/packages.sh [--install|--missing] [SET…]
#        deploy/packages.sh --runtime PROGRAM…
#
# Sets: build (the programs; the default), test (the tests), fuzz (the fuzz targets, with clang),
# lint (the checks of style), all. Without an option the names are printed, one a line.
#   --install  installs what is not installed (through sudo where one is not root)
#   --missing  prints only what is not installed
#   --runtime  prints the packages that built programs need when they run, as their shared
#              libraries and this distribution tell; that is what deploy/Dockerfile installs
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The sets, used by name below. The names are the same on the three distributions; versions differ
# (RocksDB 7.8, 9.10 and 8.9, for instance).
# shellcheck disable=SC2034
{
  build=(
    build-essential cmake ninja-build pkg-config git ca-certificates
    libgrpc++-dev libprotobuf-dev protobuf-compiler protobuf-compiler-grpc # the protocol
    libabsl-dev libspdlog-dev libcli11-dev libtomlplusplus-dev nlohmann-json3-dev
    librocksdb-dev libzstd-dev libxxhash-dev     # the store
    libicu-dev libopencc-dev libopencc-data      # text; the dictionaries are read at build time
    libcld2-dev libpsl-dev publicsuffix # language, domains
    libuchardet-dev libxml2-dev zlib1g-dev # charsets, feeds, archives
    libgoogle-perftools-dev                # the daemon's allocator
  )
  test=(libgtest-dev libgmock-dev libbenchmark-dev python3 python3-grpcio tar wget zstd)
  fuzz=(clang libclang-rt-dev)
  lint=(shellcheck clang-format)
}

distribution() { (. /etc/os-release && echo "${ID:-unknown} ${VERSION_ID:-}") 2>/dev/null; }

# The packages that own the shared libraries of the given programs, and the data that these read.
runtime_packages() {
  local libraries library package
  libraries=$(ldd "$@") || die "ldd cannot read $*"
  if grep 'not found' <<<"$libraries" >&2; then die "these libraries are missing"; fi
  {
    awk '$2 == "=>" && $3 ~ /^\// { print $3 }' <<<"$libraries" | sort -u |
      while read -r library; do
        library=$(realpath "$library")
        # With /lib merged into /usr/lib, a package may know its file by either name.
        package=$(dpkg-query -S "$library" 2>/dev/null ||
          dpkg-query -S "${library#/usr}" 2>/dev/null) || die "no package owns $library"
        printf '%s\n' "${package%%:*}"
      done
    printf '%s\n' publicsuffix
  } | sort -u
}

action=list
sets=()
while [ $# -gt 0 ]; do
  case $1 in
    --install) action=install ;;
    --missing) action=missing ;;
    --runtime)
      shift
      [ $# -gt 0 ] || die "--runtime needs the programs' paths"
      runtime_packages "$@"
      exit
      ;;
    -h | --help)
      usage_of "${BASH_SOURCE[0]}"
      exit
      ;;
    build | test | fuzz | lint) sets+=("$1") ;;
    all) sets+=(build test fuzz lint) ;;
    *) die "unknown argument '$1'; see --help" ;;
  esac
  shift
done
[ "${#sets[@]}" -gt 0 ] || sets=(build)

case $(distribution) in
  "debian 12" | "debian 13" | "ubuntu 24.04") ;;
  *) say "this is '$(distribution)'; the names are for Debian 12, Debian 13 and Ubuntu 24.04" ;;
esac

packages=()
for set in "${sets[@]}"; do
  declare -n members=$set
  packages+=("${members[@]}")
done
case $action in
  list) printf '%s\n' "${packages[@]}" ;;
  missing) missing_packages "${packages[@]}" ;;
  install) install_packages "${packages[@]}" ;;
esac
