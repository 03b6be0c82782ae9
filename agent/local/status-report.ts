// What `fleetblock-agent status` shows: gathered by a running agent, or from what a stopped one has left behind.
import type { EntryTable } from '../../common/entries/entry-table.ts';
import { formatPrefix, maskAddress, type Prefix } from '../../common/text/prefix.ts';
import type { DatapathCounters } from '../datapath/datapath.ts';
import type { ProtectedAddress } from '../host/protected-addresses.ts';
import type { Held } from '../list/held.ts';
import type { StatusReport } from './status-schema.ts';

/** The list's part of a report; the digest in hexadecimal. */
export function heldReport(held: Held): Pick<StatusReport, 'epoch' | 'revision' | 'digest' | 'entries'> {
  return {
    epoch: held.epoch,
    revision: Number(held.revision),
    digest: Buffer.from(held.digest).toString('hex'),
    entries: held.entries,
  };
}

/** Counters as numbers: exact up to 2^53. */
export function countersReport(counters: DatapathCounters): NonNullable<StatusReport['counters']> {
  return {
    droppedPackets: Number(counters.droppedPackets),
    droppedBytes: Number(counters.droppedBytes),
    passedPackets: Number(counters.passedPackets),
    passedBytes: Number(counters.passedBytes),
    allowedPackets: Number(counters.allowedPackets),
    monitoredPackets: Number(counters.monitoredPackets),
    malformedPackets: Number(counters.malformedPackets),
    overtaggedPackets: Number(counters.overtaggedPackets),
  };
}

/** `blocked`: a block entry of `table` covers the address, so that the protection is what keeps it open. */
export function protectedReport(addresses: readonly ProtectedAddress[], table: EntryTable): StatusReport['protected'] {
  return addresses.map(({ prefix, why }) => ({
    address: formatPrefix(prefix),
    why,
    blocked: isBlocked(table, prefix),
  }));
}

/** Whether a block entry covers the prefix. */
function isBlocked(table: EntryTable, { family, address, length }: Prefix): boolean {
  const rows = table.family(family);
  for (let shorter = length; shorter >= 0; shorter--)
    if (rows.rowOf(maskAddress(address, shorter), 0, shorter, false) >= 0) return true;
  return false;
}

/** Why the host does not enforce what it holds, or would not without the agent. */
export function illsOf({ interfaces, pinned }: StatusReport): string[] {
  const open = interfaces
    .filter(({ mode }) => mode === 'none')
    .map(({ name, problem }) => `nothing is dropped on ${name}${problem === '' ? '' : `: ${problem}`}`);
  if (interfaces.length === 0) open.push('nothing is enforced: the agent has no interface');
  if (!pinned) open.push('maps or links are not pinned: they would end with the agent');
  return open;
}
