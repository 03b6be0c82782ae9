// What detectors report, by hosts and by webhooks: each address is judged by the policy of its source, the guard and the allowlist, and
// what is left is one change of the store.

import { FleetblockError, messageOf } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import { hasEnded } from '../../common/precedence.ts';
import { formatAddress, formatPrefix, type Prefix, parsePrefix } from '../../common/text/prefix.ts';
import { type SelectableHost, selectorMatches } from '../../common/text/selector.ts';
import type { Clock } from '../../common/time/clock.ts';
import { attribution } from '../claims/attribution.ts';
import type { Guard, GuardLook } from '../claims/guard/guard.ts';
import type { ReportedRow, ReportOutcome } from '../claims/report.ts';
import type { EventLog } from '../fleet/events.ts';
import type { AllowIndex } from '../operations/exemptions/allow-index.ts';
import type { Store } from '../store/store.ts';
import type { HostRegistry } from '../views/host-registry.ts';
import { RESULTS, type ReportCounts, ReportMeter } from './metrics.ts';
import { Policies } from './policies.ts';
import { assertSource, beyondOf, type DetectorPolicy, HOOK, isDetector, kindOf, originsOf } from './policy.ts';
import { Rates } from './rates.ts';

/** `assertOpen` throws while nothing may be changed. */
export interface DetectorsDeps {
  readonly store: Pick<Store, 'applyReports' | 'settings' | 'changeSettings'>;
  readonly registry: Pick<HostRegistry, 'find' | 'findByName'>;
  readonly guard: Guard;
  readonly allowed: Pick<AllowIndex, 'layers'>;
  readonly clock: Clock;
  readonly events: Pick<EventLog, 'add'>;
  readonly log: Logger;
  readonly assertOpen: () => void;
  /** Who called from this address in the last days. */
  readonly calledFrom: (address: string) => string | undefined;
}

/** What one reporter says of one source. Each prefix stands in it once. */
export interface Reports {
  /** `fail2ban:sshd` */
  readonly source: string;
  readonly rows: readonly ReportRow[];
}

/** About one address, as it was typed. */
export interface ReportRow {
  readonly prefix: string;
  /** 0: as long as the policy lets it. */
  readonly ttlMs: number;
  /** What was reported before is over; otherwise the address is to be blocked. */
  readonly unban: boolean;
  /** Why, for people; default: who reports it. */
  readonly reason?: string;
}

/** `ofFleet`: the reason says what or whom of the fleet a block would meet, which is for its own people and hosts alone. */
export interface RefusedReport {
  /** From 0. */
  readonly row: number;
  readonly reason: string;
  readonly ofFleet?: boolean;
}

/** Rows that were judged and are not refused are in the store. */
export interface ReportsAnswer {
  readonly refused: readonly RefusedReport[];
  /** How many rows, the first ones. */
  readonly judged: number;
  /** Above 0: the others may be reported again after that; `problem` says why. 0: all were judged. */
  readonly retryMs: number;
  readonly problem: string;
  /** It waits for the rate of its policy, and not for a failure of ours. */
  readonly limited?: boolean;
}

/** A webhook, as claims and the audit name it; `from`: address and port of its caller. */
export interface Door {
  readonly actor: string;
  readonly from: string;
}

/** Nothing was judged. */
const NOTHING: ReportsAnswer = { refused: [], judged: 0, retryMs: 0, problem: '' };

/** After a failure of ours, milliseconds. */
const RETRY_MS = 5000;

/** For how long hosts' reports are judged by one look of the guard, milliseconds. */
const LOOK_MS = 1000;

/** Of one report: the host that makes it, or a door without one. */
interface By {
  readonly actor: string;
  readonly whole: boolean;
  readonly from?: string;
  readonly host?: SelectableHost;
}

/** Lives as long as the controller. */
export class Detectors {
  readonly policies: Policies;
  readonly meter = new ReportMeter();
  readonly #deps: DetectorsDeps;
  readonly #rates: Rates;
  #looked: { readonly look: GuardLook; readonly atMs: number } | undefined;

  private constructor(deps: DetectorsDeps, policies: Policies) {
    this.#deps = deps;
    this.policies = policies;
    this.#rates = new Rates(deps.clock);
  }

  static async load(deps: DetectorsDeps): Promise<Detectors> {
    return new Detectors(deps, await Policies.load(deps.store, deps.log));
  }

  /** From a host, as its certificate names it; `whole`: all is judged, or nothing. Never throws: what is wrong is the answer. */
  fromHost(hostId: string, reports: Reports, whole: boolean): Promise<ReportsAnswer> {
    const host = this.#deps.registry.find(hostId);
    if (host?.revokedMs !== 0) return Promise.resolve(refuseAll(reports, 'this host is not enrolled'));
    return this.#report(reports, { actor: `agent/${hostId}`, host, whole });
  }

  /** From a webhook: it holds on all hosts. Never throws: what is wrong is the answer. */
  fromDoor(door: Door, reports: Reports): Promise<ReportsAnswer> {
    return this.#report(reports, { ...door, whole: true });
  }

  async #report(reports: Reports, by: By): Promise<ReportsAnswer> {
    const answer = await this.#judge(reports, by);
    const refused = answer.refused.length;
    const counts = { taken: answer.judged - refused, refused, delayed: reports.rows.length - answer.judged };
    for (const result of RESULTS) this.meter.count(result, counts[result]);
    if (isDetector(reports.source)) this.#note(reports.source, counts, answer, by);
    return answer;
  }

  /** Whoever set up a detector and no policy, or one that is too tight, learns it here: its program says nothing. */
  #note(source: string, counts: ReportCounts, { refused: [first], retryMs, problem }: ReportsAnswer, by: By): void {
    const lastDelay = retryMs > 0 ? problem : undefined;
    const news = this.policies.count(source, by.actor, { ...counts, lastRefusal: first?.reason, lastDelay });
    const about = { hostId: by.host?.id ?? '' };
    if (first && news.firstRefused && !this.policies.for(source))
      this.#deps.events.add('detector.refused', `${source} is refused: ${first.reason}`, about);
    if (news.firstDelayed) this.#deps.events.add('detector.delayed', `${source} waits: ${problem}`, about);
  }

  async #judge(reports: Reports, by: By): Promise<ReportsAnswer> {
    const { source, rows } = reports;
    try {
      const policy = this.policies.for(source);
      const asked = { actor: by.actor, rows: rows.length, whole: by.whole };
      const { room, retryMs, rate } = this.#rates.take(policy, asked);
      const answer = room > 0 ? await this.#decide({ source, rows: rows.slice(0, room) }, policy, by) : NOTHING;
      if (retryMs === 0) return answer;
      return { ...answer, retryMs, problem: `more than ${rate} addresses a minute`, limited: true };
    } catch (error) {
      if (error instanceof FleetblockError && error.code === 'INVALID_ARGUMENT')
        return refuseAll(reports, error.message);
      this.#deps.log.warn(
        { source, actor: by.actor, reason: messageOf(error) },
        'reports wait: they could not be taken',
      );
      const problem = error instanceof FleetblockError ? error.message : 'the controller could not store it';
      return { ...NOTHING, retryMs: RETRY_MS, problem };
    }
  }

  /** @throws FleetblockError INVALID_ARGUMENT: it is not a source; what the store throws */
  async #decide(reports: Reports, policy: DetectorPolicy | undefined, by: By): Promise<ReportsAnswer> {
    const { source, rows } = reports;
    assertSource(source);
    if (by.host && kindOf(source) === HOOK)
      return refuseAll(reports, `${source} is a webhook's: no host reports under it`);
    if (!policy) return refuseAll(reports, noPolicy(source, this.policies.unreadable(source)));
    this.#deps.assertOpen();
    return { ...NOTHING, judged: rows.length, refused: await this.#apply(reports, policy, by) };
  }

  async #apply({ source, rows }: Reports, policy: DetectorPolicy, by: By): Promise<ReportsAnswer['refused']> {
    const { store, clock, registry } = this.#deps;
    const nowMs = clock.wallMs();
    let look: GuardLook | undefined;
    const refused: RefusedReport[] = [];
    const taken: (ReportedRow & { readonly row: number })[] = [];
    for (const [row, { prefix: text, ttlMs, unban, reason: why }] of rows.entries()) {
      const prefix = addressOf(text);
      if (typeof prefix === 'string') {
        refused.push({ row, reason: prefix });
        continue;
      }
      if (!unban) {
        look ??= this.#lookOf(by);
        const reason = look.refusal(prefix, 'block') ?? this.#reachedFrom(prefix) ?? this.#allowedBy(prefix);
        if (reason !== undefined) {
          refused.push({ row, reason, ofFleet: true });
          continue;
        }
      }
      const lifeMs = ttlMs > 0 ? Math.min(ttlMs, policy.maxDurationMs) : policy.maxDurationMs;
      taken.push({
        row,
        prefix,
        untilMs: unban ? undefined : nowMs + lifeMs,
        reason: why ? `${source}: ${why}` : undefined,
      });
    }
    if (taken.length === 0) return refused;
    const selector = by.host && beyondOf(policy, by.host);
    const who = by.host ? `reported by ${by.host.name}` : 'reported by a webhook';
    const { outcomes } = await store.applyReports({
      ...attribution(by, `${source}: ${look ? '' : 'no longer '}${who}`),
      origin: source,
      rows: taken,
      own: by.host ? { kind: 'hosts', names: [by.host.name] } : { kind: 'all' },
      beyond: selector && {
        selector,
        quorum: policy.quorum,
        counts: (name) => {
          const host = registry.findByName(name);
          return host?.revokedMs === 0 && selectorMatches(selector, host);
        },
      },
      share: { origins: originsOf(policy), most: policy.maxClaims },
    });
    for (const [i, { row }] of taken.entries()) {
      const reason = refusalOf(outcomes[i], policy, source);
      if (reason !== undefined) refused.push({ row, reason });
    }
    return refused;
  }

  /** Gathering the addresses of a whole fleet is too much for every message of every host; who calls meanwhile is in `calledFrom`. */
  #lookOf({ host, from }: By): GuardLook {
    if (!host) return this.#deps.guard.look(from);
    const nowMs = this.#deps.clock.monotonicMs();
    if (!this.#looked || nowMs - this.#looked.atMs >= LOOK_MS)
      this.#looked = { look: this.#deps.guard.look(), atMs: nowMs };
    return this.#looked.look;
  }

  /** An operator types a command and is gone: a detector must not ban the office meanwhile, nor the network of a host that is away. */
  #reachedFrom(prefix: Prefix): string | undefined {
    const who = this.#deps.calledFrom(formatAddress(prefix.family, prefix.address));
    if (who === undefined) return undefined;
    const name = who.startsWith('agent/') ? (this.#deps.registry.find(who.slice(6))?.name ?? who) : who;
    return `${formatPrefix(prefix)} is from where ${name} has called in the last days`;
  }

  /** What is allowed anywhere is blocked by no report, not even on other hosts: whoever allowed it knows more than a detector. */
  #allowedBy(prefix: Prefix): string | undefined {
    const nowMs = this.#deps.clock.wallMs();
    for (const { entries } of this.#deps.allowed.layers()) {
      const around = entries.covering(prefix).find(({ expiresMs }) => !hasEnded(expiresMs, nowMs));
      if (around)
        return `${formatPrefix(prefix)} is allowed, by ${formatPrefix(entries.prefixAt(prefix.family, around.row))}`;
      if (prefix.length === 64 && prefix.family === 6 && entries.hasInside64(prefix))
        return `${formatPrefix(prefix)} has addresses in it that are allowed`;
    }
    return undefined;
  }
}

/** The address, or why it is none. */
function addressOf(text: string): Prefix | string {
  try {
    const prefix = parsePrefix(text);
    const { family, length } = prefix;
    if (family === 4 ? length === 32 : length === 128 || length === 64) return prefix;
    return `${formatPrefix(prefix)} is a range: detectors report addresses, or a /64 of IPv6`;
  } catch (error) {
    return messageOf(error);
  }
}

function refusalOf(outcome: ReportOutcome | undefined, policy: DetectorPolicy, source: string): string | undefined {
  if (outcome === 'FULL')
    return `this reporter has its share of the ${policy.maxClaims} addresses of ${policy.pattern}: fleetblock detector set ${policy.pattern} --max-claims N`;
  // NOT_FOUND is no refusal: what a detector ends has mostly ended by itself, moments before.
  return outcome === 'OTHERS'
    ? `an operator blocks it as ${source}: fleetblock unblock --origin ${source} ends that`
    : undefined;
}

/** Names the command that an operator types. `unreadable`: the pattern of a policy that is there. */
function noPolicy(source: string, unreadable: string | undefined): string {
  if (unreadable !== undefined)
    return `this controller cannot read the policy of ${unreadable}: an admin sets it again with fleetblock detector set '${unreadable}' --scope fleet`;
  return `no policy lets ${source} block: an admin makes one with fleetblock detector set ${source} --scope fleet`;
}

function refuseAll({ rows }: Reports, reason: string): ReportsAnswer {
  return { ...NOTHING, judged: rows.length, refused: rows.map((_row, row) => ({ row, reason })) };
}
