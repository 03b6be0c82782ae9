// What happened in the fleet recently, for people who watch: a bounded memory of the newest events. The audit is what lasts.

import type { Revision } from '../../common/revision.ts';
import { ownCopy } from '../../common/text/own-copy.ts';
import { RateLimit } from '../identity/auth/rate-limit.ts';

/** Kinds that start with `host.` are rate-limited per host; the others are not limited. */
export type EventKind =
  | 'change'
  | 'undo'
  | 'feed.failed'
  | 'feed.held'
  | 'feed.recovered'
  | 'rollout'
  | 'bouncer'
  | 'detector.refused'
  | 'detector.delayed'
  | 'host.connected'
  | 'host.disconnected'
  | 'host.lagging'
  | 'host.synced'
  | 'host.degraded'
  | 'host.recovered'
  | 'host.drift'
  | 'host.unprotected'
  | 'host.repaired'
  | 'host.detached'
  | 'host.ended'
  | 'quarantine'
  | 'clock'
  /** Told to one reader alone: how many events it did not get. */
  | 'missed';

/** Kept in memory only: a restart of the controller forgets it. */
export interface FleetEvent {
  /** Grows by one per event; restarts with the process. */
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

/** Which events a reader wants. */
export interface Watch {
  /** Only events after this sequence number; 0: all that are remembered. */
  readonly after: number;
  /** How many of the remembered ones at most, the newest; 0: all. */
  readonly last: number;
  /** Go on with what happens from now on. */
  readonly follow: boolean;
  readonly wanted: (event: FleetEvent) => boolean;
}

const REMEMBERED = 10_000;
/** Characters of one event: thousands are remembered, so each has to be small. */
const MAX_TEXT = 1000;
/** Of one host: one that comes and goes, or toggles what it complains of, must not push out what the rest of the fleet did. */
const PER_HOST = { burst: 100, perSecond: 0.1 };

/** Remembers at least the newest 10,000 events; one host cannot push out those of the others. */
export class EventLog {
  readonly #wallMs: () => number;
  readonly #events: FleetEvent[] = [];
  readonly #listeners = new Set<(event: FleetEvent) => void>();
  readonly #ofHosts: RateLimit;
  /** By host: how many were left out since its last one. */
  readonly #leftOut = new Map<string, number>();
  #sequence = 0;

  constructor(wallMs: () => number) {
    this.#wallMs = wallMs;
    this.#ofHosts = new RateLimit({ clock: { wallMs, monotonicMs: wallMs }, ...PER_HOST });
  }

  /** @returns false: its host has had too many recently, and it is only counted in the next one */
  add(kind: EventKind, what: string, about: { readonly hostId?: string; readonly revision?: Revision } = {}): boolean {
    const ofHost = kind.startsWith('host.') ? (about.hostId ?? '') : '';
    const leftOut = this.#leftOut.get(ofHost) ?? 0;
    if (ofHost !== '' && !this.#ofHosts.take(ofHost)) {
      this.#leftOut.set(ofHost, leftOut + 1);
      return false;
    }
    this.#leftOut.delete(ofHost);
    const text = leftOut > 0 ? `${what} (${leftOut} events of this host were left out before)` : what;
    const event: FleetEvent = {
      sequence: ++this.#sequence,
      atMs: this.#wallMs(),
      kind,
      hostId: about.hostId ?? '',
      text: ownCopy(text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text),
      revision: about.revision ?? 0n,
    };
    this.#events.push(event);
    // Dropped in blocks, so that remembering one costs nothing.
    if (this.#events.length >= 2 * REMEMBERED) this.#events.splice(0, REMEMBERED);
    for (const listener of this.#listeners) listener(event);
    return true;
  }

  /** Events after `sequence` that are remembered, oldest first. */
  since(sequence: number): FleetEvent[] {
    const start = this.#events.findIndex((event) => event.sequence > sequence);
    return start < 0 ? [] : this.#events.slice(Math.max(start, this.#events.length - REMEMBERED));
  }

  /**
   * Events one by one, as they are asked for. A reader has no queue of its own: one that falls behind further than is remembered is
   * told how many it missed, and continues from there.
   */
  async *watch({ after, last, follow, wanted }: Watch, signal: AbortSignal): AsyncGenerator<FleetEvent> {
    // Numbers of another controller's life mean nothing here.
    let read = after > 0 && after <= this.#sequence ? after : this.#forgotten;
    if (last > 0) {
      const chosen = this.since(read).filter(wanted).at(-last);
      if (chosen) read = chosen.sequence - 1;
    }
    let wake = () => {};
    const onNews = () => wake();
    const stop = follow ? this.listen(onNews) : () => {};
    signal.addEventListener('abort', onNews);
    try {
      while (!signal.aborted) {
        if (read < this.#forgotten) {
          const missed = this.#forgotten - read;
          read = this.#forgotten;
          yield this.#missed(missed);
          continue;
        }
        const event = this.#events[read - this.#forgotten];
        if (event) {
          read = event.sequence;
          if (wanted(event)) yield event;
        } else if (follow)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        else return;
      }
    } finally {
      stop();
      signal.removeEventListener('abort', onNews);
    }
  }

  /** @returns a function that stops it */
  listen(listener: (event: FleetEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Sequence number of the newest event that is no longer remembered. */
  get #forgotten(): number {
    return this.#sequence - this.#events.length;
  }

  #missed(count: number): FleetEvent {
    return {
      sequence: this.#forgotten,
      atMs: this.#wallMs(),
      kind: 'missed',
      hostId: '',
      text: `${count} events came faster than they were read, and are no longer remembered`,
      revision: 0n,
    };
  }
}
