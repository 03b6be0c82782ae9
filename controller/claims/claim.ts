// A claim: what one origin says about one prefix, for the hosts of one selector.
import type { Prefix } from '../../common/text/prefix.ts';
import { formatSelector, type Selector } from '../../common/text/selector.ts';

/** On a host that has both, an allow claim wins over every block, whatever the lengths of their prefixes. */
export type ClaimAction = 'block' | 'allow';

/** One origin's statement about one prefix. Unique by (prefix, action, origin, selector). */
export interface Claim {
  readonly prefix: Prefix;
  readonly action: ClaimAction;
  /** `manual`, `crowdsec`, `list:NAME`... */
  readonly origin: string;
  readonly selector: Selector;
  readonly reason: string;
  /** Who made it or changed it last. */
  readonly actor: string;
  /** Unix milliseconds. */
  readonly createdMs: number;
  /** Unix milliseconds; 0 for no end. */
  readonly expiresMs: number;
  /** Count, never drop. */
  readonly monitor: boolean;
}

/** What a claim is unique by. */
export type ClaimKey = Pick<Claim, 'prefix' | 'action' | 'origin' | 'selector'>;

/** The claim of this key, among claims on its prefix and action. */
export function claimOf(
  claims: readonly Claim[],
  { origin, selector }: Pick<ClaimKey, 'origin' | 'selector'>,
): Claim | undefined {
  const wanted = formatSelector(selector);
  return claims.find((claim) => claim.origin === origin && formatSelector(claim.selector) === wanted);
}
