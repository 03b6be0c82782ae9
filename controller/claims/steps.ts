// How rules run: as generators, so that one and the same rule runs in one go inside a shared transaction, over many turns of the event
// loop in a transaction of its own, or on a store that has to fetch what it reads.
import { Pacer } from '../../common/time/pacer.ts';

/** A rule at work. Each `yield` is a place where it may be held up, until the promise resolves if there is one. */
export type Steps<T> = Generator<Promise<void> | undefined, T>;

/** What is there already. */
export function* ready<T>(value: T): Steps<T> {
  yield* [];
  return value;
}

/** In one go. @throws Error when something has to be waited for */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (value) throw new Error('this has to wait for what it reads');
  }
}

/** Over as many turns of the event loop as it takes. */
export async function withPauses<T>(steps: Steps<T>): Promise<T> {
  const { pause } = new Pacer();
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (value) await value;
    await pause();
  }
}
