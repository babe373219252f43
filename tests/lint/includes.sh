#!/usr/bin/env bash
# Holds the direction of dependencies, by what each file includes:
#
#   base <- {url, text} <- parse <- article <- dedup <- store <- pipeline <- server
#   proto <- client library;  the command also: lib/{base, parse, url, text, article}
#
# lib/ includes neither gRPC nor the service's messages; lib/store alone includes the messages of
# proto/wirefold/storage. Quoted includes are written from the repository's root.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lint.sh"

# For the files below each folder, the folders whose headers they may include.
pure="lib/base lib/parse lib/url lib/text lib/article"
declare -A allowed=(
  [lib/base]="lib/base"
  [lib/parse]="lib/base lib/text lib/parse"
  [lib/url]="lib/base lib/url"
  [lib/text]="lib/base lib/text"
  [lib/article]="$pure"
  [lib/dedup]="$pure lib/dedup"
  [lib/store]="$pure lib/dedup lib/store wirefold/storage"
  [lib/pipeline]="$pure lib/dedup lib/store lib/pipeline"
  [server]="$pure lib/dedup lib/store lib/pipeline server wirefold/v1"
  [client]="$pure client wirefold/v1"
)

failures=0
complain() {
  echo "$1: includes \"$2\": $3"
  failures=$((failures + 1))
}

while read -r file; do
  folder=${file%%/*}
  [ "$folder" != lib ] || folder=$(cut -d/ -f1,2 <<<"$file")
  if [ -z "${allowed[$folder]:-}" ]; then
    echo "$file: tests/lint/includes.sh does not know the folder $folder; give it its place there"
    failures=$((failures + 1))
    continue
  fi
  while IFS=$'\t' read -r kind header; do
    case $folder:$header in
      lib/*:grpc/* | lib/*:grpcpp/* | lib/*:grpc++/* | lib/*.grpc.pb.h)
        complain "$file" "$header" "lib/ knows no gRPC; what serves belongs in server/ or client/"
        continue
        ;;
    esac
    # Generated headers are wirefold/v1/x.pb.h, whichever root they are found from.
    target=${header#proto/}
    case $target in
      wirefold/*/* | lib/*/*) target=$(cut -d/ -f1,2 <<<"$target") ;;
      server/* | client/* | tests/*) target=${target%%/*} ;;
      *)
        # Ours are quoted; what is quoted and neither ours nor a library's has a wrong root.
        if [ "$kind" = quoted ] && [[ $header != */* || $header == ../* ]] &&
          [ -e "$(dirname "$file")/$header" ]; then
          complain "$file" "$header" "write it from the repository's root"
        fi
        continue
        ;;
    esac
    case " ${allowed[$folder]} " in
      *" $target "*) ;;
      *) complain "$file" "$header" "$folder may include ${allowed[$folder]// /, }" ;;
    esac
  done < <(sed -nE \
    -e 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"([^"]*)".*/quoted\t\1/p' \
    -e 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*<([^>]*)>.*/angled\t\1/p' "$file")
done < <(source_files '^(lib|server|client)/.*\.(h|cc|inc)$')

[ "$failures" -eq 0 ] || exit 1
