// What operators change of hosts: their labels, and orders to take the whole list again.
import { FleetblockError } from '../../common/errors.ts';
import type { Revision } from '../../common/revision.ts';
import { formatSelector, isValidName, type Selector } from '../../common/text/selector.ts';
import { attribution } from '../claims/attribution.ts';
import type { Hub } from '../fleet/hub/hub.ts';
import type { Caller } from '../identity/auth/caller.ts';
import { MAX_LABELS } from '../identity/tokens.ts';
import type { HostRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Results } from './results.ts';
import type { HostOutcomes, Targets, Wait } from './targets.ts';

/** `hub` resyncs hosts and refuses while the store is in quarantine. */
export interface HostChangeDeps {
  readonly store: Store;
  readonly hub: Hub;
  readonly targets: Targets;
  readonly results: Results;
}

interface HostChange extends Wait {
  readonly caller: Caller;
  readonly reason: string;
}

/** A key in both `set` and `remove` is set. At most `MAX_LABELS` keys together. */
export interface LabelRequest extends HostChange {
  readonly name: string;
  readonly set: Readonly<Record<string, string>>;
  readonly remove: readonly string[];
}

/** Every targeted host is sent its whole view, also one that follows another store; one that is offline, when it returns. */
export interface ResyncRequest extends HostChange {
  readonly target: Selector;
  /** Monotonic milliseconds at which the request came in. */
  readonly arrivedMs: number;
}

/** @throws FleetblockError INVALID_ARGUMENT, NOT_FOUND (host), FAILED_PRECONDITION (quarantine) */
export async function labelHost(
  { store, hub, targets }: HostChangeDeps,
  { caller, reason, name, set, remove, ...wait }: LabelRequest,
): Promise<{ readonly host: HostRecord; readonly revision: Revision }> {
  const changes = labelChanges(set, remove);
  hub.quarantine.assertOpen();
  const done = await store.labelHost(name, changes, attribution(caller, reason));
  if (wait.waitMs !== undefined) await targets.prove([{ kind: 'hosts', names: [done.host.name] }], done.revision, wait);
  return done;
}

/** @throws FleetblockError NOT_FOUND (host), FAILED_PRECONDITION (quarantine) */
export async function resyncHosts(
  { store, hub, targets, results }: HostChangeDeps,
  { caller, reason, target, arrivedMs, ...wait }: ResyncRequest,
): Promise<{ readonly revision: Revision; readonly outcomes: HostOutcomes; readonly elapsedMs: number }> {
  targets.assertKnown(target);
  hub.quarantine.assertOpen();
  const subject = formatSelector(target);
  await store.recordAudit({ ...attribution(caller, reason), verb: 'host.resync', subject });
  for (const host of targets.hosts([target])) hub.resync(host.id);
  const { outcomes, atMs } = await targets.prove([target], store.head, wait);
  results.record(caller, `host.resync ${subject}`, store.head, outcomes);
  return { revision: store.head, outcomes, elapsedMs: atMs - arrivedMs };
}

function labelChanges(set: LabelRequest['set'], remove: readonly string[]): Record<string, string | undefined> {
  const bad = [...Object.entries(set).flat(), ...remove].find((word) => !isValidName(word));
  if (bad !== undefined)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `${JSON.stringify(bad.slice(0, 80))} is not a label: write key=value`,
    );
  const removed = remove.map((key) => [key, undefined] as const);
  const changes = Object.fromEntries<string | undefined>([...removed, ...Object.entries(set)]);
  if (Object.keys(changes).length === 0)
    throw new FleetblockError('INVALID_ARGUMENT', 'no label to set or to remove: write key=value or key-');
  if (Object.keys(changes).length > MAX_LABELS)
    throw new FleetblockError('INVALID_ARGUMENT', `more than ${MAX_LABELS} labels at once`);
  return changes;
}
