// The members of etcd as one that answers: the one that answered last is asked first, another one too when it takes its time, and the
// next when it fails. A member that is stopped, cut off or slow costs a fraction of a second, not a deadline.
import type { ChannelCredentials, Metadata } from '@grpc/grpc-js';
import { FleetblockError } from '../../../../common/errors.ts';
import { type Ask, Endpoint } from './endpoint.ts';
import { Unreachable } from './errors.ts';

/** After which another member is asked beside those that have not answered yet. */
const HEDGE_MS = 400;
/** Before members that have all failed are asked again: they may be choosing a leader. */
const PAUSE_MS = 50;

export class Endpoints {
  readonly #all: readonly Endpoint[];
  #preferred = 0;
  #closed = false;

  /** `addresses`: HOST:PORT, at least one. */
  constructor(addresses: readonly string[], credentials: ChannelCredentials) {
    this.#all = addresses.map((address) => new Endpoint(address, credentials));
  }

  /** Where a stream goes: the one that answered last. */
  get preferred(): Endpoint {
    const found = this.#all[this.#preferred];
    if (!found) throw new Error('etcd without endpoints');
    return found;
  }

  /** A stream of this one has failed: the next is preferred, unless another one is already. */
  leave(endpoint: Endpoint): void {
    if (endpoint === this.preferred) this.#preferred = (this.#preferred + 1) % this.#all.length;
  }

  /**
   * The first answer of any member. More than one may carry the call out: it must be one that can be repeated.
   * @throws Unreachable: none until `limitMs` from now; FleetblockError: what a member answered
   */
  answer<Reply>(ask: Ask<Reply>, metadata: Metadata, limitMs: number): Promise<Reply> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const asked = new Map<Endpoint, () => void>();
    const deadline = new Date(Date.now() + limitMs);
    let next = this.#preferred;
    let failures = 0;
    let lastProblem = '';
    let timer: NodeJS.Timeout | undefined;
    let over = false;
    const finish = () => {
      over = true;
      clearTimeout(limit);
      clearTimeout(timer);
      for (const cancel of asked.values()) cancel();
    };
    const attemptIn = (delayMs: number) => {
      clearTimeout(timer);
      timer = setTimeout(attempt, delayMs);
    };
    const attempt = () => {
      if (this.#closed) {
        finish();
        reject(new FleetblockError('UNAVAILABLE', 'the connection to etcd is closed'));
        return;
      }
      const at = this.#all.findIndex((_, offset) => !asked.has(this.#at(next + offset)));
      if (at < 0) return;
      const endpoint = this.#at(next + at);
      next += at + 1;
      attemptIn(HEDGE_MS);
      asked.set(
        endpoint,
        endpoint.start(ask, metadata, deadline, (error, reply) => take(endpoint, error, reply)),
      );
    };
    const take = (endpoint: Endpoint, error: FleetblockError | undefined, reply: Reply | undefined) => {
      if (over) return;
      asked.delete(endpoint);
      if (error instanceof Unreachable) {
        lastProblem = error.message;
        failures++;
        attemptIn(failures % this.#all.length === 0 ? PAUSE_MS : 0);
        return;
      }
      finish();
      if (reply === undefined) return reject(error);
      this.#preferred = this.#all.indexOf(endpoint);
      resolve(reply);
    };
    const late = () => {
      if (over) return;
      finish();
      const why = lastProblem === '' ? '' : ` (${lastProblem})`;
      reject(
        new Unreachable(`etcd does not answer${why}: a majority of its members must run and be reachable from here`),
      );
    };
    // When this process was delayed, the answer may be there already: it is read first.
    const limit = setTimeout(() => setImmediate(late), limitMs);
    attempt();
    return promise;
  }

  /** Calls that wait fail. */
  close(): void {
    this.#closed = true;
    for (const endpoint of this.#all) endpoint.close();
  }

  #at(index: number): Endpoint {
    const found = this.#all[index % this.#all.length];
    if (!found) throw new Error('etcd without endpoints');
    return found;
  }
}
