// `fleetblock-controller rotate`: a new issuer in the place of an old one, with the controller stopped.
import { join } from 'node:path';
import type { Clock } from '../../common/time/clock.ts';
import { Authority } from '../identity/pki/authority.ts';
import type { IssuerName } from '../identity/pki/names.ts';
import { DataDirectory, readFleetSettings } from '../store/data-dir.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';

/** `distrust` decides whether certificates of the old issuer are refused at once or count until they end. */
export interface RotateOptions {
  readonly dataDir: string;
  readonly issuer: IssuerName;
  /** Undefined: below the data directory, where init made it. */
  readonly rootKey: string | undefined;
  /** What the old one signed is refused. */
  readonly distrust: boolean;
  readonly clock: Clock;
}

/** @throws FleetblockError FAILED_PRECONDITION (the controller runs, no key of the root), with the fix */
export async function rotateIssuer({ dataDir, issuer, rootKey, distrust, clock }: RotateOptions): Promise<void> {
  const directory = new DataDirectory(dataDir);
  const { fleet } = readFleetSettings(directory);
  // Its lock keeps a running controller, which has the old issuer in memory, away.
  const store = await openSqliteStore({ directory: directory.store, clock });
  try {
    await Authority.rotate(directory.pki, fleet, {
      name: issuer,
      rootKey: rootKey ?? join(directory.pki, 'root.key'),
      distrust,
      nowMs: clock.wallMs(),
    });
    const reason = distrust ? 'what the old one signed is refused' : 'what the old one signed counts until it ends';
    await store.recordAudit({ actor: 'system', verb: 'issuer.rotate', subject: issuer, reason });
  } finally {
    await store.close();
  }
}
