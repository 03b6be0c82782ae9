#!/bin/sh
# Entrypoint of the controller's container: the first start on an empty volume makes the fleet, then the controller runs.
set -eu
data=${FLEETBLOCK_DATA_DIR:-/var/lib/fleetblock}

# Only an empty directory, or none, is a new fleet: an incomplete one must be inspected, not covered by a new CA.
if [ -z "$(ls -A "$data" 2>/dev/null)" ]; then
  fleetblock-controller init --data-dir "$data" --advertise "${FLEETBLOCK_ADVERTISE:-127.0.0.1:7443}"
fi
exec fleetblock-controller run --data-dir "$data" --listen "${FLEETBLOCK_LISTEN:-0.0.0.0:7443}" "$@"
