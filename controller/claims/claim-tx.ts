// What the law of claims asks of a store, inside one transaction. A store implements this and holds no rule; the law runs on it and
// knows no database.
import type { Slot } from '../../common/action.ts';
import type { PackedEntries } from '../../common/entries/packed.ts';
import type { Family, Prefix } from '../../common/text/prefix.ts';
import type { ChangeTx } from '../store/port/transaction.ts';
import type { Claim, ClaimKey } from './claim.ts';
import type { ConfirmationRecord, Waiting } from './confirmation.ts';
import type { LayerKey } from './layers.ts';
import type { Steps } from './steps.ts';

/** A transaction that changes what hosts hold. */
export interface LayerTx extends ChangeTx {
  /** Rows of a layer that are set or gone: followers get them with the revision. */
  touch(layer: LayerKey, sets: PackedEntries<'unix'>, deletes: PackedEntries): void;
}

/** Single claims and the changes of them that wait to be confirmed. */
export interface ClaimTx extends LayerTx {
  /** All claims on exactly this prefix, also those that have ended. */
  on(prefix: Prefix, slot: Slot): Steps<readonly Claim[]>;
  /** Claims that end at or before `byMs` (Unix milliseconds), the first to end first. */
  ended(byMs: number, limit: number): Steps<readonly Claim[]>;
  /** How many different prefixes an actor's plain blocks have, by length: of those shorter than COUNTED_BITS (width.ts). */
  wideBlocks(actor: string, family: Family): Steps<readonly { length: number; prefixes: number }[]>;
  /**
   * How many blocks of an origin, or of all that begin with `fail2ban:`, are of one host each or have the selector `own`; and how many have
   * `own`.
   */
  reported(origins: string, own: string): Steps<{ readonly all: number; readonly mine: number }>;
  /** Replaces the claim of the same key. */
  save(claim: Claim): void;
  delete(key: ClaimKey): void;

  confirmation(id: string): Steps<ConfirmationRecord | undefined>;
  /** Those that wait and whose deadline is at or before `byMs`, the first one first. */
  due(byMs: number, limit: number): Steps<readonly ConfirmationRecord[]>;
  /** Claims of a confirmation that still wait. */
  waitingOf(id: string): Steps<readonly Waiting[]>;
  waitingOn(key: ClaimKey): Steps<Waiting | undefined>;
  saveConfirmation(record: ConfirmationRecord): void;
  /** Those that were decided before `beforeMs` (Unix milliseconds). */
  forgetConfirmations(beforeMs: number): void;
  /** Takes the place of another change that waits for the same claim. */
  saveWaiting(id: string, waiting: Waiting): void;
  dropWaiting(key: ClaimKey): void;
}
