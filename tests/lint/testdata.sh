#!/usr/bin/env bash
# Holds the example files and the tables of what becomes of them together.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lint.sh"

failed=false
for folder in articles bad; do
  table=tests/testdata/$folder.tsv
  if ! diff <(cut -f1 "$table" | tail -n +2) <(source_files "^tests/testdata/$folder/" | sed 's|.*/||'); then
    echo "$table (<) and the files of tests/testdata/$folder (>) differ"
    failed=true
  fi
  if awk -F'\t' 'NF != 4 { print FILENAME ":" FNR ": has " NF " columns, not 4"; bad = 1 } END { exit !bad }' \
    "$table"; then
    failed=true
  fi
done
! $failed
