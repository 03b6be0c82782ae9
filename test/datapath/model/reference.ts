// The plainest statement of what the datapath does with a source, and random lists to hold it against. Slow on purpose:
// it checks every entry for every packet.

import fc from 'fast-check';
import { slotOf } from '../../../common/action.ts';
import { type Entry, makePrefix } from '../../../common/entries/packed.ts';
import { covers, type Family, formatPrefix, type Prefix } from '../../../common/text/prefix.ts';

export type Outcome = 'passed' | 'dropped' | 'allowed' | 'monitored';

/** Rows unique by (prefix, allow), as in an EntryTable. Negative TTLs have ended; others have not. */
export class ReferenceList {
  readonly #rows = new Map<string, Entry>();

  apply(adds: readonly Entry[], removes: readonly Entry[]): void {
    for (const each of removes) this.#rows.delete(keyOf(each));
    for (const each of adds) this.#rows.set(keyOf(each), each);
  }

  entries(): Entry[] {
    return [...this.#rows.values()];
  }

  outcome(source: Prefix): Outcome {
    const matching = this.entries().filter((each) => each.ttlMs >= 0 && covers(each.prefix, source));
    const blocks = matching.filter((each) => each.action !== 'allow');
    if (blocks.length === 0) return 'passed';
    if (matching.some((each) => each.action === 'allow')) return 'allowed';
    return blocks.some((each) => each.action === 'block') ? 'dropped' : 'monitored';
  }
}

function keyOf({ prefix, action }: Entry): string {
  return `${formatPrefix(prefix)} ${slotOf(action)}`;
}

const HOUR = 3_600_000;

/** Addresses that are near each other, so that prefixes overlap: a little more than two blocks of 64 /24s. */
const v4Address = fc
  .tuple(
    fc.constantFrom(0, 1),
    fc.constantFrom(0, 1, 2, 62, 63, 64, 65, 128),
    fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom(31, 32, 127, 128, 255)),
  )
  .map(([b, c, d]) => Uint8Array.of(10, b, c, d));
const v4Length = fc.constantFrom(
  8,
  10,
  14,
  15,
  16,
  17,
  18,
  19,
  20,
  22,
  23,
  24,
  24,
  25,
  26,
  28,
  30,
  31,
  32,
  32,
  32,
  32,
  32,
);

const v6Address = fc
  .tuple(
    fc.constantFrom(0xb8, 0xb9),
    fc.integer({ min: 0, max: 2 }),
    fc.integer({ min: 0, max: 2 }),
    fc.integer({ min: 0, max: 3 }),
  )
  .map(([b, c, d, e]) => Uint8Array.of(0x20, 1, 0xd, b, 0, c, 0, d, 0, 0, 0, 0, 0, 0, 0, e));
const v6Length = fc.constantFrom(3, 16, 19, 31, 32, 33, 47, 48, 63, 64, 65, 96, 126, 127, 128, 128, 128, 128);

/** An address as a prefix of full length. */
export const sourceArbitrary = (family: Family): fc.Arbitrary<Prefix> =>
  family === 4
    ? v4Address.map((address) => makePrefix(4, address, 32))
    : v6Address.map((address) => makePrefix(6, address, 128));

export const entryArbitrary = (family: Family): fc.Arbitrary<Entry> =>
  fc
    .record({
      address: family === 4 ? v4Address : v6Address,
      length: family === 4 ? v4Length : v6Length,
      kind: fc.constantFrom('plain', 'plain', 'plain', 'plain', 'ending', 'ended', 'monitor', 'allow', 'endedAllow'),
    })
    .map(({ address, length, kind }) => ({
      prefix: makePrefix(family, address, length),
      action: kind === 'allow' || kind === 'endedAllow' ? 'allow' : kind === 'monitor' ? 'monitor' : 'block',
      ttlMs: kind === 'ending' ? HOUR : kind === 'ended' || kind === 'endedAllow' ? -1 : 0,
    }));

const widened = (family: Family, length: number): fc.Arbitrary<Entry> =>
  entryArbitrary(family).map((each) => ({ ...each, prefix: makePrefix(family, each.prefix.address, length) }));

/** A change; removes are picked from what is there by number. */
export interface Step {
  readonly adds: readonly Entry[];
  readonly removePicks: readonly number[];
}

/** `lengths`: other lengths than the usual ones, of prefixes that hold all of the addresses here. */
export const stepsArbitrary = (family: Family, lengths: readonly number[] = []): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      adds: fc.array(fc.oneof(entryArbitrary(family), ...lengths.map((length) => widened(family, length))), {
        maxLength: 12,
      }),
      removePicks: fc.array(fc.nat(1000), { maxLength: 6 }),
    }),
    { minLength: 1, maxLength: 6 },
  );

/** The entries that a step removes from a list: none of those that it adds. */
export function removesOf(step: Step, list: ReferenceList): Entry[] {
  const there = list.entries();
  const added = new Set(step.adds.map(keyOf));
  return step.removePicks.flatMap((pick) => {
    const picked = there[pick % Math.max(1, there.length)];
    return picked === undefined || added.has(keyOf(picked)) ? [] : [picked];
  });
}
