// Simulated agents of a fleet in processes of their own.
import { fileURLToPath } from 'node:url';
import type { HostIdentity, SyncFleet } from '../../test/sync/fleet.ts';
import { identityFiles } from '../../test/sync/identity-files.ts';
import { startChild } from './children.ts';

const PROGRAM = fileURLToPath(new URL('../../test/sync/agents-program.ts', import.meta.url));

export function startAgents(fleet: SyncFleet, identities: readonly HostIdentity[], processes: number): void {
  for (const path of identityFiles(fleet, identities, processes)) startChild(PROGRAM, [fleet.address, path]);
}
