#!/bin/sh
# Entrypoint of the agent's container: `run` without FLEETBLOCK_INTERFACE takes the interfaces of the default routes.
set -eu
if [ "${1:-}" = run ] && [ -z "${FLEETBLOCK_INTERFACE:-}" ]; then
  FLEETBLOCK_INTERFACE=$(awk '$2 == "00000000" && $8 == "00000000" && !seen[$1]++ { printf "%s%s", comma, $1; comma = "," }' /proc/net/route)
  if [ -z "$FLEETBLOCK_INTERFACE" ]; then
    echo 'this host has no default route to choose the interface by: set FLEETBLOCK_INTERFACE=NAME[,NAME]' >&2
    exit 2
  fi
  export FLEETBLOCK_INTERFACE
fi
exec fleetblock-agent "$@"
