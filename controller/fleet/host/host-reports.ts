// What detectors on one host report: one message at a time, each answered before the host may send the next. A host that does not read
// its answers has one of them in the controller's memory.

import { FleetblockError } from '../../../common/errors.ts';
import { protocol } from '../../../common/rpc/proto.ts';
import type { Reports__Output } from '../../../proto/gen/fleetblock/v1/Reports.ts';

/** One message of a host. */
export interface HostReported {
  readonly source: string;
  readonly rows: readonly { readonly prefix: string; readonly ttlMs: number; readonly unban: boolean }[];
}

/** What the policy of the source makes of reports; never rejects. `whole`: all rows are judged, or none. */
export type TakeReports = (
  hostId: string,
  reports: HostReported,
  whole: boolean,
) => Promise<{
  readonly refused: readonly { readonly row: number; readonly reason: string }[];
  readonly judged: number;
  readonly retryMs: number;
  readonly problem: string;
}>;

const encode = protocol.AgentService.service.Sync.responseSerialize;

/** Of one session. */
export class HostReports {
  readonly #take: (reports: HostReported) => ReturnType<TakeReports>;
  readonly #send: (message: Buffer, written: () => void) => void;
  #underWay = false;

  /** `send`: calls back once the stream has taken the message. */
  constructor(
    take: (reports: HostReported) => ReturnType<TakeReports>,
    send: (message: Buffer, written: () => void) => void,
  ) {
    this.#take = take;
    this.#send = send;
  }

  /** @throws FleetblockError INVALID_ARGUMENT: it has not waited for the answer to the last ones */
  on({ source, unban, rows }: Reports__Output): void {
    if (this.#underWay)
      throw new FleetblockError('INVALID_ARGUMENT', 'reports before the last were answered: wait for the answer');
    this.#underWay = true;
    const asked = { source, rows: rows.map(({ prefix, ttlMs }) => ({ prefix, ttlMs: Number(ttlMs), unban })) };
    void this.#take(asked).then(({ refused, judged, retryMs, problem }) => {
      const told = refused.map(({ row, reason }, i) => ({
        row,
        reason: reason === refused[i - 1]?.reason ? '' : reason,
      }));
      this.#send(encode({ reportsAnswer: { refused: told, judged, retryMs, problem } }), () => {
        this.#underWay = false;
      });
    });
  }
}
