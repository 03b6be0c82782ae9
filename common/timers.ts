// Waiting that ends when it should: sleeps and repeated work bound to an abort signal.

/** Resolves after `ms` or when the signal aborts, whichever is first. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** Does `work` every `ms` from the end of the one before, until the signal aborts. `work` handles its own errors. */
export async function repeat(
  ms: number | (() => number),
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  for (;;) {
    await sleep(typeof ms === 'number' ? ms : ms(), signal);
    if (signal.aborted) return;
    await work();
  }
}
