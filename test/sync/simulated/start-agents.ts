// Hosts of a fleet in processes of their own.
import { fileURLToPath } from 'node:url';
import { startChild } from '../../../lab/child.ts';
import type { HostIdentity, SyncFleet } from '../fleet.ts';
import { identityFiles } from './identity-files.ts';

/** Simulated agents. */
export function startAgents(fleet: SyncFleet, identities: readonly HostIdentity[], processes: number): void {
  start('agents-program.ts', fleet, identities, processes);
}

/** They connect and read nothing. */
export function startDeafHosts(fleet: SyncFleet, identities: readonly HostIdentity[]): void {
  if (identities.length > 0) start('deaf-program.ts', fleet, identities, 1);
}

function start(program: string, fleet: SyncFleet, identities: readonly HostIdentity[], processes: number): void {
  const path = fileURLToPath(new URL(program, import.meta.url));
  for (const file of identityFiles(fleet, identities, processes)) startChild(path, [fleet.address, file]);
}
