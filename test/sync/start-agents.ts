// Simulated agents of a fleet in processes of their own.
import { fileURLToPath } from 'node:url';
import { startChild } from '../lab/child.ts';
import type { HostIdentity, SyncFleet } from './fleet.ts';
import { identityFiles } from './identity-files.ts';

const PROGRAM = fileURLToPath(new URL('agents-program.ts', import.meta.url));

export function startAgents(fleet: SyncFleet, identities: readonly HostIdentity[], processes: number): void {
  for (const path of identityFiles(fleet, identities, processes)) startChild(PROGRAM, [fleet.address, path]);
}
