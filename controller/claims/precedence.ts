// What several claims on one prefix (same action) amount to. Used by the store for one layer and by views across layers.

export interface Effect {
  /** Count, never drop. */
  readonly monitor: boolean;
  /** Milliseconds on the caller's clock; 0 for no end. */
  readonly expiresMs: number;
}

/** A block wins over monitor-only; among equals the latest end wins. The one that loses has no say in the end. */
export function stronger(a: Effect | undefined, b: Effect): Effect {
  if (a === undefined) return b;
  if (a.monitor !== b.monitor) return a.monitor ? b : a;
  return { monitor: a.monitor, expiresMs: laterEnd(a.expiresMs, b.expiresMs) };
}

/** 0 is no end, later than any. */
export function laterEnd(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : Math.max(a, b);
}

export function hasEnded(expiresMs: number, nowMs: number): boolean {
  return expiresMs !== 0 && expiresMs <= nowMs;
}
