// Neighbours that come and go: random entries near sources whose fate must not change by them.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { slotOf } from '../../../common/action.ts';
import { type Entry, makePrefix } from '../../../common/entries/packed.ts';
import { covers, formatPrefix, type Prefix } from '../../../common/text/prefix.ts';
import type { Harness } from '../packets/harness.ts';

const HOUR = 3_600_000;

/** A small generator with a seed, so that a failure can be reproduced (xorshift32). */
export function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

export interface Surroundings {
  /** Rows that stay: no neighbour has the same prefix. */
  readonly fixed: readonly Entry[];
  /** Addresses or ranges that no neighbour may block or monitor. */
  readonly clean: readonly Prefix[];
  /** Addresses or ranges that no neighbour may allow. */
  readonly dropped: readonly Prefix[];
}

/** Any kind of entry that says nothing about the clean sources, and allows none of the listed ones. */
function neighbour(random: (below: number) => number, { clean, dropped }: Surroundings, fixed: Set<string>): Entry {
  for (;;) {
    const v4 = random(8) !== 0;
    const address = v4
      ? Uint8Array.of(10, 0, random(12) === 0 ? 64 + random(64) : random(8), random(256))
      : Uint8Array.from({ length: 16 }, (_, i) => [0x20, 1, 0xd, 0xb8, 0, random(3)][i] ?? (i === 15 ? random(16) : 0));
    const length = v4 ? (random(4) === 0 ? 19 + random(13) : 32) : random(4) === 0 ? 48 + random(80) : 128;
    const prefix = makePrefix(v4 ? 4 : 6, address, length);
    const kind = random(10);
    const made: Entry = {
      prefix,
      action: kind === 0 ? 'allow' : kind === 1 ? 'monitor' : 'block',
      ttlMs: kind === 2 || kind === 3 ? HOUR : 0,
    };
    const spared = made.action === 'allow' ? dropped : clean;
    if (fixed.has(formatPrefix(prefix)) || spared.some((each) => covers(prefix, each) || covers(each, prefix)))
      continue;
    return made;
  }
}

/** Adds and removes neighbours, a few at a time, until `rows` rows have changed. @returns how many did */
export async function churn(harness: Harness, surroundings: Surroundings, seed: number, rows: number): Promise<number> {
  const random = generator(seed);
  const fixed = new Set(surroundings.fixed.map(({ prefix }) => formatPrefix(prefix)));
  const keyOf = (each: Entry) => `${formatPrefix(each.prefix)} ${slotOf(each.action)}`;
  const there = new Map<string, Entry>();
  let changed = 0;
  while (changed < rows) {
    const adds = Array.from({ length: 1 + random(6) }, () => neighbour(random, surroundings, fixed));
    const keys = new Set(adds.map(keyOf));
    const removes = [...there.entries()].slice(0, there.size > 300 ? 8 : random(6)).filter(([key]) => !keys.has(key));
    for (const [key] of removes) there.delete(key);
    for (const each of adds) there.set(keyOf(each), each);
    await harness.change(
      adds,
      removes.map(([, each]) => each),
    );
    changed += adds.length + removes.length;
    // A flood's thread starts its next turn from the event loop.
    await nextTurn();
  }
  return changed;
}

export function churnSeed(): number {
  const seed = Number(process.env.FLEETBLOCK_CHURN_SEED ?? (Date.now() & 0x7fffffff) | 1);
  console.info(`FLEETBLOCK_CHURN_SEED=${seed}`);
  return seed;
}
