// What halts a rollout while a stage is watched: its hosts get worse than they were before it, or somebody that the fleet talks to is in it.
import { formatPrefix } from '../../common/text/prefix.ts';
import type { Selector } from '../../common/text/selector.ts';
import type { Clock } from '../../common/time/clock.ts';
import type { PrefixSet } from '../claims/guard/prefix-set.ts';
import type { Hub } from '../fleet/hub/hub.ts';
import type { Targets } from '../operations/targets.ts';
import type { HostRecord } from '../store/records.ts';

/** How long a host may be away or degraded, as when its agent restarts, milliseconds. */
const PATIENCE_MS = 5000;
/** Of the hosts that were well, above which they are too many. One is, of few. */
const WORSE_SHARE = 0.05;
/** Hosts that are named. */
const MAX_NAMED = 5;

/** What hosts say they never drop, of which none belongs into a block. Own addresses and settings are theirs to say. */
const PEERS: ReadonlySet<string> = new Set(['ssh session', 'controller', 'gateway', 'resolver']);

/** `hub` and `targets` say which hosts there are and how they are. */
export interface WatchDeps {
  readonly hub: Pick<Hub, 'statusOf' | 'stateOf'>;
  readonly targets: Pick<Targets, 'hosts'>;
  readonly clock: Clock;
}

/** The hosts of one rollout, as long as this controller lives. */
export class StageWatch {
  readonly #deps: WatchDeps;
  /** Hosts that were well: others cannot get worse. */
  readonly #well = new Set<string>();
  /** Of these, since when they are not, monotonic milliseconds. */
  readonly #worse = new Map<string, number>();

  constructor(deps: WatchDeps) {
    this.#deps = deps;
  }

  /** Before a stage: what becomes of these hosts from now on may be its doing. */
  begin(selector: Selector): void {
    this.#worse.clear();
    for (const host of this.#deps.targets.hosts([selector])) if (this.#isWell(host)) this.#well.add(host.id);
  }

  /** Why the stage must not stand; undefined: nothing is known. `dropped`: what the rollout drops. */
  trouble(selector: Selector, target: Selector, dropped: PrefixSet): string | undefined {
    return this.#listedPeer(target, dropped) ?? this.#worseHosts(selector);
  }

  /** Whether a host of the stage holds it and is well; also when there are no hosts. */
  proven(selector: Selector): boolean {
    const hosts = this.#deps.targets.hosts([selector]);
    return hosts.length === 0 || hosts.some(({ id }) => this.#deps.hub.statusOf(id) === 'synced');
  }

  #isWell({ id }: HostRecord): boolean {
    const status = this.#deps.hub.statusOf(id);
    return status === 'synced' || status === 'lagging';
  }

  #worseHosts(selector: Selector): string | undefined {
    const nowMs = this.#deps.clock.monotonicMs();
    const worse: string[] = [];
    for (const host of this.#deps.targets.hosts([selector]))
      if (this.#isWell(host)) {
        this.#well.add(host.id);
        this.#worse.delete(host.id);
      } else if (this.#well.has(host.id)) {
        const sinceMs = this.#worse.get(host.id) ?? nowMs;
        this.#worse.set(host.id, sinceMs);
        if (this.#refuses(host) || nowMs - sinceMs >= PATIENCE_MS) worse.push(this.#describe(host));
      }
    if (worse.length <= this.#well.size * WORSE_SHARE) return undefined;
    const more = worse.length > MAX_NAMED ? ` and ${worse.length - MAX_NAMED} more` : '';
    return `hosts got worse: ${worse.slice(0, MAX_NAMED).join(', ')}${more}`;
  }

  /** It has said so: no patience is needed. */
  #refuses({ id }: HostRecord): boolean {
    return this.#deps.hub.stateOf(id).refusal !== undefined;
  }

  #describe({ id, name }: HostRecord): string {
    const { refusal, problems } = this.#deps.hub.stateOf(id);
    return `${name} (${refusal?.code ?? problems[0] ?? this.#deps.hub.statusOf(id)})`;
  }

  #listedPeer(target: Selector, dropped: PrefixSet): string | undefined {
    for (const { id, name } of this.#deps.targets.hosts([target]))
      for (const { prefix, why } of this.#deps.hub.stateOf(id).protectedAddresses) {
        if (!PEERS.has(why)) continue;
        const [by] = dropped.covering(prefix);
        if (by)
          return `${formatPrefix(dropped.prefixAt(prefix.family, by.row))} covers ${formatPrefix(prefix)}, which ${name} talks to (${why})`;
      }
    return undefined;
  }
}
