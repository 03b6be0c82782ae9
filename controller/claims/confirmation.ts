// Changes that are undone unless somebody confirms them in time, as values.

import type { Revision } from '../../common/revision.ts';
import { formatDuration } from '../../common/text/duration.ts';
import type { Prefix } from '../../common/text/prefix.ts';
import type { Attribution } from './attribution.ts';
import type { ChangeResult } from './change.ts';
import type { Claim, ClaimKey } from './claim.ts';

/** A change that is undone unless somebody confirms it in time. */
export interface Confirmation {
  /** What is typed to confirm it. */
  readonly id: string;
  readonly actor: string;
  readonly reason: string;
  readonly createdMs: number;
  /** Unix milliseconds. */
  readonly deadlineMs: number;
  /** It overrode the guard. */
  readonly forced: boolean;
  /** Claims that wait. */
  readonly claims: readonly ClaimKey[];
}

/** Who confirms, and what they may. */
export interface Confirming extends Attribution {
  /** What overrode the guard. */
  readonly mayForce: boolean;
  /** The only origin whose claims they may change, and only those that block; undefined: any. */
  readonly origin?: string | undefined;
}

/** As it is stored: its claims apart, and what became of it. */
export interface ConfirmationRecord extends Omit<Confirmation, 'claims'> {
  /** `replaced`: nothing of it is left, as its claims were removed or wait for a later change. */
  readonly state: 'waiting' | 'confirmed' | 'undone' | 'replaced';
  /** Unix milliseconds; 0 while it waits. */
  readonly decidedMs: number;
}

/** A claim that waits: what a confirmation makes of it, and what was there before. */
export interface Waiting extends ClaimKey {
  readonly final: Claim;
  readonly former: Claim | undefined;
}

/** What became of such a change when nobody confirmed it. */
export interface Undone extends Confirmation {
  readonly revision: Revision;
}

/** What a confirmation made of the claims that waited. */
export interface ConfirmResult extends ChangeResult {
  readonly prefixes: readonly Prefix[];
}

/** The time that was asked for: some milliseconds of it have passed on the way to the store. */
export function roundedDuration(ms: number): string {
  return formatDuration(Math.max(1000, Math.round(ms / 1000) * 1000));
}
