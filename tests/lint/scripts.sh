#!/usr/bin/env bash
# Runs shellcheck over every shell script of the repository.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lint.sh"
need shellcheck

scripts=()
while read -r file; do
  case $file in
    *.sh) scripts+=("$file") ;;
    *)
      if head -c 64 "$file" | tr -d '\0' | sed 1q | grep -qE '^#!.*\<(ba)?sh\>'; then
        scripts+=("$file")
      fi
      ;;
  esac
done < <(source_files '(\.sh|(^|/)[^./]+)$')
shellcheck --external-sources --source-path=SCRIPTDIR "${scripts[@]}"
