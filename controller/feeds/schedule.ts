// When a feed is looked at next.
import { FleetblockError } from '../../common/errors.ts';
import { formatDuration } from '../../common/text/duration.ts';

/** Times are Unix milliseconds. */
export interface Ended {
  /** When the look was over. */
  readonly endedMs: number;
  readonly everyMs: number;
  /** In a row, this one included; 0: it went well. */
  readonly failures: number;
  /** Its server wants none before. */
  readonly notBeforeMs: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** So that fleets that were started together do not come together. */
export const JITTER = 0.1;
/** After the first failure, milliseconds; twice that after each further one. */
const RETRY_MS = 60_000;

/** A feed that fails is looked at sooner than its turn, and less and less often, never later than its turn. */
export function dueAfter({ endedMs, everyMs, failures, notBeforeMs, random }: Ended): number {
  const waitMs = failures === 0 ? everyMs : Math.min(everyMs, RETRY_MS * 2 ** Math.min(failures - 1, 20));
  return Math.max(endedMs + waitMs * (1 + JITTER * random()), notBeforeMs + JITTER * RETRY_MS * random());
}

/** Nothing was asked of its server. */
export class NotNow extends FleetblockError {
  /** `waitMs`: from now. */
  constructor(host: string, waitMs: number) {
    super('FAILED_PRECONDITION', `${host} does not want to be asked so soon: again in ${formatDuration(waitMs)}`);
  }
}
