// Reports that the controller has not answered yet: one per source and address, the last one said. Bounded; what does not fit is refused.

import { AGENT_LIMITS, clipped } from '../../common/agent-limits.ts';
import { FleetblockError } from '../../common/errors.ts';
import type { Report } from './report.ts';

/** For the reporter that waits: empty when the report was taken, or why it was refused. */
export type Settle = (refusal: string) => void;

/** Reports of one source that are sent together. */
export interface ReportBatch {
  readonly source: string;
  readonly unban: boolean;
  readonly rows: readonly Queued[];
}

/** A report and who waits for it. */
export interface Queued {
  readonly report: Report;
  readonly settle: Settle | undefined;
}

/** For `fleetblock-agent status`. */
export interface ReportCounts {
  /** Not answered by the controller yet. */
  readonly waiting: number;
  readonly taken: number;
  readonly refused: number;
  /** Empty: none was refused. */
  readonly lastRefusal: string;
  /** Why the controller made the last ones wait; empty: it never did. */
  readonly lastDelay: string;
}

/** Two hundred bytes each. */
const MOST = 50_000;

/** Lives as long as the agent. What is sent is taken out, and put back when its answer did not come. Sources take turns. */
export class ReportQueue {
  /** By source and prefix. The source whose turn is next comes first; none is empty. */
  readonly #sources = new Map<string, Map<string, Queued>>();
  readonly #limit: number;
  #queued = 0;
  #sent = 0;
  #taken = 0;
  #refused = 0;
  #lastRefusal = '';
  #lastDelay = '';
  #onAdded: () => void = () => {};

  /** `limit`: reports. A source may have as many as are still free, so that one alone gets half. */
  constructor(limit = MOST) {
    this.#limit = limit;
  }

  get counts(): ReportCounts {
    return {
      waiting: this.#queued + this.#sent,
      taken: this.#taken,
      refused: this.#refused,
      lastRefusal: this.#lastRefusal,
      lastDelay: this.#lastDelay,
    };
  }

  /** Called when there is something to send; one listener, the session. */
  onAdded(listener: () => void): void {
    this.#onAdded = listener;
  }

  /** @throws FleetblockError RESOURCE_EXHAUSTED: too many wait for the controller */
  add(report: Report, settle?: Settle): void {
    const { source, prefix } = report;
    const own = this.#sources.get(source) ?? new Map<string, Queued>();
    const earlier = own.get(prefix);
    if (!earlier && own.size >= this.#limit - this.#queued) {
      const text = `${own.size} reports of ${source} wait for the controller already, of ${this.#queued}: see fleetblock-agent status`;
      this.#count(text);
      throw new FleetblockError('RESOURCE_EXHAUSTED', text);
    }
    earlier?.settle?.('a later report of the same address took its place');
    // Again at the end: it is the last word about this address.
    if (own.delete(prefix)) this.#queued--;
    this.#sources.set(source, own.set(prefix, { report, settle }));
    this.#queued++;
    this.#onAdded();
  }

  /** Takes out as many as go into one message: those of the next source that say the same. Undefined: all others are `held`. */
  take(held: (source: string) => boolean = () => false): ReportBatch | undefined {
    for (const [source, own] of this.#sources) {
      const [first] = held(source) ? [] : own.values();
      if (!first) continue;
      const { unban } = first.report;
      const rows: Queued[] = [];
      for (const [prefix, queued] of own) {
        if (queued.report.unban !== unban) continue;
        own.delete(prefix);
        if (rows.push(queued) === AGENT_LIMITS.reports) break;
      }
      this.#sources.delete(source);
      if (own.size > 0) this.#sources.set(source, own);
      this.#queued -= rows.length;
      this.#sent += rows.length;
      return { source, unban, rows };
    }
    return undefined;
  }

  /** The controller's answer: refusals by row. */
  answered({ rows }: ReportBatch, refused: ReadonlyMap<number, string>): void {
    this.#sent -= rows.length;
    for (const [row, { settle }] of rows.entries()) {
      const refusal = refused.get(row);
      if (refusal === undefined) this.#taken++;
      else this.#count(refusal);
      settle?.(refusal === undefined ? '' : clipped(refusal));
    }
  }

  /** The controller makes them wait. */
  delayed(batch: ReportBatch, why: string): void {
    this.#lastDelay = clipped(why);
    this.putBack(batch);
  }

  /** No answer came: first of its source again, but for addresses of which something was said since. */
  putBack({ source, rows }: ReportBatch): void {
    this.#sent -= rows.length;
    const since = this.#sources.get(source) ?? new Map<string, Queued>();
    const own = new Map(rows.map((queued) => [queued.report.prefix, queued]));
    for (const [prefix, queued] of since) {
      own.get(prefix)?.settle?.('a later report of the same address took its place');
      own.delete(prefix);
      own.set(prefix, queued);
    }
    this.#queued += own.size - since.size;
    if (own.size > 0) this.#sources.set(source, own);
  }

  #count(refusal: string): void {
    this.#refused++;
    this.#lastRefusal = clipped(refusal);
  }
}
