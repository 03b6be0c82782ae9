// How often an agent speaks and how long it waits: what Welcome says, within what any controller has a use for. A timer of more than
// 2^31 ms would go off at once, again and again.
import type { Welcome__Output } from '../../proto/gen/fleetblock/v1/Welcome.ts';

/** All in milliseconds. */
export interface Pace {
  readonly statusIntervalMs: number;
  readonly silenceLimitMs: number;
  /** 0: as the agent thinks. */
  readonly reconnectLimitMs: number;
}

/** Until Welcome has said otherwise. */
export const FIRST_SILENCE_LIMIT_MS = 15_000;

const STATUS = { least: 100, usual: 5000, most: 60_000 } as const;
const SILENCE = { least: 1000, usual: FIRST_SILENCE_LIMIT_MS, most: 300_000 } as const;
/** 300,000 hosts at 2 ms each. */
const RECONNECT = { least: 1000, usual: 0, most: 600_000 } as const;

/** Brings what the controller said within sane bounds; 0 (not said) becomes the usual value. */
export function paceOf({ statusIntervalMs, silenceLimitMs, reconnectLimitMs }: Welcome__Output): Pace {
  return {
    statusIntervalMs: within(statusIntervalMs, STATUS),
    silenceLimitMs: within(silenceLimitMs, SILENCE),
    reconnectLimitMs: within(reconnectLimitMs, RECONNECT),
  };
}

/** 0: not said. */
function within(
  said: number,
  bounds: { readonly least: number; readonly usual: number; readonly most: number },
): number {
  return said === 0 ? bounds.usual : Math.min(bounds.most, Math.max(bounds.least, said));
}
