// The controller's clock: wall time that does not jump. When the machine's clock is set, blocks must neither end at
// once nor last a day longer, so the wall time of the start is carried on by the monotonic clock.
import { type Clock, systemClock } from './clock.ts';

/** Wall time is that of `source` at this call, carried on, in whole milliseconds. */
export function steadyClock(source: Clock = systemClock): Clock {
  const wallAtStart = source.wallMs();
  const monotonicAtStart = source.monotonicMs();
  return {
    wallMs: () => Math.round(wallAtStart + source.monotonicMs() - monotonicAtStart),
    monotonicMs: () => source.monotonicMs(),
  };
}
