// Long reads take turns, piece by piece, with a limit per caller and one for all; the rest wait in their order. A read whose
// reader takes nothing has no turn: callers who do not read keep no one waiting. What was read is given out a few items at a time, by one
// read in each turn of the event loop: sixty reads that go on at once are no longer than one for those who ask for something else.
import { FleetblockError } from '../../../common/errors.ts';
import { nextTurn } from '../../../common/time/pacer.ts';

/** `perCaller` and `inAll` bound the reads that run at once; beyond `open`, a caller's next read is refused. */
export interface ReadLimits {
  readonly perCaller: number;
  readonly inAll: number;
  /** Reads of one caller that have begun or wait to. */
  readonly open: number;
}

/** Given out in one run: a millisecond of encoding. */
const ITEMS_AT_ONCE = 25;

interface Waiter {
  readonly caller: string;
  readonly go: (release: () => void) => void;
}

/** A turn lasts for one batch only, never while the reader takes what was read. */
export class ReadTurns {
  readonly #limits: ReadLimits;
  readonly #open = new Map<string, number>();
  readonly #reading = new Map<string, number>();
  readonly #queue = new Set<Waiter>();
  #inAll = 0;
  #givingOut = Promise.resolve();

  constructor(limits: ReadLimits = { perCaller: 2, inAll: 8, open: 66 }) {
    this.#limits = limits;
  }

  /**
   * What `batches` gives, each batch in its own turn, even an empty one: a search that finds nothing lets others have theirs. It must hold
   * nothing between two of them that others wait for.
   * @throws FleetblockError RESOURCE_EXHAUSTED: too many reads of this caller are open already
   */
  async *inTurn<T>(caller: string, signal: AbortSignal, batches: () => AsyncIterable<readonly T[]>): AsyncGenerator<T> {
    const open = this.#open.get(caller) ?? 0;
    if (open >= this.#limits.open)
      throw new FleetblockError('RESOURCE_EXHAUSTED', `${open} long reads of ${caller} are open: read fewer at once`);
    add(this.#open, caller, 1);
    const iterator = batches()[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await this.#inOneTurn(caller, signal, () => iterator.next());
        if (!next || next.done) return;
        for (let from = 0; from < next.value.length; from += ITEMS_AT_ONCE) {
          await this.#ownTurn();
          yield* next.value.slice(from, from + ITEMS_AT_ONCE);
        }
      }
    } finally {
      add(this.#open, caller, -1);
      await iterator.return?.();
    }
  }

  /** The same for one answer. Undefined: the caller is gone. */
  async once<T>(caller: string, signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
    const only = async function* () {
      yield [await work()];
    };
    for await (const item of this.inTurn(caller, signal, only)) return item;
    return undefined;
  }

  /** Undefined: the caller is gone. */
  async #inOneTurn<T>(caller: string, signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
    const release = await this.#turn(caller, signal);
    try {
      return signal.aborted ? undefined : await work();
    } finally {
      release();
    }
  }

  async #turn(caller: string, signal: AbortSignal): Promise<() => void> {
    const { promise, resolve: go } = Promise.withResolvers<() => void>();
    const waiter = { caller, go };
    // It leaves the queue, with nothing to release.
    const leave = () => {
      if (this.#queue.delete(waiter)) go(() => {});
    };
    this.#queue.add(waiter);
    this.#advance();
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave);
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  /** Resolves in a turn of the event loop in which no other read gives anything out. */
  #ownTurn(): Promise<void> {
    this.#givingOut = this.#givingOut.then(nextTurn);
    return this.#givingOut;
  }

  #advance(): void {
    for (const waiter of this.#queue) {
      if (this.#inAll >= this.#limits.inAll) return;
      if ((this.#reading.get(waiter.caller) ?? 0) >= this.#limits.perCaller) continue;
      this.#queue.delete(waiter);
      this.#count(waiter.caller, 1);
      waiter.go(() => {
        this.#count(waiter.caller, -1);
        this.#advance();
      });
    }
  }

  #count(caller: string, by: 1 | -1): void {
    add(this.#reading, caller, by);
    this.#inAll += by;
  }
}

function add(counts: Map<string, number>, caller: string, by: 1 | -1): void {
  const count = (counts.get(caller) ?? 0) + by;
  if (count === 0) counts.delete(caller);
  else counts.set(caller, count);
}
