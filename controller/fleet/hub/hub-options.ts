// What the hub works with, and how it may be set.

import type { Logger } from '../../../common/logger.ts';
import type { Clock } from '../../../common/time/clock.ts';
import type { Store } from '../../store/store.ts';
import type { HostRegistry } from '../../views/host-registry.ts';
import type { Views } from '../../views/views.ts';
import type { EventLog } from '../events.ts';
import type { HostNotes } from '../host/host-notes.ts';
import type { TakeReports } from '../host/host-reports.ts';
import type { Seals } from '../host/seals.ts';

/** Production runs with the defaults; tests shorten the times. */
export interface HubOptions {
  /** How often agents send their status, milliseconds. Default 3,000. */
  readonly statusIntervalMs?: number;
  /** A stream on which nothing was heard for this long is ended, milliseconds. Default 15,000. */
  readonly silenceLimitMs?: number;
  /** Changes that may wait for one host before it is lagging. Default 64. */
  readonly queueLimit?: number;
  /** Snapshots under way at once. Default 8. */
  readonly concurrentSnapshots?: number;
  /** Until a host that refused a revision is tried again, milliseconds. Default 5,000. */
  readonly retryMs?: number;
}

/** Shared with the rest of the controller, which owns and closes them. */
export interface HubDependencies {
  readonly store: Store;
  readonly views: Views;
  readonly registry: HostRegistry;
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: EventLog;
  readonly notes: HostNotes;
  readonly seals: Seals;
  /** A host has said what time it is by its clock, Unix milliseconds; 0: nothing. */
  readonly timeHeard: (hostId: string, wallMs: number) => void;
  readonly takeReports: TakeReports;
}

/** The defaults are those that the fields of `HubOptions` name. */
export function withDefaults(options: HubOptions): Required<HubOptions> {
  return {
    statusIntervalMs: options.statusIntervalMs ?? 3000,
    silenceLimitMs: options.silenceLimitMs ?? 15_000,
    queueLimit: options.queueLimit ?? 64,
    concurrentSnapshots: options.concurrentSnapshots ?? 8,
    retryMs: options.retryMs ?? 5000,
  };
}
