// How well the kernel follows the list: what is wrong with it, and what had to be repaired.
import type { Logger } from '../../common/logger.ts';
import type { Lapse } from '../datapath/datapath.ts';
import type { AgentClock } from '../host/boot-clock.ts';
import { type BehindRecord, behindText } from './refusals.ts';

/** Clock, log and what to call after repaired drift. */
export interface StandingOptions {
  readonly clock: AgentClock;
  readonly log: Logger;
  /** Called after drift was repaired. Default: not called. */
  readonly onLapse?: (lapse: Lapse) => void;
}

/** Source of the reconciler's part of a status report; `onChange` sends one at once. */
export class Standing {
  /** Why nothing is touched. */
  behind: BehindRecord | undefined;
  /** How often drift was repaired. */
  driftRepairs = 0n;
  readonly #options: StandingOptions;
  readonly #listeners = new Set<() => void>();
  #kernelProblem = '';
  /** Monotonic milliseconds of the last look that found the kernel to hold what it should. */
  #wholeMs: number;

  constructor(options: StandingOptions) {
    this.#options = options;
    this.#wholeMs = options.clock.monotonicMs();
  }

  /** One sentence each, some of them empty. */
  get problems(): string[] {
    return [this.#kernelProblem, behindText(this.behind)];
  }

  /** Calls `listener` when drift was repaired or the problems changed. @returns a function that ends it */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls the listeners: something that the status shows has changed. */
  touch(): void {
    for (const listener of this.#listeners) listener();
  }

  /** A sentence on the kernel; empty when all is well. */
  kernelProblem(text: string): void {
    if (text === this.#kernelProblem) return;
    this.#kernelProblem = text;
    this.touch();
  }

  /** The kernel held what it should at this time, monotonic milliseconds. */
  whole(atMs: number): void {
    this.#wholeMs = atMs;
  }

  /** In how many places drift was found and repaired. */
  repaired(places: number): void {
    const { clock, log, onLapse } = this.#options;
    const atMostMs = clock.monotonicMs() - this.#wholeMs;
    this.driftRepairs++;
    const text = `its maps differed from what they should hold in ${places} place${places === 1 ? '' : 's'}; repaired`;
    log.warn({ repaired: places, atMostMs: Math.ceil(atMostMs) }, text);
    onLapse?.({ kind: 'drift', text, atMostMs });
    this.touch();
  }
}
