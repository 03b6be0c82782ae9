// One watch at one member: what was put under keys from a revision on, until it breaks.
import type { Metadata } from '@grpc/grpc-js';
import type { WatchResponse__Output } from '../../../../proto/gen/etcdserverpb/WatchResponse.ts';
import type { Endpoint } from './endpoint.ts';
import { Compacted, TokenRefused, Unreachable } from './errors.ts';
import { type Entry, entryFromWire, type KeyRange, keysToWire } from './kv.ts';

/** Every so often a watch that is silent is asked for a sign of life. The third time without one ends it. */
const LOOK_MS = 1000;
const LOOKS = 3;

/** `from`: etcd's revision, the first that is wanted. */
export interface WatchRange extends KeyRange {
  readonly from: bigint;
}

/**
 * Puts in the order of their revisions, as they arrive. Deletions are left out. Leaving the iteration ends the watch.
 * @throws Unreachable (it broke, it is silent, `signal` was aborted), TokenRefused, Compacted
 */
export async function* watchAt(
  endpoint: Endpoint,
  metadata: Metadata,
  { from, ...keys }: WatchRange,
  signal: AbortSignal,
): AsyncGenerator<readonly Entry[]> {
  const call = endpoint.watch.watch(metadata);
  const cancel = () => call.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  // Its end is learned from the iteration; a late error must not be an uncaught one.
  call.on('error', () => {});
  const responses: AsyncIterator<WatchResponse__Output> = call[Symbol.asyncIterator]();
  try {
    call.write({
      createRequest: { ...keysToWire(keys), startRevision: String(from), filters: ['NODELETE'], fragment: true },
    });
    for (;;) {
      const { done, value } = await alive(responses.next(), () => call.write({ progressRequest: {} }));
      if (done) throw new Unreachable(`${endpoint.address}: the watch has ended`);
      if (value.canceled) throw refusal(value);
      if (value.events.length > 0) yield value.events.flatMap(({ kv }) => (kv ? [entryFromWire(kv)] : []));
    }
  } catch (error) {
    throw endpoint.explain(error);
  } finally {
    signal.removeEventListener('abort', cancel);
    cancel();
  }
}

/** What the promise gives, while `ask` gets some answer. @throws Unreachable: it does not */
async function alive<T>(answer: Promise<T>, ask: () => void): Promise<T> {
  const { promise: silence, reject } = Promise.withResolvers<never>();
  let looks = 0;
  const timer = setInterval(() => {
    // When this process was delayed, the answer may be there already: it is read first.
    if (++looks >= LOOKS) setImmediate(() => reject(new Unreachable('the watch is silent')));
    else ask();
  }, LOOK_MS);
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearInterval(timer);
    answer.catch(() => {});
    silence.catch(() => {});
  }
}

function refusal({ compactRevision, cancelReason }: WatchResponse__Output): Error {
  if (compactRevision !== '0') return new Compacted();
  // etcd 3.4 says the latter of a token that it does not know. What the user really may not do, the read before a watch has found.
  const ofToken = /invalid auth token|permission denied|revision of auth store is old/.test(cancelReason);
  return ofToken ? new TokenRefused(cancelReason) : new Unreachable(`the watch was canceled: ${cancelReason}`);
}
