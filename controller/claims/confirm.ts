// Confirming a change that waits: its claims get the end that was asked for.
import { FleetblockError } from '../../common/errors.ts';
import { formatDuration } from '../../common/text/duration.ts';
import type { ClaimOutcome } from './change.ts';
import { claimOf, restated, sameStatement } from './claim.ts';
import type { ClaimTx } from './claim-tx.ts';
import type { ConfirmationRecord, Confirming, ConfirmResult, Waiting } from './confirmation.ts';
import type { Steps } from './steps.ts';
import { TouchedKeys } from './touched-keys.ts';

/** @throws FleetblockError NOT_FOUND, FAILED_PRECONDITION (it no longer waits), PERMISSION_DENIED (not `mayForce`, not for that `origin`) */
export function* confirmChange(tx: ClaimTx, id: string, { mayForce, origin, ...by }: Confirming): Steps<ConfirmResult> {
  const found = yield* tx.confirmation(id);
  const waiting = yield* tx.waitingOf(id);
  assertWaits(id, found, waiting, tx.nowMs);
  if (found.forced && !mayForce)
    throw new FleetblockError('PERMISSION_DENIED', 'only an admin may confirm what overrides the guard');
  const other = origin === undefined ? undefined : waiting.find((each) => each.origin !== origin);
  if (other)
    throw new FleetblockError(
      'PERMISSION_DENIED',
      `${by.actor} changes nothing but what is of the origin ${origin}, and ${id} is of ${other.origin}`,
    );
  if (origin !== undefined && waiting.some(({ slot }) => slot === 'allow'))
    throw new FleetblockError(
      'PERMISSION_DENIED',
      `${by.actor} is bound to the origin ${origin} and may not confirm what allows: that passes what other origins block`,
    );
  const touched = new TouchedKeys();
  const outcomes: ClaimOutcome[] = [];
  for (const { final, former: _former, ...key } of waiting) {
    const claim = claimOf(yield* tx.on(key.prefix, key.slot), key);
    // Ended by itself a moment ago, by this machine's clock or another's: confirmed is confirmed.
    const confirmed = claim ? { ...claim, ...restated(claim, final) } : final;
    if (claim && sameStatement(claim, confirmed)) {
      touched.named(key);
      outcomes.push('UNCHANGED');
    } else {
      tx.save(confirmed);
      touched.touched(key);
      outcomes.push('UPDATED');
    }
    yield;
  }
  tx.saveConfirmation({ ...found, state: 'confirmed', decidedMs: tx.nowMs });
  const revision = yield* touched.commit(tx, by, { verb: 'confirm', head: `${id}: ` });
  return { revision, outcomes, prefixes: waiting.map(({ prefix }) => prefix), targets: touched.targets };
}

/** @throws FleetblockError NOT_FOUND, FAILED_PRECONDITION: it no longer waits, with what became of it */
function assertWaits(
  id: string,
  found: ConfirmationRecord | undefined,
  waiting: readonly Waiting[],
  nowMs: number,
): asserts found is ConfirmationRecord {
  if (!found)
    throw new FleetblockError(
      'NOT_FOUND',
      `nothing waits to be confirmed as ${JSON.stringify(id.slice(0, 40))}: see fleetblock confirm`,
    );
  const { state, deadlineMs, decidedMs } = found;
  const ago = (ms: number) => `${formatDuration(Math.max(0, nowMs - ms))} ago`;
  if (state === 'confirmed')
    throw new FleetblockError('FAILED_PRECONDITION', `${id} was confirmed already, ${ago(decidedMs)}`);
  if (state === 'undone' || (state === 'waiting' && deadlineMs <= nowMs))
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      `too late: ${id} was undone ${ago(deadlineMs)}, as nobody had confirmed it: make the change again`,
    );
  if (state === 'replaced' || waiting.length === 0)
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      `nothing of ${id} is left to confirm: its prefixes were unblocked, or a later change of them waits: see fleetblock confirm`,
    );
}
