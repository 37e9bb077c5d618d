#!/usr/bin/env bash
# Runs real agents against a server of its own and checks what the API then says:
#
#   test/agents/run.sh NAME …   one agent, or all whose names begin with NAME and a dash (go, curl)
#   test/agents/run.sh all
#   test/agents/run.sh          lists the names
#
# Results go to test/agents/results.json; `npm run compatibility` makes docs/compatibility.md of them.
set -euo pipefail
cd "$(dirname "$0")/../.."
node scripts/ensure-installed.mjs
exec node scripts/with-node24.mjs scripts/agents.ts "$@"
