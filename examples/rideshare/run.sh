#!/usr/bin/env bash
# Runs the rideshare app in three regions with load on each, until Ctrl-C. Needs Go, no Docker.
#
#   PYROSCOPE_SERVER_ADDRESS  where profiles go (http://localhost:4040)
#   PYROSCOPE_AUTH_TOKEN      sent as a bearer token, when the server wants one
#   PYROSCOPE_CLIENT          current (grafana/pyroscope-go) or 2022 (pyroscope-io/client v0.3.0)
#   RIDESHARE_SECONDS         stop after so many seconds
#   RIDESHARE_PORTS           three ports ("5001 5002 5003"); without it, free ones from 5001 on
#   PERIOD_SECONDS, UPLOAD_SECONDS, WORK_MS, RATE, APP_NAME   see go/settings.go
set -euo pipefail
cd "$(dirname "$0")/go"

client="${PYROSCOPE_CLIENT:-current}"
case "$client" in
  current) tags="" ;;
  2022) tags="pyroscope2022" ;;
  *) echo "PYROSCOPE_CLIENT is current or 2022, not '$client'" >&2; exit 2 ;;
esac
command -v go >/dev/null || { echo "rideshare needs Go (https://go.dev/dl); 'npm run demo' needs only Node" >&2; exit 1; }

app="bin/rideshare-$client"
go build -tags "$tags" -o "$app" .

children=()
clean_up() {
  trap - EXIT INT TERM
  for child in "${children[@]:-}"; do [ -n "$child" ] && kill "$child" 2>/dev/null || true; done
  wait 2>/dev/null || true
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
next_port=5001
free_port() {
  while taken "$next_port"; do next_port=$((next_port + 1)); done
  port=$next_port
  next_port=$((next_port + 1))
}

read -r -a given_ports <<<"${RIDESHARE_PORTS:-}"
servers=()
for region in us-east-1 us-west-1 eu-west-1; do
  if [ "${#given_ports[@]}" -gt "${#servers[@]}" ]; then port="${given_ports[${#servers[@]}]}"; else free_port; fi
  REGION="$region" PORT="$port" "./$app" &
  children+=("$!")
  servers+=("http://127.0.0.1:$port")
done
sleep 1
"./$app" loadgen "${servers[@]}" &
children+=("$!")

if [ -n "${RIDESHARE_SECONDS:-}" ]; then
  sleep "$RIDESHARE_SECONDS" &
  children+=("$!")
  wait "$!"
else
  wait
fi
