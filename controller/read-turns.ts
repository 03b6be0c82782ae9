// Long reads take turns: so many for one caller and so many in all; the rest wait in their order. Nobody's reading keeps another waiting
// for longer than it takes to find the next who may.
import { FleetblockError } from '../common/errors.ts';

export interface ReadLimits {
  readonly perCaller: number;
  readonly inAll: number;
  /** Of one caller, beyond those that read. */
  readonly waiting: number;
}

interface Waiter {
  readonly caller: string;
  readonly go: (release: () => void) => void;
}

export class ReadTurns {
  readonly #limits: ReadLimits;
  readonly #reading = new Map<string, number>();
  readonly #queue = new Set<Waiter>();
  #inAll = 0;

  constructor(limits: ReadLimits = { perCaller: 2, inAll: 8, waiting: 64 }) {
    this.#limits = limits;
  }

  /** What `items` gives, in its turn. @throws FleetblockError RESOURCE_EXHAUSTED: too many of this caller's wait already */
  async *inTurn<T>(caller: string, signal: AbortSignal, items: () => AsyncIterable<T>): AsyncGenerator<T> {
    const release = await this.#turn(caller, signal);
    try {
      if (!signal.aborted) yield* items();
    } finally {
      release();
    }
  }

  #turn(caller: string, signal: AbortSignal): Promise<() => void> {
    const waiting = [...this.#queue].filter((waiter) => waiter.caller === caller).length;
    if (waiting >= this.#limits.waiting)
      throw new FleetblockError(
        'RESOURCE_EXHAUSTED',
        `${waiting} long reads of ${caller} wait already: read fewer at once`,
      );
    return new Promise((resolve) => {
      const waiter = { caller, go: resolve };
      this.#queue.add(waiter);
      // Nobody reads any more: it leaves the queue, with nothing to release.
      signal.addEventListener('abort', () => {
        if (this.#queue.delete(waiter)) resolve(() => {});
      });
      this.#advance();
    });
  }

  #advance(): void {
    for (const waiter of this.#queue) {
      if (this.#inAll >= this.#limits.inAll) return;
      const own = this.#reading.get(waiter.caller) ?? 0;
      if (own >= this.#limits.perCaller) continue;
      this.#queue.delete(waiter);
      this.#reading.set(waiter.caller, own + 1);
      this.#inAll++;
      waiter.go(() => this.#release(waiter.caller));
    }
  }

  #release(caller: string): void {
    const left = (this.#reading.get(caller) ?? 1) - 1;
    if (left === 0) this.#reading.delete(caller);
    else this.#reading.set(caller, left);
    this.#inAll--;
    this.#advance();
  }
}
