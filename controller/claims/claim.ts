// A claim: what one origin says about one prefix, for the hosts of one selector; and what a later statement makes of an earlier one.
import { type Action, type Slot, slotOf } from '../../common/action.ts';
import { hasEnded, laterEnd, stronger } from '../../common/precedence.ts';
import { formatPrefix, type Prefix } from '../../common/text/prefix.ts';
import { formatSelector, type Selector } from '../../common/text/selector.ts';

/** What a claim is unique by. */
export interface ClaimKey {
  readonly prefix: Prefix;
  readonly slot: Slot;
  /** `manual`, `crowdsec`, `list:NAME`... */
  readonly origin: string;
  readonly selector: Selector;
}

/** What a caller says with a claim. It travels as one value: requests, changes that wait and stores carry whatever fields it has. */
export interface Statement {
  readonly action: Action;
  readonly reason: string;
  /** Unix milliseconds; 0 for no end. */
  readonly expiresMs: number;
}

/** A statement as it is asked for: of fields that are left out, what NOTHING_SAID has. */
export type Said = Pick<Statement, 'action' | 'reason' | 'expiresMs'> & Partial<Statement>;

/** What is said where nothing is. */
export const NOTHING_SAID: Statement = { action: 'block', reason: '', expiresMs: 0 };

/** One origin's statement about one prefix. Its action takes one slot of the key. */
export interface Claim extends Omit<ClaimKey, 'slot'>, Statement {
  /** Who made it or changed it last. */
  readonly actor: string;
  /** Unix milliseconds. */
  readonly createdMs: number;
}

/** The key of a claim. */
export function keyOf({ prefix, action, origin, selector }: Claim): ClaimKey {
  return { prefix, slot: slotOf(action), origin, selector };
}

/** One text per key, for maps. */
export function keyText({ prefix, slot, origin, selector }: ClaimKey): string {
  return `${formatPrefix(prefix)} ${slot} ${origin} ${formatSelector(selector)}`;
}

/** The claim of this key, among claims on its prefix and slot. */
export function claimOf(
  claims: readonly Claim[],
  { origin, selector }: Pick<ClaimKey, 'origin' | 'selector'>,
): Claim | undefined {
  const wanted = formatSelector(selector);
  return claims.find((claim) => claim.origin === origin && formatSelector(claim.selector) === wanted);
}

/** Repeating a statement is no change: it makes no revision. */
export function sameStatement(a: Statement, b: Statement): boolean {
  return a.action === b.action && a.reason === b.reason && a.expiresMs === b.expiresMs;
}

/**
 * What a statement makes of the one that stands: an end is extended and never shortened, an empty reason keeps the earlier one, and a
 * weaker statement changes nothing. `live` undefined: none stands.
 */
export function restated(live: Statement | undefined, asked: Said): Statement {
  const said: Statement = { ...NOTHING_SAID, ...asked };
  const { action, expiresMs } = stronger(live, said);
  const weaker = live !== undefined && action !== said.action;
  return { action, reason: weaker ? live.reason : said.reason || live?.reason || '', expiresMs };
}

/**
 * What holds while a claim waits to be confirmed: its end is the deadline, so that it ends by itself in every kernel. What stands already
 * is never shortened.
 * @returns undefined when there is nothing to wait for: it ends before anyway, or has the effect that is asked for
 */
export function provisional(live: Claim | undefined, wanted: Claim, deadlineMs: number): Claim | undefined {
  if (hasEnded(wanted.expiresMs, deadlineMs)) return undefined;
  if (!live || live.action !== wanted.action) return { ...wanted, expiresMs: deadlineMs };
  if (live.expiresMs === wanted.expiresMs) return undefined;
  const expiresMs = laterEnd(live.expiresMs, deadlineMs);
  return expiresMs === live.expiresMs ? live : { ...wanted, expiresMs };
}
