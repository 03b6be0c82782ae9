// Catch-ups, encoded once for all hosts that lack the same: a fleet that comes back from a partition lacks the same thousand rows a
// thousand times.
import { mayEnd } from '../../../common/entries/times.ts';
import type { Revision } from '../../../common/revision.ts';
import { EncodedDelta, type ViewDelta } from '../../views/delta.ts';

/** How long remaining times that were counted once are good for others, milliseconds: a block lasts that much longer at most. */
const TIMES_MS = 100;

/** One for all sessions. Entries are dropped with the difference that they were made from. */
export class SharedDeltas {
  readonly #epoch: string;
  readonly #wallMs: () => number;
  readonly #sealOf: (revision: Revision) => Uint8Array;
  readonly #made = new WeakMap<ViewDelta, { readonly delta: EncodedDelta; readonly atMs: number }>();

  constructor(epoch: string, wallMs: () => number, sealOf: (revision: Revision) => Uint8Array) {
    this.#epoch = epoch;
    this.#wallMs = wallMs;
    this.#sealOf = sealOf;
  }

  /** The same for the same difference, as far as its times allow. */
  of(difference: ViewDelta): EncodedDelta {
    const now = this.#wallMs();
    const made = this.#made.get(difference);
    // The clock may have been set back.
    if (made && (!mayEnd(difference.adds) || Math.abs(now - made.atMs) < TIMES_MS)) return made.delta;
    const delta = new EncodedDelta(this.#epoch, difference, now, this.#sealOf(difference.to));
    this.#made.set(difference, { delta, atMs: now });
    return delta;
  }
}
