// Sends what detectors on this host report, as soon as it is there: one message at a time, the next when the controller has answered.
import { messageOf } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import type { Reports } from '../../proto/gen/fleetblock/v1/Reports.ts';
import type { ReportsAnswer__Output } from '../../proto/gen/fleetblock/v1/ReportsAnswer.ts';
import type { ReportBatch, ReportQueue } from '../reports/report-queue.ts';

/** `send`: resolves when there is room for more. */
export interface ReportingDeps {
  readonly queue: ReportQueue;
  readonly wallMs: () => number;
  readonly log: Logger;
  readonly send: (reports: Reports) => Promise<void>;
}

/** Longest that a controller can make this host wait, milliseconds. */
const MOST_RETRY_MS = 60_000;

/** Of one session: `start` when the controller takes reports, `stop` with the session. */
export class Reporting {
  readonly #deps: ReportingDeps;
  #underWay: ReportBatch | undefined;
  /** Sources that the controller makes wait; the others go on. */
  readonly #held = new Map<string, NodeJS.Timeout>();

  constructor(deps: ReportingDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#deps.queue.onAdded(() => this.#sendNext());
    this.#sendNext();
  }

  /** Idempotent. What was not answered is sent by the next session: said twice it is no change. */
  stop(): void {
    for (const timer of this.#held.values()) clearTimeout(timer);
    this.#held.clear();
    this.#deps.queue.onAdded(() => {});
    if (this.#underWay) this.#deps.queue.putBack(this.#underWay);
    this.#underWay = undefined;
  }

  answered({ refused, retryMs, problem, judged }: ReportsAnswer__Output): void {
    const batch = this.#underWay;
    if (!batch) return;
    this.#underWay = undefined;
    const { source, rows } = batch;
    const done = retryMs > 0 ? judged : rows.length;
    if (retryMs > 0) {
      const left = rows.slice(done);
      this.#deps.log.info({ source, reports: left.length, problem }, 'reports wait');
      this.#deps.queue.delayed({ ...batch, rows: left }, problem);
      const timer = setTimeout(() => this.#goOn(source), Math.min(retryMs, MOST_RETRY_MS));
      this.#held.set(source, timer);
    }
    const [first] = refused;
    if (first) this.#deps.log.warn({ source, refused: refused.length, reason: first.reason }, 'reports refused');
    let last = '';
    const reasons = new Map(
      refused.map(({ row, reason }) => {
        last = reason || last || 'the controller gave no reason';
        return [row, last];
      }),
    );
    this.#deps.queue.answered({ ...batch, rows: rows.slice(0, done) }, reasons);
    this.#sendNext();
  }

  #goOn(source: string): void {
    this.#held.delete(source);
    this.#sendNext();
  }

  #sendNext(): void {
    if (this.#underWay) return;
    const batch = this.#deps.queue.take((source) => this.#held.has(source));
    if (!batch) return;
    this.#underWay = batch;
    const { source, unban } = batch;
    const nowMs = this.#deps.wallMs();
    // What ended while it waited has a moment left: it goes the way of all others, and its reporter has an answer.
    const ttlMs = (untilMs: number) => (untilMs === 0 ? 0 : Math.max(1, Math.round(untilMs - nowMs)));
    const rows = batch.rows.map(({ report: { prefix, untilMs } }) => ({ prefix, ttlMs: ttlMs(untilMs) }));
    this.#deps.send({ source, unban, rows }).catch((error: unknown) => {
      this.#deps.log.debug({ reason: messageOf(error) }, 'the stream ended before reports were sent');
    });
  }
}
