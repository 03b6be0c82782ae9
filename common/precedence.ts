// What holds when several say something about one address: shared by claims, views, agents and `check`. The kernel's look-up
// (bpf/lookup.h) keeps the same, and test/datapath/model/precedence.test.ts compares it with this.

/** What a claim, or a row of a table, does. */
export interface Effect {
  /** Count, never drop. */
  readonly monitor: boolean;
  /** Milliseconds on the caller's clock; 0 for no end. */
  readonly expiresMs: number;
}

/** `clear`: not listed. `allow`: listed, and passed by an allow entry. `monitor`: listed to be counted only. */
export type Verdict = 'clear' | 'drop' | 'allow' | 'monitor';

/**
 * On one prefix: a block wins over monitor-only; among equals the latest end wins. The one that loses has no say in the end.
 */
export function stronger(a: Effect | undefined, b: Effect): Effect {
  if (a === undefined) return b;
  if (a.monitor !== b.monitor) return a.monitor ? b : a;
  return { monitor: a.monitor, expiresMs: laterEnd(a.expiresMs, b.expiresMs) };
}

/**
 * On one address, whatever the lengths of the prefixes that cover it: any block wins over monitor-only, and any allow entry over both. What
 * has ended says nothing. Both lists have the longest prefix first: of several that decide alike, it is the one that is named.
 * @param listed blocks and monitors @param allowed allow entries, asked for when something is listed
 */
export function decide<E extends Effect>(
  listed: readonly E[],
  allowed: () => readonly E[],
  nowMs: number,
): { readonly verdict: Verdict; readonly by: E | undefined } {
  const live = (each: E) => !hasEnded(each.expiresMs, nowMs);
  const plain = (each: E) => live(each) && !each.monitor;
  const block = listed.find(plain);
  const by = block ?? listed.find(live);
  if (!by) return { verdict: 'clear', by };
  const allow = allowed().find(plain);
  if (allow) return { verdict: 'allow', by: allow };
  return { verdict: block ? 'drop' : 'monitor', by };
}

/** 0 is no end, later than any. */
export function laterEnd(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : Math.max(a, b);
}

/** At its end something has ended. `expiresMs` 0: never. */
export function hasEnded(expiresMs: number, nowMs: number): boolean {
  return expiresMs !== 0 && expiresMs <= nowMs;
}
