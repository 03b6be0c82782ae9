// Changes of a million rows as a controller sends them: one revision in parts, each a message.
import { type PackedEntries, toWire } from '../../common/entries/packed.ts';
import type { ControllerMessage } from '../../proto/gen/fleetblock/v1/ControllerMessage.ts';
import type { ReferenceView } from '../../test/agent/reference.ts';

/** Rows of a message, as the controller cuts them. */
const PART_ROWS = 40_000;

/** `count` distinct spread /32s; another `seed` gives others. */
export function spreadAddresses(count: number, seed: number): PackedEntries {
  const addresses = new Uint8Array(count * 4);
  const view = new DataView(addresses.buffer);
  // A permutation of the 32-bit numbers; two seeds are runs of it that do not meet.
  for (let i = 0; i < count; i++) view.setUint32(i * 4, Math.imul(seed * count + i, 0x9e3779b1) >>> 0);
  const v4 = {
    count,
    addresses,
    lengths: new Uint8Array(count).fill(32),
    flags: new Uint8Array(count),
    ttlsMs: new Float64Array(0),
  };
  return { v4, v6: rowsOf(v4, 0, 0) };
}

/** One revision more, in parts. Removes come last, as from the controller. */
export function changeInParts(view: ReferenceView, adds: PackedEntries, removes: PackedEntries): ControllerMessage[] {
  const { delta } = view.changePacked(adds, removes);
  if (!delta) throw new Error('no delta');
  const parts: { adds: PackedEntries; removes: PackedEntries }[] = [];
  const none = { v4: rowsOf(adds.v4, 0, 0), v6: adds.v6 };
  for (let at = 0; at < adds.v4.count; at += PART_ROWS)
    parts.push({ adds: { ...none, v4: rowsOf(adds.v4, at, at + PART_ROWS) }, removes: none });
  for (let at = 0; at < removes.v4.count; at += PART_ROWS)
    parts.push({ adds: none, removes: { ...none, v4: rowsOf(removes.v4, at, at + PART_ROWS) } });
  return parts.map((part, i) => ({
    delta: { ...delta, adds: toWire(part.adds), removes: toWire(part.removes), more: i < parts.length - 1 },
  }));
}

function rowsOf(columns: PackedEntries['v4'], from: number, to: number): PackedEntries['v4'] {
  const end = Math.min(columns.count, to);
  return {
    count: end - from,
    addresses: columns.addresses.subarray(from * 4, end * 4),
    lengths: columns.lengths.subarray(from, end),
    flags: columns.flags.subarray(from, end),
    ttlsMs: columns.ttlsMs.subarray(from, end),
  };
}
