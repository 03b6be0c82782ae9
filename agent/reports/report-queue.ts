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
}

/** Two hundred bytes each. */
const MOST = 50_000;

/** Lives as long as the agent. What is sent is taken out, and put back when its answer did not come. */
export class ReportQueue {
  #queued = new Map<string, Queued>();
  readonly #limit: number;
  #sent = 0;
  #taken = 0;
  #refused = 0;
  #lastRefusal = '';
  #onAdded: () => void = () => {};

  /** `limit`: reports. */
  constructor(limit = MOST) {
    this.#limit = limit;
  }

  get counts(): ReportCounts {
    const waiting = this.#queued.size + this.#sent;
    return { waiting, taken: this.#taken, refused: this.#refused, lastRefusal: this.#lastRefusal };
  }

  /** Reports that are not answered, in their order. */
  get pending(): Report[] {
    return [...this.#queued.values()].map(({ report }) => report);
  }

  /** Called when there is something to send; one listener, the session. */
  onAdded(listener: () => void): void {
    this.#onAdded = listener;
  }

  /** @throws FleetblockError RESOURCE_EXHAUSTED: too many wait for the controller */
  add(report: Report, settle?: Settle): void {
    const key = keyOf(report);
    const earlier = this.#queued.get(key);
    if (!earlier && this.#queued.size >= this.#limit) {
      const text = `${this.#limit} reports wait for the controller already: see fleetblock-agent status`;
      this.#count(text);
      throw new FleetblockError('RESOURCE_EXHAUSTED', text);
    }
    earlier?.settle?.('a later report of the same address took its place');
    // Again at the end: it is the last word about this address.
    this.#queued.delete(key);
    this.#queued.set(key, { report, settle });
    this.#onAdded();
  }

  /** Takes out as many as go into one message: those of the first one's source that say the same. Undefined: there are none. */
  take(): ReportBatch | undefined {
    const [first] = this.#queued.values();
    if (!first) return undefined;
    const { source, unban } = first.report;
    const rows: Queued[] = [];
    for (const [key, queued] of this.#queued) {
      if (queued.report.source !== source || queued.report.unban !== unban) continue;
      this.#queued.delete(key);
      if (rows.push(queued) === AGENT_LIMITS.reports) break;
    }
    this.#sent += rows.length;
    return { source, unban, rows };
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

  /** No answer came: first in the queue again, but for addresses of which something was said since. */
  putBack({ rows }: ReportBatch): void {
    this.#sent -= rows.length;
    const first = new Map(rows.map((queued) => [keyOf(queued.report), queued]));
    for (const [key, queued] of this.#queued) {
      first.get(key)?.settle?.('a later report of the same address took its place');
      first.delete(key);
      first.set(key, queued);
    }
    this.#queued = first;
  }

  #count(refusal: string): void {
    this.#refused++;
    this.#lastRefusal = clipped(refusal);
  }
}

function keyOf({ source, prefix }: Report): string {
  return `${source} ${prefix}`;
}
