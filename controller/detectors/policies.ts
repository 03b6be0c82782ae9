// The policies of detectors, as operators declare them, and what was reported under each.

import { FleetblockError, messageOf } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import type { Attribution } from '../claims/attribution.ts';
import type { Store } from '../store/store.ts';
import type { ReportCounts } from './metrics.ts';
import { checkedPolicy, type DetectorPolicy, kindPattern, NO_POLICY, policyFor, policySchema } from './policy.ts';

/** A policy and what became of reports under it since this controller started, or of a source that has none. */
export interface Detector extends ReportCounts {
  /** `scope` is NO_SCOPE or UNREADABLE where there is none that counts: reports are refused. */
  readonly policy: DetectorPolicy;
  /** Empty: none was refused. */
  readonly lastRefusal: string;
  /** Empty: none had to wait. */
  readonly lastDelay: string;
}

type Counts = Omit<Detector, 'policy'>;

/** Of one message; `lastRefusal`, `lastDelay`: undefined when none was. */
type News = ReportCounts & { readonly [of in 'lastRefusal' | 'lastDelay']: string | undefined };

const KIND = 'detector';
const NONE: Counts = { taken: 0, refused: 0, delayed: 0, lastRefusal: '', lastDelay: '' };
const NO_SCOPE = 'none';
const UNREADABLE = 'unreadable';
/** Sources without a policy that are counted because of one reporter: enough for what is set up, and a bound for a host that makes up names. */
const MOST_WITHOUT = 20;

/** In memory, written through to the store. */
export class Policies {
  readonly #store: Pick<Store, 'changeSettings'>;
  readonly #policies = new Map<string, DetectorPolicy>();
  /** Stored, and not understood. */
  readonly #unread = new Set<string>();
  /** By pattern; of those without a policy by source. */
  readonly #counts = new Map<string, Counts>();
  /** By reporter: how many sources without a policy it was the first to report under. */
  readonly #broughtIn = new Map<string, number>();

  private constructor(store: Pick<Store, 'changeSettings'>) {
    this.#store = store;
  }

  /** One that cannot be read, as after a downgrade, is left out: its sources block nothing until it is set again. */
  static async load(store: Pick<Store, 'settings' | 'changeSettings'>, log: Pick<Logger, 'warn'>): Promise<Policies> {
    const policies = new Policies(store);
    for (const { name, body } of await store.settings(KIND))
      try {
        policies.#policies.set(name, checkedPolicy(policySchema.parse(JSON.parse(body))));
      } catch (error) {
        policies.#unread.add(name);
        const advice = 'set it again with fleetblock detector set, or remove it with fleetblock detector rm';
        log.warn({ pattern: name, reason: messageOf(error), advice }, 'a policy of detectors cannot be read');
      }
    return policies;
  }

  /** One of its own that cannot be read is not replaced by a wider one. */
  for(source: string): DetectorPolicy | undefined {
    if (this.#unread.has(source)) return undefined;
    return policyFor(this.#policies, source);
  }

  /** The pattern of the policy for a source that has none because it cannot be read. */
  unreadable(source: string): string | undefined {
    if (this.for(source)) return undefined;
    return [source, kindPattern(source)].find((pattern) => this.#unread.has(pattern));
  }

  /** By pattern; with those that cannot be read, and sources that report without one. */
  list(): Detector[] {
    const patterns = new Set([...this.#policies.keys(), ...this.#unread, ...this.#counts.keys()]);
    return [...patterns].sort().map((pattern) => {
      const scope = this.#unread.has(pattern) ? UNREADABLE : NO_SCOPE;
      const policy = this.#policies.get(pattern) ?? { ...NO_POLICY, pattern, scope };
      return { policy, ...(this.#counts.get(pattern) ?? NONE) };
    });
  }

  /** In place of the one of the same pattern. @throws FleetblockError INVALID_ARGUMENT */
  async set(policy: DetectorPolicy, by: Attribution): Promise<DetectorPolicy> {
    const checked = checkedPolicy(policy);
    const { pattern, scope, maxDurationMs, maxClaims, rate, quorum } = checked;
    const subject = `${pattern}: ${scope}, at most ${maxDurationMs / 1000} s, ${maxClaims} addresses, ${rate} a minute, quorum ${quorum}`;
    await this.#store.changeSettings({
      sets: [{ kind: KIND, name: pattern, body: JSON.stringify(checked) }],
      audit: { ...by, verb: 'detector.set', subject },
    });
    const isNew = !this.#policies.has(pattern);
    this.#policies.set(pattern, checked);
    this.#unread.delete(pattern);
    // What was refused for want of it is over.
    if (isNew) this.#counts.delete(pattern);
    for (const key of this.#counts.keys())
      if (!this.#policies.has(key) && this.for(key) !== undefined) this.#counts.delete(key);
    return checked;
  }

  /** What was reported under it stays until its end. @throws FleetblockError NOT_FOUND */
  async remove(pattern: string, by: Attribution): Promise<DetectorPolicy> {
    const policy = this.#policies.get(pattern) ?? (this.#unread.has(pattern) ? { ...NO_POLICY, pattern } : undefined);
    if (!policy)
      throw new FleetblockError(
        'NOT_FOUND',
        `there is no policy ${JSON.stringify(pattern.slice(0, 64))}: see fleetblock detector list`,
      );
    await this.#store.changeSettings({
      deletes: [{ kind: KIND, name: pattern }],
      audit: { ...by, verb: 'detector.remove', subject: pattern },
    });
    this.#policies.delete(pattern);
    this.#unread.delete(pattern);
    this.#counts.delete(pattern);
    return policy;
  }

  /** @returns whether these are the first ones of their kind that are counted there */
  count(source: string, actor: string, news: News): { readonly firstRefused: boolean; readonly firstDelayed: boolean } {
    const policy = this.for(source);
    const key = policy?.pattern ?? this.unreadable(source) ?? source;
    const known = this.#counts.get(key);
    const before = known ?? NONE;
    const broughtIn = this.#broughtIn.get(actor) ?? 0;
    const isFirst = !policy && !this.#unread.has(key) && !known;
    if (news.taken + news.refused + news.delayed === 0 || (isFirst && broughtIn >= MOST_WITHOUT))
      return { firstRefused: false, firstDelayed: false };
    if (isFirst) this.#broughtIn.set(actor, broughtIn + 1);
    this.#counts.set(key, {
      taken: before.taken + news.taken,
      refused: before.refused + news.refused,
      delayed: before.delayed + news.delayed,
      lastRefusal: news.lastRefusal ?? before.lastRefusal,
      lastDelay: news.lastDelay ?? before.lastDelay,
    });
    return {
      firstRefused: before.refused === 0 && news.refused > 0,
      firstDelayed: before.delayed === 0 && news.delayed > 0,
    };
  }
}
