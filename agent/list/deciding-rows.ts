// Which rows of a table decide about a source.
import { actionOfFlags } from '../../common/action.ts';
import type { EntryTable } from '../../common/entries/entry-table.ts';
import { decide, type Effect } from '../../common/precedence.ts';
import { type Family, familyBits, maskAddress } from '../../common/text/prefix.ts';
import type { SourceVerdict } from '../datapath/datapath.ts';

/** `nowMs`: on the table's clock. */
export function decideByRows(
  table: EntryTable,
  family: Family,
  address: Uint8Array,
  nowMs: number,
): Pick<SourceVerdict, 'verdict' | 'length' | 'expiresMs'> {
  const rows = (allow: boolean) => coveringRows(table, family, address, allow);
  const { verdict, by } = decide(rows(false), () => rows(true), nowMs);
  return { verdict, length: by?.length, expiresMs: by?.expiresMs ?? 0 };
}

/** Bits of the longest block without an end that covers the address: the kernel has these IPv4 entries as bits alone. */
export function plainBlockLength(table: EntryTable, family: Family, address: Uint8Array): number | undefined {
  return coveringRows(table, family, address, false).find(
    ({ action, expiresMs }) => action === 'block' && expiresMs === 0,
  )?.length;
}

interface Row extends Effect {
  readonly length: number;
}

/** The longest first. */
function coveringRows(table: EntryTable, family: Family, address: Uint8Array, allow: boolean): Row[] {
  const rows = table.family(family);
  const found: Row[] = [];
  for (let length = familyBits(family); length >= 0; length--) {
    const row = rows.rowOf(maskAddress(address, length), 0, length, allow);
    if (row < 0) continue;
    found.push({ length, action: actionOfFlags(rows.flagsOf(row)), expiresMs: rows.expiryOf(row) });
  }
  return found;
}
