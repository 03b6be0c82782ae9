// What holds when several say something about one address: shared by claims, views, agents and `check`. The kernel's look-up
// (bpf/lookup.h) keeps the same, and test/datapath/model/precedence.test.ts compares it with this.
import { ACTIONS, type Action } from './action.ts';

/** What a claim, or a row of a table, does. */
export interface Effect {
  readonly action: Action;
  /** Milliseconds on the caller's clock; 0 for no end. */
  readonly expiresMs: number;
}

/** `clear`: not listed. `allow`: listed, and passed by an allow entry. `monitor`: listed to be counted only. */
export type Verdict = 'clear' | (typeof ACTIONS)[Action]['verdict'];

/** Of two actions of one slot. */
export function outranks(a: Action, b: Action): boolean {
  return ACTIONS[a].strength > ACTIONS[b].strength;
}

/**
 * On one prefix, of one slot: the action that outranks the other wins; among equals the latest end wins. The one that loses has no say in
 * the end.
 */
export function stronger(a: Effect | undefined, b: Effect): Effect {
  if (a === undefined) return b;
  if (a.action !== b.action) return outranks(a.action, b.action) ? a : b;
  return { action: a.action, expiresMs: laterEnd(a.expiresMs, b.expiresMs) };
}

/**
 * On one address, whatever the lengths of the prefixes that cover it: among what is listed the action that outranks the others wins, and
 * any allow entry over all of them. What has ended says nothing. Both lists have the longest prefix first: of several that decide alike, it is the one that is named.
 * @param allowed allow entries, asked for when something is listed
 */
export function decide<E extends Effect>(
  listed: readonly E[],
  allowed: () => readonly E[],
  nowMs: number,
): { readonly verdict: Verdict; readonly by: E | undefined } {
  const live = (each: E) => !hasEnded(each.expiresMs, nowMs);
  const by = listed
    .filter(live)
    .reduce<E | undefined>((best, each) => (best && !outranks(each.action, best.action) ? best : each), undefined);
  if (!by) return { verdict: 'clear', by };
  const allow = allowed().find((each) => live(each) && ACTIONS[each.action].enforced);
  return allow ? { verdict: 'allow', by: allow } : { verdict: ACTIONS[by.action].verdict, by };
}

/** 0 is no end, later than any. */
export function laterEnd(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : Math.max(a, b);
}

/** At its end something has ended. `expiresMs` 0: never. */
export function hasEnded(expiresMs: number, nowMs: number): boolean {
  return expiresMs !== 0 && expiresMs <= nowMs;
}
