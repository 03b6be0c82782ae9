// Those who follow a store's revisions: told in order, and none hindered by what another throws.
import type { StoreEvent } from './port/revisions.ts';

/** Called after the commit, in the order in which they were added. */
export class Followers {
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  readonly #onError: (error: unknown) => void;

  /** `onError` is told what a follower threw. Default: it ends the process, once whoever made the change has been answered. */
  constructor(onError: (error: unknown) => void = throwLater) {
    this.#onError = onError;
  }

  /** @returns a function that stops it */
  add(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The change is durable: neither its caller nor another follower may miss it, whatever one throws. */
  tell(event: StoreEvent): void {
    for (const listener of this.#listeners)
      try {
        listener(event);
      } catch (error) {
        this.#onError(error);
      }
  }

  clear(): void {
    this.#listeners.clear();
  }
}

function throwLater(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}
