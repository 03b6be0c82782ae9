// The policies of detectors, as operators declare them, and what was reported under each.

import { FleetblockError, messageOf } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import type { Attribution } from '../claims/attribution.ts';
import type { Store } from '../store/store.ts';
import { checkedPolicy, type DetectorPolicy, NO_POLICY, policyFor, policySchema } from './policy.ts';

/** A policy and what became of reports under it since this controller started. */
export interface Detector {
  readonly policy: DetectorPolicy;
  readonly taken: number;
  readonly refused: number;
  /** Empty: none was refused. */
  readonly lastRefusal: string;
}

type Counts = Omit<Detector, 'policy'>;

const KIND = 'detector';
const NONE: Counts = { taken: 0, refused: 0, lastRefusal: '' };

/** In memory, written through to the store. */
export class Policies {
  readonly #store: Pick<Store, 'changeSettings'>;
  readonly #policies = new Map<string, DetectorPolicy>();
  /** Stored, and not understood. */
  readonly #unread = new Set<string>();
  readonly #counts = new Map<string, Counts>();

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

  /** By pattern. */
  list(): Detector[] {
    return [...this.#policies.values()]
      .toSorted((a, b) => (a.pattern < b.pattern ? -1 : 1))
      .map((policy) => ({ policy, ...(this.#counts.get(policy.pattern) ?? NONE) }));
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
    this.#policies.set(pattern, checked);
    this.#unread.delete(pattern);
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

  /** `refusal`: undefined when none was refused. */
  count({ pattern }: DetectorPolicy, taken: number, refused: number, refusal: string | undefined): void {
    const before = this.#counts.get(pattern) ?? NONE;
    this.#counts.set(pattern, {
      taken: before.taken + taken,
      refused: before.refused + refused,
      lastRefusal: refusal ?? before.lastRefusal,
    });
  }
}
