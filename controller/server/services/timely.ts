// Bounds how long a caller may take to send: what has come so far is kept in memory until the last of it is there.
import { FleetblockError } from '../../../common/errors.ts';

/** Both are needed: `idleMs` ends a caller that stops, `totalMs` one that trickles. */
export interface Patience {
  /** Longest silence between two items, milliseconds. */
  readonly idleMs: number;
  /** Longest wait for all items together, milliseconds. */
  readonly totalMs: number;
}

/** The items; only the time in which they are waited for counts. @throws FleetblockError DEADLINE_EXCEEDED */
export async function* timely<T>(items: AsyncIterable<T>, { idleMs, totalMs }: Patience): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]();
  let leftMs = totalMs;
  try {
    for (;;) {
      const askedMs = performance.now();
      const next = await inTime(iterator.next(), Math.min(idleMs, leftMs));
      leftMs -= performance.now() - askedMs;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Not waited for: it may wait for the very item that does not come.
    iterator.return?.().catch(() => {});
  }
}

function inTime<T>(item: Promise<T>, limitMs: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () =>
      late.reject(
        new FleetblockError(
          'DEADLINE_EXCEEDED',
          'the request came too slowly, so nothing was changed: send it again over a better connection',
        ),
      ),
    limitMs,
  );
  return Promise.race([item, late.promise]).finally(() => clearTimeout(timer));
}
