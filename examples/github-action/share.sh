#!/usr/bin/env bash
# Uploads profiles and writes the job summary. Needs bash, curl and jq. See action.yml for what the variables mean.
#
#   manifest (JSON): {"cpu.pprof": {"key": "…", "url": "https://…/share/…"}, …}      what a later run compares with
set -euo pipefail
shopt -s globstar nullglob

server="${EDGEFLAME_SERVER%/}"
summary="${GITHUB_STEP_SUMMARY:-/dev/stdout}"
manifest="${RUNNER_TEMP:-.}/edgeflame-shares.json"

fail() {
  printf '::error title=Edgeflame::%s\n' "$(tr -d '\r\n' <<<"$1")"
  exit 1
}

# The token goes by a file, not by the command line, which others on the machine may read.
ask() {
  if [ -n "${EDGEFLAME_TOKEN:-}" ]; then
    curl --silent --show-error --max-time 120 --retry 2 --header @<(printf 'Authorization: Bearer %s\n' "$EDGEFLAME_TOKEN") "$@"
  else
    curl --silent --show-error --max-time 120 --retry 2 "$@"
  fi
}

# upload FILE TITLE: the server's answer, {url, key, …}
upload() {
  local query answer
  query=$(jq --null-input --raw-output --arg name "${2:0:200}" --arg file "${1##*/}" '"name=\($name | @uri)&filename=\($file | @uri)"')
  answer=$(ask --header 'Content-Type: application/octet-stream' --data-binary "@$1" "$server/api/upload/v1?$query") ||
    fail "$server could not be reached"
  jq --exit-status --compact-output 'select(.key and .url)' <<<"$answer" ||
    fail "$1: $(jq --raw-output '.message // "not taken"' <<<"$answer" 2>/dev/null || echo "$answer")"
}

# base_key FILE: the share to compare it with, or nothing
base_key() {
  local base="${EDGEFLAME_BASE:-}"
  if [ -d "$base" ]; then
    if [ -f "$base/$1" ]; then upload "$base/$1" "${EDGEFLAME_NAME:-} $1 (base)" | jq --raw-output .key; fi
  elif [ -f "$base" ]; then
    jq --raw-output --arg file "$1" '.[$file].key // empty | select(test("^[A-Za-z0-9_-]{32}$"))' "$base"
  fi
}

# picture NAME PATH: an image that leads to its page. What a file is called is text, whatever it looks like.
picture() {
  jq --null-input --raw-output --arg name "$1" --arg server "$server" --arg path "$2" \
    '@html "<a href=\"\($server)/share/\($path)\"><img src=\"\($server)/api/preview/\($path).png\" width=\"600\" alt=\"\($name)\"></a>"'
}

files=()
while IFS= read -r pattern; do
  pattern="${pattern#"${pattern%%[![:space:]]*}"}"
  # Without IFS a name with spaces stays one.
  IFS= ; for file in $pattern; do [ -f "$file" ] && files+=("$file"); done
  IFS=$' \t\n'
done <<<"${EDGEFLAME_FILES:-}"
[ "${#files[@]}" -gt 0 ] || fail "no file is named by: ${EDGEFLAME_FILES:-}"

shares='{}'
printf '## Flame graphs\n\n' >>"$summary"
for file in "${files[@]}"; do
  answer=$(upload "$file" "${EDGEFLAME_NAME:-} $file") || { printf '%s\n' "$answer"; exit 1; }
  key=$(jq --raw-output .key <<<"$answer")
  shares=$(jq --compact-output --arg file "$file" --argjson share "$answer" '.[$file] = ($share | {key, url})' <<<"$shares")
  base=$(base_key "$file") || { printf '%s\n' "$base"; exit 1; }
  {
    jq --null-input --raw-output --arg file "$file" '@html "<h3><code>\($file)</code></h3>\n"'
    picture "$file" "$key"
    if [ -n "$base" ]; then
      if ask --fail --output /dev/null "$server/api/preview/$base/$key.png" 2>/dev/null; then
        printf '\n<p>What changed:</p>\n\n'
        picture "$file, what changed" "$base/$key"
      else
        printf '\n<p>There is nothing to compare it with any more.</p>\n'
      fi
    fi
    printf '\n'
  } >>"$summary"
done

printf '%s\n' "$shares" >"$manifest"
[ -z "${GITHUB_OUTPUT:-}" ] || printf 'manifest=%s\n' "$manifest" >>"$GITHUB_OUTPUT"
