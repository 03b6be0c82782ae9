// Simulated agents of a fleet in processes of their own.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostIdentity, SyncFleet } from '../../test/sync/fleet.ts';
import { childProcesses } from './children.ts';

/** Files with the identities, one for each process. */
export function identityFiles(fleet: SyncFleet, identities: readonly HostIdentity[], processes: number): string[] {
  const share = Math.ceil(identities.length / processes);
  return Array.from({ length: processes }, (_, i) => {
    const path = join(fleet.directory, `identities-${i}.json`);
    writeFileSync(path, JSON.stringify(identities.slice(i * share, (i + 1) * share)), { mode: 0o600 });
    return path;
  });
}

export function startAgents(fleet: SyncFleet, identities: readonly HostIdentity[], processes: number): void {
  for (const path of identityFiles(fleet, identities, processes)) childProcesses('agents.ts', [fleet.address, path]);
}
