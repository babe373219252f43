#!/usr/bin/env bash
# Holds the example files and the tables of what becomes of them together.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lint.sh"

failed=false
for folder in articles bad; do
  table=tests/testdata/$folder.tsv
  if ! diff <(cut -f1 "$table" | tail -n +2) \
    <(source_files "^tests/testdata/$folder/" | sed 's|.*/||'); then
    echo "$table (<) and the files of tests/testdata/$folder (>) differ"
    failed=true
  fi
  if grep -nvE "^([^	]*	){3}[^	]+$" "$table"; then
    echo "$table: the lines above do not have four columns"
    failed=true
  fi
done
! $failed
