// Changes of hosts that are there: labels and revocation.
import { FleetblockError } from '../../../common/errors.ts';
import type { Attribution } from '../../claims/attribution.ts';
import type { HostRecord } from '../../store/records.ts';
import type { IdentityTx } from './identity-tx.ts';

/** In all: as many as a token gives and a host asks for together. */
const MAX_HOST_LABELS = 64;

/** @throws FleetblockError NOT_FOUND */
export function findLiveHost(tx: IdentityTx, name: string): HostRecord {
  const host = tx.liveHost(name);
  if (!host) throw new FleetblockError('NOT_FOUND', `there is no host ${JSON.stringify(name)}: see fleetblock hosts`);
  return host;
}

/** Sets and, with undefined, removes labels. @throws FleetblockError NOT_FOUND, INVALID_ARGUMENT (too many) */
export function relabelHost(
  tx: IdentityTx,
  name: string,
  changes: Readonly<Record<string, string | undefined>>,
  by: Attribution,
): HostRecord {
  const host = findLiveHost(tx, name);
  const next: Record<string, string> = { ...host.labels };
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) delete next[key];
    else next[key] = value;
  }
  if (JSON.stringify(sorted(next)) === JSON.stringify(sorted(host.labels))) return host;
  const count = Object.keys(next).length;
  if (count > MAX_HOST_LABELS && count > Object.keys(host.labels).length)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `${name} would have ${count} labels, at most ${MAX_HOST_LABELS}: remove some with key-`,
    );
  const changed: HostRecord = { ...host, labels: sorted(next), labelsRevision: tx.revise() };
  tx.saveHost(changed);
  tx.audit({ ...by, verb: 'host.label', subject: `${name}: ${describe(changed.labels)}` });
  return changed;
}

/** Its name is free again. @throws FleetblockError NOT_FOUND */
export function revokeHost(tx: IdentityTx, name: string, by: Attribution): HostRecord {
  const host: HostRecord = { ...findLiveHost(tx, name), revokedMs: tx.nowMs };
  tx.revise();
  tx.saveHost(host);
  tx.audit({ ...by, verb: 'host.revoke', subject: `${name} (${host.id})` });
  return host;
}

/** By key. */
export function sorted(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function describe(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
