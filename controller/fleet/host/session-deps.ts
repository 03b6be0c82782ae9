// What a host's session needs from around it: its stream, and what it shares with the sessions of all other hosts.
import type { FleetblockError } from '../../../common/errors.ts';
import type { Logger } from '../../../common/logger.ts';
import type { Revision } from '../../../common/revision.ts';
import type { DropEvents__Output } from '../../../proto/gen/fleetblock/v1/DropEvents.ts';
import type { Views } from '../../views/views.ts';
import type { EventLog } from '../events.ts';
import type { Sink } from '../feed/feed.ts';
import type { SharedDeltas } from '../feed/shared-deltas.ts';
import type { Meter } from '../hub/meter.ts';
import type { LooseStanding } from '../hub/proof.ts';
import type { Slots } from '../hub/slots.ts';
import type { TakeReports } from './host-reports.ts';
import type { HostRefusal, HostState } from './host-state.ts';

/** What a session sees of its agent's gRPC stream. */
export interface SessionStream extends Sink {
  /** Ends the stream with an error; the peer sees its code and text. */
  end(error: FleetblockError): void;
}

/** What others may read of a session. */
export interface Reporting {
  readonly hostId: string;
  readonly state: HostState;
  /** The last revision that its host is known to hold. */
  readonly acked: Revision;
  /** Why its acks prove nothing; undefined when they prove. */
  readonly refusal: HostRefusal | undefined;
  /** Whether it holds one revision's change, although it refused an earlier one. */
  loosely(revision: Revision): LooseStanding;
}

/** All of it comes from the hub, and none of it differs between sessions. */
export interface SessionDeps {
  readonly views: Views;
  readonly epoch: string;
  readonly head: () => Revision;
  readonly snapshotSlots: Slots;
  readonly deltas: SharedDeltas;
  readonly wallMs: () => number;
  readonly monotonicMs: () => number;
  readonly log: Logger;
  /** Shipments that may wait for one host. */
  readonly queueLimit: number;
  /** Milliseconds until a host that refused a revision is given its view again. */
  readonly retryMs: number;
  readonly events: EventLog;
  readonly meter: Meter;
  /** Something about this host changed that a caller may wait for. */
  readonly progressed: (session: Reporting) => void;
  /** The host reports drops, as it was asked to. */
  readonly dropped: (session: Reporting, events: DropEvents__Output) => void;
  readonly takeReports: TakeReports;
  /** Why nothing may be sent to any host, or undefined. */
  readonly quarantined: () => string | undefined;
  /** Goes with what brings a host to this revision. */
  readonly sealOf: (revision: Revision) => Uint8Array;
  /**
   * The host says that it holds a revision that this store never made; with the `seal` that it shows for it.
   * @returns true: the store lost commits, and no host is sent anything; false: it can be any number
   */
  readonly lostCommits: (session: Reporting, claimed: Revision, seal: Uint8Array) => boolean;
  /** The host has kept the key of its session. */
  readonly keyKept: (session: Reporting, key: Uint8Array) => void;
}
