// The controller without its network: store, registry, views, hub and expiry, put together.
import { randomBytes } from 'node:crypto';
import { messageOf } from '../common/errors.ts';
import type { Logger } from '../common/logger.ts';
import type { Clock } from '../common/time/clock.ts';
import { steadyClock } from '../common/time/steady-clock.ts';
import type { LocalNetwork } from './claims/guard/guard.ts';
import { Guard } from './claims/guard/guard.ts';
import { Detectors } from './detectors/detectors.ts';
import type { Feeds } from './feeds/feeds.ts';
import { openFeeds } from './feeds/open.ts';
import { changeText } from './fleet/change-text.ts';
import { EventLog } from './fleet/events.ts';
import { FleetTime } from './fleet/fleet-time.ts';
import { HostNotes } from './fleet/host/host-notes.ts';
import type { TakeReports } from './fleet/host/host-reports.ts';
import { Seals } from './fleet/host/seals.ts';
import { Hub } from './fleet/hub/hub.ts';
import { type HubOptions, withDefaults } from './fleet/hub/hub-options.ts';
import { FleetAddresses } from './fleet/reach/fleet-addresses.ts';
import { localNetwork } from './fleet/reach/local-network.ts';
import { Hooks } from './hooks/hooks.ts';
import type { Caller } from './identity/auth/caller.ts';
import { Changes } from './operations/block.ts';
import { Confirmations } from './operations/confirm.ts';
import { AllowIndex } from './operations/exemptions/allow-index.ts';
import { startExpiry } from './operations/expiry.ts';
import { Lists } from './operations/lists/lists.ts';
import { Matches } from './operations/queries/matches.ts';
import { Results } from './operations/results.ts';
import { Targets } from './operations/targets.ts';
import { inStagesWhenLarge } from './rollouts/large-changes.ts';
import { Rollouts } from './rollouts/rollouts.ts';
import { PATIENCE_MS } from './rollouts/watch.ts';
import type { Secret } from './store/data-dir.ts';
import { SECRET_BYTES } from './store/data-dir.ts';
import type { Store } from './store/store.ts';
import { HostRegistry } from './views/host-registry.ts';
import { SliceQueue, type Slices } from './views/slices.ts';
import { Views } from './views/views.ts';

/** Everything from outside the controller, so that tests run one without a network or a disk. */
export interface ControllerOptions {
  /** Closed by its owner, after the controller. */
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly hub?: HubOptions;
  /** Of a stage of a rollout, milliseconds; for tests. Default: until a host that was cut off is seen to be. */
  readonly leastBakeMs?: number | undefined;
  /** What the guard protects of this machine. Default: its addresses, gateways and resolvers. */
  readonly network?: LocalNetwork;
  /** The machine's clock is right, however far from the last sign of life. Default false. */
  readonly trustClock?: boolean;
  /** Recognises what this controller has sent, even if the store has lost it. Default: a new one, for tests. */
  readonly secret?: Pick<Secret, 'bytes' | 'isNew'>;
  /** The callers with open calls. Default: none. */
  readonly connected?: () => Iterable<Pick<Caller, 'actor' | 'from' | 'serial'>>;
  /** Who called from an address in the last days, with a certificate. Default: nobody. */
  readonly calledFrom?: (address: string) => string | undefined;
}

/** How often the time is noted, milliseconds. */
const BEAT_MS = 60_000;

/** The parts that services are built on. `close` leaves the store open. */
export interface Controller {
  /** Does not jump with the machine's. */
  readonly clock: Clock;
  /** By which nothing ends too early while that clock is in doubt: for those who say what is blocked. */
  readonly careful: Clock;
  readonly registry: HostRegistry;
  readonly views: Views;
  readonly hub: Hub;
  readonly changes: Changes;
  readonly lists: Lists;
  readonly feeds: Feeds;
  readonly detectors: Detectors;
  readonly hooks: Hooks;
  readonly confirmations: Confirmations;
  readonly rollouts: Rollouts;
  readonly results: Results;
  readonly targets: Targets;
  readonly matches: Matches;
  readonly events: EventLog;
  /** What is wrong with the controller itself, one sentence each. */
  warnings(): string[];
  /** Hosts by status, for metrics. */
  hostCounts(): Record<string, number>;
  /** Resolves once the views have done the work before it. */
  turn(): Promise<void>;
  /** Ends all streams. Resolves when what is known of hosts is in the store. Idempotent. */
  close(): Promise<void>;
}

/** Reads the whole store into memory before it resolves: hosts may connect from then on. */
export async function startController(options: ControllerOptions): Promise<Controller> {
  const { store, log } = options;
  const clock = steadyClock(options.clock);
  const queue = new SliceQueue(
    () => clock.monotonicMs(),
    (error) => {
      // Views that missed a revision must not continue: what they would send differs from the store.
      log.fatal({ err: error }, 'the views are broken');
      setImmediate(() => {
        throw error;
      });
    },
  );
  const registry = await HostRegistry.load(store);
  const allowed = await AllowIndex.load(store);
  const views = await Views.load(store, registry, queue);
  const events = new EventLog(() => clock.wallMs());
  const notes = await HostNotes.load({ store, log });
  const secret = options.secret ?? { bytes: randomBytes(SECRET_BYTES), isNew: true };
  if (secret.isNew) await notes.forgetKeys();
  const seals = new Seals(secret.bytes);
  const time = new FleetTime({
    aliveMs: store.aliveMs,
    clock,
    hosts: () => registry.size,
    log,
    events,
    trusted: options.trustClock ?? false,
    onSure: () => expiry.look(),
  });
  const careful: Clock = { wallMs: () => time.carefulMs(), monotonicMs: () => clock.monotonicMs() };
  const timeHeard = (hostId: string, wallMs: number) => time.heard(hostId, wallMs);
  const takeReports: TakeReports = (...reported) => detectors.fromHost(...reported);
  const hub = new Hub(
    { store, views, registry, clock: careful, log, events, notes, seals, timeHeard, takeReports },
    options.hub,
  );
  const targets = new Targets(registry, hub);
  const guard = new Guard(options.network ?? localNetwork(), fleetAddresses(options, registry, hub));
  const matches = new Matches(store, views, () => careful.wallMs());
  const results = new Results(store, log);
  const changes = new Changes({ store, targets, hub, clock, guard, matches, allowed, results });
  const lists = new Lists({ store, targets, hub, clock, guard, results });
  const assertOpen = () => hub.quarantine.assertOpen();
  const calledFrom = options.calledFrom ?? (() => undefined);
  const detectors = await Detectors.load({
    ...{ store, registry, guard, allowed, clock, events, log, assertOpen, calledFrom },
  });
  const hooks = await Hooks.load({ store, detectors, clock, log });
  const confirmations = new Confirmations({ store, targets, results, events, clock, assertOpen });
  const leastBakeMs = options.leastBakeMs ?? withDefaults(options.hub ?? {}).silenceLimitMs + PATIENCE_MS;
  const isTimeSure = () => time.sure;
  const rollouts = await Rollouts.load({
    ...{ store, changes, lists, hub, targets, events, clock, log, leastBakeMs, isTimeSure },
  });
  const inStages = inStagesWhenLarge(lists, rollouts, store);
  const feeds = await openFeeds({ store, lists: inStages, allowed, clock, events, log, assertOpen });
  store.follow((event) => {
    if (event.layers.length > 0) events.add('change', changeText(event), { revision: event.revision });
  });
  const expiry = startExpiry({
    store,
    clock,
    log,
    mayChange: () => hub.quarantine.reason === undefined && time.sure,
    onUndone: (undone) => void confirmations.undone(undone),
  });
  const beat = () =>
    time.sure
      ? store
          .beat(clock.wallMs())
          .catch((error: unknown) => log.warn({ reason: messageOf(error) }, 'the time could not be noted'))
      : Promise.resolve();
  await beat();
  const beating = setInterval(() => void beat(), BEAT_MS).unref();
  let closed: Promise<void> | undefined;
  return {
    clock,
    careful,
    registry,
    views,
    hub,
    changes,
    lists,
    feeds,
    detectors,
    hooks,
    confirmations,
    rollouts,
    results,
    targets,
    matches,
    events,
    warnings: () => [time.doubt, hub.quarantine.reason, ...feeds.warnings()].filter((each) => each !== undefined),
    hostCounts: () => {
      const counts: Record<string, number> = { synced: 0, lagging: 0, offline: 0, degraded: 0 };
      for (const host of registry.live()) {
        const status = hub.statusOf(host.id);
        counts[status] = (counts[status] ?? 0) + 1;
      }
      return counts;
    },
    turn: () => new Promise<void>((resolve) => queue.run(oneTurn(resolve))),
    close: () => {
      closed ??= (async () => {
        clearInterval(beating);
        expiry.stop();
        const fed = feeds.close();
        rollouts.close();
        hub.close();
        // A list that is being handed over is still worked out.
        await fed;
        queue.close();
        await Promise.all([notes.flush(), beat()]);
      })();
      return closed;
    },
  };
}

/** Work for the views' queue that does nothing but say that its turn has come. */
function* oneTurn(come: () => void): Slices {
  yield;
  come();
}

/** For the guard: which host or operator is connected from which address, hosts by their names. */
function fleetAddresses({ connected = () => [] }: ControllerOptions, registry: HostRegistry, hub: Hub): FleetAddresses {
  return new FleetAddresses({
    *connected() {
      for (const { actor, from, serial } of connected()) yield { who: actor, from, byKey: serial === '' };
    },
    nameOf: (who) => (who.startsWith('agent/') ? (registry.find(who.slice(6))?.name ?? who) : who),
    *hosts() {
      for (const { id, name } of registry.live()) yield { name, protects: hub.stateOf(id).protectedAddresses };
    },
  });
}
