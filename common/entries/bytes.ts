// Columns of one family end to end, as files keep them: addresses, lengths, flags unless they are left out, then the times, if there are
// any, as little-endian float64.

import type { Family } from '../text/prefix.ts';
import { addressBytes, type FamilyColumns, type TimeBase } from './packed.ts';

/** What `writeColumns` takes. */
export function bytesOfColumns({ count, addresses, timesMs }: FamilyColumns, withFlags = true): number {
  return addresses.length + count * (withFlags ? 2 : 1) + timesMs.length * 8;
}

/** @returns where they end */
export function writeColumns(out: Uint8Array, start: number, columns: FamilyColumns, withFlags = true): number {
  const { addresses, lengths, flags, timesMs } = columns;
  let at = start;
  for (const column of withFlags ? [addresses, lengths, flags] : [addresses, lengths]) {
    out.set(column, at);
    at += column.length;
  }
  const view = new DataView(out.buffer, out.byteOffset);
  for (let row = 0; row < timesMs.length; row++, at += 8) view.setFloat64(at, timesMs[row] ?? 0, true);
  return at;
}

/** `bytes` is shared, except the times. Flags that were left out are 0. @throws RangeError: the bytes end before the columns do */
export function readColumns<Base extends TimeBase>(
  bytes: Uint8Array,
  start: number,
  family: Family,
  { count, flags, times }: { readonly count: number; readonly flags: boolean; readonly times: boolean },
): { readonly columns: FamilyColumns<Base>; readonly end: number } {
  let at = start;
  const take = (length: number): Uint8Array => {
    at += length;
    if (at > bytes.length) throw new RangeError('columns past the end');
    return bytes.subarray(at - length, at);
  };
  const columns = {
    count,
    addresses: take(count * addressBytes(family)),
    lengths: take(count),
    flags: flags ? take(count) : new Uint8Array(count),
    timesMs: new Float64Array(times ? count : 0),
  };
  const ends = take(columns.timesMs.length * 8);
  const view = new DataView(ends.buffer, ends.byteOffset, ends.byteLength);
  for (let row = 0; row < columns.timesMs.length; row++) columns.timesMs[row] = view.getFloat64(row * 8, true);
  return { columns, end: at };
}
