// Pauses of long work on the event loop.

/** Longest time that it is held, milliseconds. */
const TURN_MS = 10;

/** @returns what long work awaits now and then: it lets others have a turn when the work has had its share */
export function breather(): () => Promise<void> {
  let until = performance.now() + TURN_MS;
  return async () => {
    if (performance.now() < until) return;
    await new Promise((resolve) => setImmediate(resolve));
    until = performance.now() + TURN_MS;
  };
}
