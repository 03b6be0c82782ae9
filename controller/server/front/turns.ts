// Whose turn it is to begin a TLS handshake. A fleet that dials all at once is served in the order in which it came, a bounded
// number at a time: what was begun is finished before more is begun, so that no work is thrown away however many wait. Networks
// take turns, and one that holds more than its share has to give way: a flood from one place waits behind itself.

import { largest } from '../../../common/net/largest.ts';

/** `later` and `nowMs` are replaced in tests. */
export interface TurnsOptions<T> {
  /** Begun and not over, at once. */
  readonly running: number;
  /** Waiting at once. One more displaces the first of the network that waits with the most, or is refused if that is its own. */
  readonly waiting: number;
  /** From its turn on, milliseconds: longer is refused. */
  readonly limitMs: number;
  /** The same while others wait. */
  readonly patienceMs: number;
  readonly begin: (member: T) => void;
  /** Neither waits nor runs any more. */
  readonly refuse: (member: T, reason: 'too-many-waiting' | 'handshake-too-long') => void;
  /** Monotonic milliseconds. Default performance.now. */
  readonly nowMs?: () => number;
  /** Runs its argument after whatever arrived meanwhile was read. Default setImmediate. */
  readonly later?: (work: () => void) => void;
}

/** Begun in one go: the event loop is not blocked longer than by these. */
const STEP = 8;
/** Least time that a member of a network has which holds more than its share, milliseconds. */
const SHARE_MS = 500;

interface Begun {
  readonly network: string;
  readonly sinceMs: number;
}

/** A member is added once and deleted once; call `look` regularly, as there is no timer inside. */
export class Turns<T> {
  readonly #options: TurnsOptions<T>;
  readonly #nowMs: () => number;
  readonly #later: (work: () => void) => void;
  /** By network, the next one first; members in order of arrival. */
  readonly #waiting = new Map<string, Set<T>>();
  #waitingCount = 0;
  /** In the order in which they began. */
  readonly #running = new Map<T, Begun>();
  readonly #runningOf = new Map<string, number>();
  #planned = false;

  constructor(options: TurnsOptions<T>) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#later = options.later ?? setImmediate;
  }

  get waiting(): number {
    return this.#waitingCount;
  }

  get running(): number {
    return this.#running.size;
  }

  add(member: T, network: string): void {
    if (this.#waitingCount >= this.#options.waiting && !this.#makeRoom(network)) {
      this.#options.refuse(member, 'too-many-waiting');
      return;
    }
    const own = this.#waiting.get(network);
    if (own) own.add(member);
    else this.#waiting.set(network, new Set([member]));
    this.#waitingCount++;
    this.#plan();
  }

  /** It is done, or gone. @param network as at `add` */
  delete(member: T, network: string): void {
    if (this.#forget(member) || this.#stopWaiting(member, network)) this.#plan();
  }

  /** To be called now and then: lets go of those that take too long. */
  look(): void {
    // Not at once: when this process was delayed, the answers of those that seem too slow lie in their sockets.
    this.#later(() => {
      for (const [member, { sinceMs }] of this.#running) {
        if (this.#nowMs() - sinceMs < this.#options.limitMs) break;
        this.#refuseBegun(member);
      }
      this.#step();
    });
  }

  #plan(): void {
    if (this.#planned || this.#waitingCount === 0) return;
    this.#planned = true;
    this.#later(() => {
      this.#planned = false;
      this.#step();
    });
  }

  #step(): void {
    for (let i = 0; i < STEP && this.#waitingCount > 0; i++) {
      const network = this.#nextNetwork();
      const members = network === undefined ? undefined : this.#waiting.get(network);
      const [member] = members ?? [];
      // Nobody's turn: it comes with the next end, or the next look.
      if (network === undefined || !members || member === undefined) return;
      this.#stopWaiting(member, network);
      // The network's next turn comes after those of all others.
      if (this.#waiting.delete(network)) this.#waiting.set(network, members);
      this.#running.set(member, { network, sinceMs: this.#nowMs() });
      this.#runningOf.set(network, (this.#runningOf.get(network) ?? 0) + 1);
      this.#options.begin(member);
    }
    this.#plan();
  }

  /** Whose turn it is; undefined when all places are taken by those that have time left. */
  #nextNetwork(): string | undefined {
    const [next] = this.#waiting.keys();
    if (this.#running.size < this.#options.running) return next;
    const [oldest] = this.#running;
    if (!oldest) return undefined;
    if (this.#nowMs() - oldest[1].sinceMs >= this.#options.patienceMs) {
      this.#refuseBegun(oldest[0]);
      return next;
    }
    return this.#takeFromTheHeaviest();
  }

  /** The oldest of the network that holds the most gives way to one that holds less. @returns the latter */
  #takeFromTheHeaviest(): string | undefined {
    const [heaviest = '', most = 0] = largest(this.#runningOf, (count) => count) ?? [];
    const victim = [...this.#running].find(([, { network }]) => network === heaviest);
    if (!victim || most < 2 || this.#nowMs() - victim[1].sinceMs < SHARE_MS) return undefined;
    for (const network of this.#waiting.keys()) {
      if ((this.#runningOf.get(network) ?? 0) + 2 > most) continue;
      this.#refuseBegun(victim[0]);
      return network;
    }
    return undefined;
  }

  /** Makes room for one more that waits. @returns false when it is the newcomer's own network that waits with the most */
  #makeRoom(network: string): boolean {
    const own = this.#waiting.get(network)?.size ?? 0;
    // Without reading all of them: the flood itself must be cheap.
    if (own * this.#waiting.size >= this.#waitingCount) return false;
    const [heaviest = ''] = largest(this.#waiting, ({ size }) => size) ?? [];
    const [first] = this.#waiting.get(heaviest) ?? [];
    if (first === undefined) return false;
    this.#stopWaiting(first, heaviest);
    this.#options.refuse(first, 'too-many-waiting');
    return true;
  }

  #refuseBegun(member: T): void {
    this.#forget(member);
    this.#options.refuse(member, 'handshake-too-long');
  }

  #forget(member: T): boolean {
    const begun = this.#running.get(member);
    if (!begun) return false;
    this.#running.delete(member);
    const left = (this.#runningOf.get(begun.network) ?? 1) - 1;
    if (left === 0) this.#runningOf.delete(begun.network);
    else this.#runningOf.set(begun.network, left);
    return true;
  }

  #stopWaiting(member: T, network: string): boolean {
    const members = this.#waiting.get(network);
    if (!members?.delete(member)) return false;
    this.#waitingCount--;
    if (members.size === 0) this.#waiting.delete(network);
    return true;
  }
}
