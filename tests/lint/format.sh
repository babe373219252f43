#!/usr/bin/env bash
# Checks that C++ sources are formatted as .clang-format says. Versions of clang-format disagree in
# details, so only the one that the style was written with is asked.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lint.sh"
version=14
formatter=clang-format
! command -v "clang-format-$version" >/dev/null || formatter=clang-format-$version
need "$formatter"
if ! "$formatter" --version | grep -q "version $version\."; then
  echo "skipped: $("$formatter" --version); the style is that of version $version"
  exit "$skipped"
fi

unformatted=()
while read -r file; do
  "$formatter" "$file" | cmp -s - "$file" || unformatted+=("$file")
done < <(source_files '^(lib|server|client|tests)/.*\.(h|cc)$')
if [ "${#unformatted[@]}" -gt 0 ]; then
  echo "not formatted; put right by: $formatter -i ${unformatted[*]}"
  exit 1
fi
