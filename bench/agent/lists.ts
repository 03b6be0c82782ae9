// Changes of a million rows as a controller sends them: one revision in parts, each a message.
import { entryCount, NO_ENTRIES, type PackedEntries } from '../../common/entries/packed.ts';
import { slicesOf } from '../../common/entries/steps.ts';
import { toWire } from '../../common/entries/wire.ts';
import type { ControllerMessage } from '../../proto/gen/fleetblock/v1/ControllerMessage.ts';
import type { ReferenceView } from '../../test/agent/reference.ts';

/** Rows of a message, as the controller cuts them. */
const PART_ROWS = 40_000;

/** `count` distinct spread /32s; another `seed` gives others. */
export function spreadAddresses(count: number, seed: number): PackedEntries<'left'> {
  const addresses = new Uint8Array(count * 4);
  const view = new DataView(addresses.buffer);
  // A permutation of the 32-bit numbers; two seeds are runs of it that do not meet.
  for (let i = 0; i < count; i++) view.setUint32(i * 4, Math.imul(seed * count + i, 0x9e3779b1) >>> 0);
  const v4 = {
    count,
    addresses,
    lengths: new Uint8Array(count).fill(32),
    flags: new Uint8Array(count),
    timesMs: new Float64Array(0),
  };
  return { ...NO_ENTRIES, v4 };
}

/** One revision more, in parts. Removes come last, as from the controller. */
export function changeInParts(
  view: ReferenceView,
  adds: PackedEntries<'left'>,
  removes: PackedEntries<'left'>,
): ControllerMessage[] {
  const { delta } = view.changePacked(adds, removes);
  if (!delta) throw new Error('no delta');
  const parts = [
    ...Array.from(slicesOf(adds, PART_ROWS), (part) => ({ adds: part, removes: NO_ENTRIES })),
    ...Array.from(slicesOf(removes, PART_ROWS), (part) => ({ adds: NO_ENTRIES, removes: part })),
  ].filter((part) => entryCount(part.adds) + entryCount(part.removes) > 0);
  return parts.map((part, i) => ({
    delta: { ...delta, adds: toWire(part.adds), removes: toWire(part.removes), more: i < parts.length - 1 },
  }));
}
