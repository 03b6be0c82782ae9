// Identities of simulated hosts as files, for agents-program.ts.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostIdentity, SyncFleet } from '../fleet.ts';

/** One file for each process. */
export function identityFiles(fleet: SyncFleet, identities: readonly HostIdentity[], processes: number): string[] {
  const share = Math.ceil(identities.length / processes);
  return Array.from({ length: processes }, (_, i) => {
    const own = identities.slice(i * share, (i + 1) * share);
    const path = join(fleet.directory, `identities-${own[0]?.hostName ?? 'none'}.json`);
    writeFileSync(path, JSON.stringify(own), { mode: 0o600 });
    return path;
  });
}
