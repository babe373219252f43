# shellcheck shell=bash
# What the checks share. Sourced by each, which then runs at the repository's root.
#
# Example:
#   . "$(dirname "${BASH_SOURCE[0]}")/lint.sh"
#   mapfile -t files < <(source_files '\.(h|cc)$')

readonly skipped=77
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

# Prints the repository's files whose path matches the extended regular expression $1, whether they
# are committed yet or not. Outside git (an unpacked archive) it goes by what lies there.
source_files() {
  if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files --cached --others --exclude-standard
  else
    find . -path ./build -prune -o -path ./.git -prune -o -type f -printf '%P\n'
  fi | grep -E -- "$1" | sort | while read -r file; do
    [ ! -f "$file" ] || printf '%s\n' "$file"
  done
}

# Ends the check as skipped if a tool is not installed.
need() {
  command -v "$1" >/dev/null && return
  echo "skipped: $1 is not installed (deploy/packages.sh --install lint)"
  exit "$skipped"
}
