// What this host did not enforce for a while, or would not have enforced had its agent ended then: kept until the controller has been
// told, which makes events of it.
import { randomInt } from 'node:crypto';
import { AGENT_LIMITS, clipped } from '../../common/agent-limits.ts';
import type { Lapse as LapseWire } from '../../proto/gen/fleetblock/v1/Lapse.ts';
import type { Lapse } from '../datapath/datapath.ts';

/** How long a lapse is repeated once it was reported, milliseconds: a stream may break while the first report is on its way. */
const REPEATED_MS = 60_000;

interface Kept {
  readonly lapse: Lapse;
  readonly id: number;
  readonly endedMs: number;
  toldMs: number;
}

/** Kept for a while after they were reported, in case the status is lost; the controller recognises repeats by their id. */
export class Lapses {
  readonly #now: () => number;
  #kept: Kept[] = [];

  /** `now`: monotonic milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Ended just now. Of more than can be kept the oldest are forgotten. */
  add(lapse: Lapse): void {
    const id = randomInt(1, 2 ** 48 - 1);
    this.#kept = [...this.#kept, { lapse, id, endedMs: this.#now(), toldMs: Number.POSITIVE_INFINITY }].slice(
      -AGENT_LIMITS.lapses,
    );
  }

  /** For a status that is about to be sent. */
  told(): LapseWire[] {
    const now = this.#now();
    this.#kept = this.#kept.filter(({ toldMs }) => now < toldMs + REPEATED_MS);
    return this.#kept.map((kept) => {
      kept.toldMs = Math.min(kept.toldMs, now);
      const { kind, text, atMostMs } = kept.lapse;
      const agoMs = Math.round(now - kept.endedMs);
      return {
        id: `${kept.id}`,
        kind: WIRE_KINDS[kind],
        text: clipped(text),
        atMostMs: `${Math.ceil(atMostMs)}`,
        agoMs: `${agoMs}`,
      };
    });
  }
}

const WIRE_KINDS = { unprotected: 'UNPROTECTED', repaired: 'REPAIRED', drift: 'DRIFT' } as const;
