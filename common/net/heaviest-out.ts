// A bounded set whose members come from networks: when it is full, the oldest member of the network that has the most leaves, so that
// a flood from one place pushes out only itself.
import { largest } from './largest.ts';

/** `evict` is called after the member has left the set. */
export interface HeaviestOutOptions<T> {
  readonly limit: number;
  /** Of one network; one more pushes out that network's oldest. */
  readonly perNetwork: number;
  readonly evict: (member: T) => void;
}

/** `network` is any text that groups members; the same one must be given at `delete`. */
export class HeaviestOut<T> {
  readonly #options: HeaviestOutOptions<T>;
  /** In order of arrival. */
  readonly #byNetwork = new Map<string, Set<T>>();
  #size = 0;

  constructor(options: HeaviestOutOptions<T>) {
    this.#options = options;
  }

  get size(): number {
    return this.#size;
  }

  add(member: T, network: string): void {
    const own = this.#byNetwork.get(network) ?? new Set();
    this.#byNetwork.set(network, own.add(member));
    this.#size++;
    if (own.size > this.#options.perNetwork) this.#evictFrom(network);
    else if (this.#size > this.#options.limit)
      this.#evictFrom(largest(this.#byNetwork, ({ size }) => size)?.[0] ?? network);
  }

  delete(member: T, network: string): boolean {
    const own = this.#byNetwork.get(network);
    if (!own?.delete(member)) return false;
    this.#size--;
    if (own.size === 0) this.#byNetwork.delete(network);
    return true;
  }

  *[Symbol.iterator](): Generator<T> {
    for (const members of this.#byNetwork.values()) yield* members;
  }

  #evictFrom(network: string): void {
    const [oldest] = this.#byNetwork.get(network) ?? [];
    if (oldest === undefined) return;
    this.delete(oldest, network);
    this.#options.evict(oldest);
  }
}
