// What the controller asks a live host and how long it waits for the answer: whether it is alive, and what its kernel does with an
// address.

import { encodeLookup, encodePing } from '../../../common/sync-wire/to-agent.ts';
import type { LookupReply__Output } from '../../../proto/gen/fleetblock/v1/LookupReply.ts';

/** One per session. Every probe and look-up is answered exactly once: by the host, by its timeout, or by `close`. */
export class Questions {
  readonly #send: (message: Buffer) => void;
  readonly #lookups = new Map<string, (reply: LookupReply__Output | undefined) => void>();
  /** By nonce: several may ask at once. */
  readonly #probes = new Map<bigint, (alive: boolean) => void>();

  /** `send`: outside the order of revisions. */
  constructor(send: (message: Buffer) => void) {
    this.#send = send;
  }

  ping(nonce: bigint): void {
    this.#send(encodePing(nonce));
  }

  /** Whether the other end is alive. `answer` is called once, with false also when the session ends before. */
  probe(nonce: bigint, timeoutMs: number, answer: (alive: boolean) => void): void {
    const timer = setTimeout(() => finish(false), timeoutMs);
    const finish = (alive: boolean) => {
      clearTimeout(timer);
      if (this.#probes.delete(nonce)) answer(alive);
    };
    this.#probes.set(nonce, finish);
    this.ping(nonce);
  }

  onPong(nonce: bigint): void {
    this.#probes.get(nonce)?.(true);
  }

  /** What its kernel does with this address. Undefined: no answer in time. `address`: network byte order. */
  lookUp(id: bigint, address: Uint8Array, timeoutMs: number): Promise<LookupReply__Output | undefined> {
    return new Promise((resolve) => {
      const finish = (reply: LookupReply__Output | undefined) => {
        clearTimeout(timer);
        this.#lookups.delete(`${id}`);
        resolve(reply);
      };
      const timer = setTimeout(() => finish(undefined), timeoutMs);
      this.#lookups.set(`${id}`, finish);
      this.#send(encodeLookup(id, address));
    });
  }

  onLookupReply(reply: LookupReply__Output): void {
    this.#lookups.get(reply.id)?.(reply);
  }

  /** The stream is gone: there will be no answers. */
  close(): void {
    for (const finish of [...this.#probes.values()]) finish(false);
    for (const answer of [...this.#lookups.values()]) answer(undefined);
  }
}
