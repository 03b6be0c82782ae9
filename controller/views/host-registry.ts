// The fleet's hosts by id and by name, in memory and in step with the store: every call and every view asks for them.
import type { HostRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/** Revoked hosts stay findable by id, for the audit and for refusals; their names are free again. */
export class HostRegistry {
  readonly #byId = new Map<string, HostRecord>();
  /** Hosts that are not revoked. */
  readonly #byName = new Map<string, HostRecord>();
  #sorted: readonly HostRecord[] | undefined;
  readonly #revokedListeners = new Set<(host: HostRecord) => void>();
  readonly #enrolledListeners = new Set<(host: HostRecord, again: boolean) => void>();

  static async load(store: Store): Promise<HostRegistry> {
    const registry = new HostRegistry();
    for (const host of await store.hosts()) registry.#keep(host);
    store.follow((event) => {
      for (const host of event.hosts) registry.#update(host);
    });
    return registry;
  }

  /** By id, revoked ones too. */
  find(id: string): HostRecord | undefined {
    return this.#byId.get(id);
  }

  /** Among hosts that are not revoked. */
  findByName(name: string): HostRecord | undefined {
    return this.#byName.get(name);
  }

  /** Hosts that are not revoked. */
  live(): Iterable<HostRecord> {
    return this.#byName.values();
  }

  /** The same by name, in the order in which hosts are shown. */
  sorted(): readonly HostRecord[] {
    this.#sorted ??= [...this.#byName.values()].sort(byName);
    return this.#sorted;
  }

  get size(): number {
    return this.#byName.size;
  }

  /** Called after the revocation is durable. @returns a function that stops it. */
  onRevoked(listener: (host: HostRecord) => void): () => void {
    this.#revokedListeners.add(listener);
    return () => this.#revokedListeners.delete(listener);
  }

  /** Called when a host got an identity, its first or (`again`) a new one under its old id, after that is durable. */
  onEnrolled(listener: (host: HostRecord, again: boolean) => void): void {
    this.#enrolledListeners.add(listener);
  }

  #update(host: HostRecord): void {
    const before = this.#byId.get(host.id);
    this.#keep(host);
    if (before?.generation !== host.generation)
      for (const listener of this.#enrolledListeners) listener(host, before !== undefined);
    if (host.revokedMs !== 0) for (const listener of this.#revokedListeners) listener(host);
  }

  #keep(host: HostRecord): void {
    this.#byId.set(host.id, host);
    this.#sorted = undefined;
    if (host.revokedMs === 0) this.#byName.set(host.name, host);
    else if (this.#byName.get(host.name)?.id === host.id) this.#byName.delete(host.name);
  }
}

/** The order in which hosts are shown. */
export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
