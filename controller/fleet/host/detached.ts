// A host whose program was taken off by its own root: in the audit, an event, and shown with the host until it enforces again.

import { FleetblockError, messageOf } from '../../../common/errors.ts';
import type { Logger } from '../../../common/logger.ts';
import { encodeWelcome } from '../../../common/sync-wire/to-agent.ts';
import { formatDuration } from '../../../common/text/duration.ts';
import type { Hello__Output } from '../../../proto/gen/fleetblock/v1/Hello.ts';
import type { Store } from '../../store/store.ts';
import type { HostRegistry } from '../../views/host-registry.ts';
import type { EventLog } from '../events.ts';
import type { HostState } from './host-state.ts';
import type { SessionStream } from './session-deps.ts';

/** One record per host in this time: otherwise anyone who has its key could fill the audit. */
const RECORD_EVERY_MS = 60_000;

/** `clock` decides how often a host is recorded, and stamps the problem that is shown with it. */
export interface DetachedDeps {
  readonly store: Pick<Store, 'recordAudit' | 'epoch'>;
  readonly events: EventLog;
  readonly log: Logger;
  readonly clock: { readonly wallMs: () => number };
}

/** Never throws. What is said of an earlier time is an event and a record; what is said on leaving is shown with the host too. */
export function noteDetached(
  { store, events, log, clock }: DetachedDeps,
  host: { readonly id: string; readonly name: string },
  state: HostState,
  { detached, interfaces }: Hello__Output,
): void {
  if (!detached) return;
  const nowMs = clock.wallMs();
  const names = detached.interfaces.join(', ') || 'all interfaces';
  const rest = detached.everything ? 'nothing is enforced any more' : 'its other interfaces enforce as before';
  if (detached.leaving) {
    state.interfaces = interfaces;
    state.lastSeenMs = nowMs;
    state.problems = [`detached from ${names} by its own root at ${new Date(nowMs).toISOString()}: ${rest}`];
  }
  const late = detached.leaving
    ? rest
    : `${formatDuration(Number(detached.agoMs))} ago, when the controller could not be reached; its agent runs again`;
  const text = `detached from ${names} by its own root: ${late}`;
  if (nowMs - (recorded.get(state) ?? Number.NEGATIVE_INFINITY) < RECORD_EVERY_MS) return;
  recorded.set(state, nowMs);
  events.add('host.detached', text, { hostId: host.id });
  const record = {
    actor: `agent/${host.id}`,
    verb: 'detach' as const,
    subject: `${host.name}: ${names}`,
    reason: late,
  };
  store.recordAudit(record).catch((error: unknown) => {
    log.error({ err: messageOf(error), host: host.id }, 'a detached host could not be written to the audit');
  });
}

/** A report of a detach proves nothing and gets nothing: it needs no session key, gets none, and no session follows. */
export function hearDetached(
  deps: DetachedDeps & { readonly registry: HostRegistry },
  hostId: string,
  state: HostState,
  hello: Hello__Output,
  stream: SessionStream,
): void {
  const host = deps.registry.find(hostId);
  if (host?.revokedMs === 0) {
    noteDetached(deps, host, state, hello);
    const { protocol } = hello;
    const unused = {
      statusIntervalMs: 0,
      silenceLimitMs: 0,
      reconnectLimitMs: 0,
      sessionKey: new Uint8Array(0),
      takesReports: false,
    };
    stream.write(encodeWelcome({ protocol, epoch: deps.store.epoch, hostName: host.name, ...unused }));
  }
  stream.end(new FleetblockError('ABORTED', 'no session follows'));
}

const recorded = new WeakMap<HostState, number>();
