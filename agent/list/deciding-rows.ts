// Which rows of a table decide about a source, by the rules of the program: a block that covers it, else what only monitors,
// and over both an allow row.
import type { EntryTable } from '../../common/entries/entry-table.ts';
import { FLAG_MONITOR } from '../../common/entries/packed.ts';
import { type Family, familyBits, maskAddress } from '../../common/text/prefix.ts';
import type { SourceVerdict } from '../datapath/datapath.ts';

/** `nowMs`: on the table's clock. */
export function decideByRows(
  table: EntryTable,
  family: Family,
  address: Uint8Array,
  nowMs: number,
): Pick<SourceVerdict, 'verdict' | 'length' | 'expiresMs'> {
  const live = ({ expiresMs }: Row) => expiresMs === 0 || expiresMs > nowMs;
  const listed = coveringRows(table, family, address, false).filter(live);
  const decided = listed.find(({ monitor }) => !monitor) ?? listed[0];
  if (!decided) return { verdict: 'clear', length: undefined, expiresMs: 0 };
  const allow = coveringRows(table, family, address, true).find(live);
  if (allow) return { verdict: 'allow', length: allow.length, expiresMs: allow.expiresMs };
  const { monitor, length, expiresMs } = decided;
  return { verdict: monitor ? 'monitor' : 'drop', length, expiresMs };
}

/** Bits of the longest block without an end that covers the address: the kernel has these IPv4 entries as bits alone. */
export function plainBlockLength(table: EntryTable, family: Family, address: Uint8Array): number | undefined {
  return coveringRows(table, family, address, false).find(({ monitor, expiresMs }) => !monitor && expiresMs === 0)
    ?.length;
}

interface Row {
  readonly length: number;
  readonly monitor: boolean;
  readonly expiresMs: number;
}

/** The longest first. */
function coveringRows(table: EntryTable, family: Family, address: Uint8Array, allow: boolean): Row[] {
  const rows = table.family(family);
  const found: Row[] = [];
  for (let length = familyBits(family); length >= 0; length--) {
    const row = rows.rowOf(maskAddress(address, length), 0, length, allow);
    if (row < 0) continue;
    found.push({ length, monitor: (rows.flagsOf(row) & FLAG_MONITOR) !== 0, expiresMs: rows.expiryOf(row) });
  }
  return found;
}
