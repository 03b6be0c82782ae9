// The store as a port: what the controller knows durably, subject by subject. The embedded implementation is sqlite/; the shape fits
// etcd too: one ordered revision, bounded transactions, reads of the present state, and following from a revision.
import type { ApiKeyStore } from './port/api-keys.ts';
import type { AuditStore } from './port/audit.ts';
import type { ClaimStore } from './port/claims.ts';
import type { HostStore } from './port/hosts.ts';
import type { ListStore } from './port/lists.ts';
import type { OperatorStore } from './port/operators.ts';
import type { Revisions } from './port/revisions.ts';
import type { SettingStore } from './port/settings.ts';

/**
 * Every method that changes something resolves after the commit is durable, with its audit record in the same
 * transaction, or rejects and has changed nothing.
 * @throws FleetblockError RESOURCE_EXHAUSTED when the disk is full, FAILED_PRECONDITION when quarantined, DATA_LOSS when damaged.
 */
export interface Store
  extends Revisions,
    ClaimStore,
    ListStore,
    HostStore,
    OperatorStore,
    ApiKeyStore,
    SettingStore,
    AuditStore {
  /** When a controller was at work on it before it was opened, Unix milliseconds; 0: not known. */
  readonly aliveMs: number;
  /** Notes that it is at work. */
  beat(nowMs: number): Promise<void>;

  /**
   * The same reads for answers without measure. A store whose reads hold the event loop runs these beside it, on a thread of their
   * own, as SQLite does; for any other it is the store itself.
   */
  readonly aside: Pick<Store, 'claims' | 'listRows'>;

  /** Idempotent. */
  close(): Promise<void>;
}
