// What happened in the fleet lately, for people who watch: a bounded memory of the newest events. The audit is what lasts.
import type { Revision } from '../common/revision.ts';

export type EventKind =
  | 'change'
  | 'undo'
  | 'host.connected'
  | 'host.disconnected'
  | 'host.lagging'
  | 'host.synced'
  | 'host.degraded'
  | 'host.recovered'
  | 'host.drift'
  | 'quarantine';

export interface FleetEvent {
  /** Grows by one an event; starts anew with the process. */
  readonly sequence: number;
  /** Unix milliseconds. */
  readonly atMs: number;
  readonly kind: EventKind;
  /** Empty when it is about none. */
  readonly hostId: string;
  readonly text: string;
  /** 0 when it is about none. */
  readonly revision: Revision;
}

const REMEMBERED = 10_000;

export class EventLog {
  readonly #wallMs: () => number;
  readonly #events: FleetEvent[] = [];
  readonly #listeners = new Set<(event: FleetEvent) => void>();
  #sequence = 0;

  constructor(wallMs: () => number) {
    this.#wallMs = wallMs;
  }

  add(kind: EventKind, text: string, about: { readonly hostId?: string; readonly revision?: Revision } = {}): void {
    const event: FleetEvent = {
      sequence: ++this.#sequence,
      atMs: this.#wallMs(),
      kind,
      hostId: about.hostId ?? '',
      text,
      revision: about.revision ?? 0n,
    };
    this.#events.push(event);
    // Dropped in blocks, so that remembering one costs nothing.
    if (this.#events.length >= 2 * REMEMBERED) this.#events.splice(0, REMEMBERED);
    for (const listener of this.#listeners) listener(event);
  }

  /** Events after `sequence` that are remembered, oldest first. */
  since(sequence: number): FleetEvent[] {
    const start = this.#events.findIndex((event) => event.sequence > sequence);
    return start < 0 ? [] : this.#events.slice(Math.max(start, this.#events.length - REMEMBERED));
  }

  /** @returns a function that stops it */
  listen(listener: (event: FleetEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
