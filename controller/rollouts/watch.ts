// What halts a rollout while a stage is watched: its hosts get worse than they were before it, or somebody that the fleet talks to is in it.
import { formatPrefix } from '../../common/text/prefix.ts';
import type { Selector } from '../../common/text/selector.ts';
import type { Clock } from '../../common/time/clock.ts';
import type { PrefixSet } from '../claims/guard/prefix-set.ts';
import type { HostState } from '../fleet/host/host-state.ts';
import type { Hub } from '../fleet/hub/hub.ts';
import type { HostRecord } from '../store/records.ts';
import type { Rollout } from './rollout.ts';

/** How long a host may be away or degraded, as when its agent restarts, milliseconds. */
export const PATIENCE_MS = 5000;
/** How long hosts may take to come back to a controller that was restarted, milliseconds. */
const RETURN_MS = 60_000;
/** Of the hosts that were well, above which they are too many. One is, of few. */
const WORSE_SHARE = 0.05;
/** Two statuses that far apart say how much a host drops, milliseconds: each is seen up to half a second late. */
const LEAST_SPAN_MS = 2000;
/** Hosts that are named. */
const MAX_NAMED = 5;

/** What hosts say they never drop, of which none belongs into a block. Own addresses and settings are theirs to say. */
const PEERS: ReadonlySet<string> = new Set(['ssh session', 'controller', 'gateway', 'resolver']);

type Host = Pick<HostRecord, 'id' | 'name'>;

/** What a host had dropped by the status that was seen at a time, monotonic milliseconds. */
interface Sample {
  readonly counters: HostState['counters'];
  readonly atMs: number;
}

/** What a rollout says about its watch. */
export type Watched = Pick<Rollout, 'selector' | 'target' | 'haltDrops' | 'ignoreHosts'>;

/** `hub` and `targets` say which hosts there are and how they are. */
export interface WatchDeps {
  readonly hub: Pick<Hub, 'statusOf'> & {
    stateOf(id: string): Pick<HostState, 'refusal' | 'problems' | 'protectedAddresses' | 'counters'>;
  };
  readonly targets: { hosts(selectors: readonly Selector[]): readonly Host[] };
  readonly clock: Clock;
}

/** Whether a host can prove a stage, or get worse by it. */
export function isWell(hub: Pick<Hub, 'statusOf'>, id: string): boolean {
  const status = hub.statusOf(id);
  return status === 'synced' || status === 'lagging';
}

/** The hosts of one rollout. */
export class StageWatch {
  readonly #deps: WatchDeps;
  /** Hosts that were not well before their stage, as an earlier controller saw them: all others of the stage are awaited. */
  #formerlyAway: ReadonlySet<string> | undefined;
  /** Hosts that were well: others cannot get worse. */
  readonly #well = new Set<string>();
  /** Of these, since when they are not, monotonic milliseconds. */
  readonly #worse = new Map<string, number>();

  readonly #samples = new Map<string, Sample>();

  /** `away`: what `begin` said to an earlier controller. */
  constructor(deps: WatchDeps, away?: readonly string[]) {
    this.#deps = deps;
    this.#formerlyAway = away && new Set(away);
  }

  /**
   * Before a stage: what becomes of these hosts from now on may be its doing.
   * @returns the ids of those that are not well already
   */
  begin(selector: Selector): string[] {
    const hosts = this.#deps.targets.hosts([selector]);
    for (const host of hosts) if (this.#isWell(host)) this.#well.add(host.id);
    return hosts.flatMap(({ id }) => (this.#well.has(id) ? [] : id));
  }

  /** Why the stage must not stand; undefined: nothing is known. `dropped`: what the rollout drops. */
  trouble(watched: Watched, dropped: PrefixSet): string | undefined {
    return this.#listedPeer(watched, dropped) ?? this.#worseHosts(watched.selector) ?? this.#drops(watched);
  }

  /**
   * Whom a stage waits for. Undefined: the hosts of the stage that were well hold it and still are, but for a few; also when there are
   * no hosts.
   */
  unproven(selector: Selector): string | undefined {
    const hosts = this.#deps.targets.hosts([selector]);
    const open = hosts.filter(({ id }) => this.#deps.hub.statusOf(id) !== 'synced');
    const missing = open.filter(({ id }) => this.#well.has(id));
    const isProven = open.length < hosts.length && missing.length <= this.#well.size * WORSE_SHARE;
    if (hosts.length === 0 || isProven) return undefined;
    return this.#named(missing.length > 0 ? missing : open);
  }

  #isWell({ id }: Host): boolean {
    return isWell(this.#deps.hub, id);
  }

  #named(hosts: readonly Host[]): string {
    const more = hosts.length > MAX_NAMED ? ` and ${hosts.length - MAX_NAMED} more` : '';
    const names = hosts.slice(0, MAX_NAMED).map((host) => this.#describe(host));
    return `${names.join(', ')}${more}`;
  }

  #worseHosts(selector: Selector): string | undefined {
    const nowMs = this.#deps.clock.monotonicMs();
    const worse: Host[] = [];
    this.#awaitFormer(selector, nowMs);
    for (const host of this.#deps.targets.hosts([selector]))
      if (this.#isWell(host)) {
        this.#well.add(host.id);
        this.#worse.delete(host.id);
      } else if (this.#well.has(host.id)) {
        const sinceMs = this.#worse.get(host.id) ?? nowMs;
        this.#worse.set(host.id, sinceMs);
        if (this.#refuses(host) || nowMs - sinceMs >= PATIENCE_MS) worse.push(host);
      }
    if (worse.length <= this.#well.size * WORSE_SHARE) return undefined;
    return `hosts got worse: ${this.#named(worse)}`;
  }

  /** After a restart: who was well before is not known here until it comes back. */
  #awaitFormer(selector: Selector, nowMs: number): void {
    const away = this.#formerlyAway;
    if (!away) return;
    this.#formerlyAway = undefined;
    for (const { id } of this.#deps.targets.hosts([selector]))
      if (!away.has(id)) {
        this.#well.add(id);
        this.#worse.set(id, nowMs + RETURN_MS - PATIENCE_MS);
      }
  }

  /** It has said so: no patience is needed. */
  #refuses({ id }: Host): boolean {
    return this.#deps.hub.stateOf(id).refusal !== undefined;
  }

  #describe({ id, name }: Host): string {
    const { refusal, problems } = this.#deps.hub.stateOf(id);
    return `${name} (${refusal?.code ?? problems[0] ?? this.#deps.hub.statusOf(id)})`;
  }

  #drops({ selector, haltDrops }: Watched): string | undefined {
    if (haltDrops === 0) return undefined;
    const rates = this.#deps.targets.hosts([selector]).map((host) => ({ ...host, perSecond: this.#dropRate(host) }));
    const most = rates.find(({ perSecond }) => perSecond > haltDrops);
    return most && `${most.name} drops ${Math.round(most.perSecond)} packets per second: more than ${haltDrops}`;
  }

  /** Packets per second since an earlier status; 0 while none says more. */
  #dropRate({ id }: Host): number {
    const { counters } = this.#deps.hub.stateOf(id);
    const atMs = this.#deps.clock.monotonicMs();
    const before = this.#samples.get(id);
    if (!counters || before?.counters === counters) return 0;
    if (before && atMs - before.atMs < LEAST_SPAN_MS) return 0;
    this.#samples.set(id, { counters, atMs });
    if (!before?.counters) return 0;
    return ((Number(counters.droppedPackets) - Number(before.counters.droppedPackets)) * 1000) / (atMs - before.atMs);
  }

  #listedPeer({ target, ignoreHosts }: Watched, dropped: PrefixSet): string | undefined {
    const asked = this.#deps.targets.hosts([target]).filter(({ name }) => !ignoreHosts.includes(name));
    for (const { id, name } of asked)
      for (const { prefix, why } of this.#deps.hub.stateOf(id).protectedAddresses) {
        if (!PEERS.has(why)) continue;
        const [by] = dropped.covering(prefix);
        if (by)
          return `${formatPrefix(dropped.prefixAt(prefix.family, by.row))} covers ${formatPrefix(prefix)}, which ${name} talks to (${why}): --ignore-host ${name} if it is not to be believed`;
      }
    return undefined;
  }
}
