// A claim: what one origin says about one prefix, for the hosts of one selector; and what a later statement makes of an earlier one.
import { hasEnded, laterEnd, stronger } from '../../common/precedence.ts';
import type { Prefix } from '../../common/text/prefix.ts';
import { formatSelector, type Selector } from '../../common/text/selector.ts';

/** On a host that has both, an allow claim wins over every block, whatever the lengths of their prefixes. */
export type ClaimAction = 'block' | 'allow';

/** What a claim is unique by. */
export interface ClaimKey {
  readonly prefix: Prefix;
  readonly action: ClaimAction;
  /** `manual`, `crowdsec`, `list:NAME`... */
  readonly origin: string;
  readonly selector: Selector;
}

/** What a caller says with a claim. It travels as one value: requests, changes that wait and stores carry whatever fields it has. */
export interface Statement {
  readonly reason: string;
  /** Unix milliseconds; 0 for no end. */
  readonly expiresMs: number;
  /** Count, never drop. */
  readonly monitor: boolean;
}

/** Of a caller that says nothing beside the key. */
export const NOTHING_SAID: Statement = { reason: '', expiresMs: 0, monitor: false };

/** One origin's statement about one prefix. */
export interface Claim extends ClaimKey, Statement {
  /** Who made it or changed it last. */
  readonly actor: string;
  /** Unix milliseconds. */
  readonly createdMs: number;
}

/** The claim of this key, among claims on its prefix and action. */
export function claimOf(
  claims: readonly Claim[],
  { origin, selector }: Pick<ClaimKey, 'origin' | 'selector'>,
): Claim | undefined {
  const wanted = formatSelector(selector);
  return claims.find((claim) => claim.origin === origin && formatSelector(claim.selector) === wanted);
}

/** Repeating a statement is no change: it makes no revision. */
export function sameStatement(a: Statement, b: Statement): boolean {
  return a.reason === b.reason && a.expiresMs === b.expiresMs && a.monitor === b.monitor;
}

/**
 * What a statement makes of the one that stands: an end is extended and never shortened, an empty reason keeps the earlier one, and a
 * weaker statement changes nothing. `live` undefined: none stands.
 */
export function restated(live: Statement | undefined, said: Statement): Statement {
  const { expiresMs, monitor } = stronger(live, said);
  const weaker = live !== undefined && monitor !== said.monitor;
  return { reason: weaker ? live.reason : said.reason || live?.reason || '', expiresMs, monitor };
}

/**
 * What holds while a claim waits to be confirmed: its end is the deadline, so that it ends by itself in every kernel. What stands already
 * is never shortened.
 * @returns undefined when there is nothing to wait for: it ends before anyway, or has the effect that is asked for
 */
export function provisional(live: Claim | undefined, wanted: Claim, deadlineMs: number): Claim | undefined {
  if (hasEnded(wanted.expiresMs, deadlineMs)) return undefined;
  if (!live || live.monitor !== wanted.monitor) return { ...wanted, expiresMs: deadlineMs };
  if (live.expiresMs === wanted.expiresMs) return undefined;
  const expiresMs = laterEnd(live.expiresMs, deadlineMs);
  return expiresMs === live.expiresMs ? live : { ...wanted, expiresMs };
}
