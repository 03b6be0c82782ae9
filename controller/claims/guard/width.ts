// How much of the address space one caller's plain blocks take in all: many wide prefixes cut off as much as one that is refused.
import { FleetblockError } from '../../../common/errors.ts';
import { familyBits } from '../../../common/text/prefix.ts';
import type { AddClaims } from '../change.ts';
import type { ClaimTx } from '../claim-tx.ts';
import type { Steps } from '../steps.ts';

/** Prefixes of this length or longer are not counted: a hundred thousand of them come to nothing. */
export const COUNTED_BITS = { 4: 24, 6: 48 } as const;

/**
 * To be asked after the claims of a request were saved, in the same transaction. Each prefix counts once, however many hosts and
 * origins it is said for.
 * @throws FleetblockError FAILED_PRECONDITION: it adds ranges, and all that its actor blocks is too wide
 */
export function* assertWidth(tx: ClaimTx, { action, prefixes, actor, widest }: AddClaims): Steps<void> {
  if (!widest || action !== 'block') return;
  for (const family of [4, 6] as const) {
    const counted = COUNTED_BITS[family];
    if (!prefixes.some((prefix) => prefix.family === family && prefix.length < counted)) continue;
    const bits = familyBits(family);
    let width = 0n;
    for (const { length, prefixes } of yield* tx.wideBlocks(actor, family))
      width += BigInt(prefixes) << BigInt(bits - length);
    if (width <= 2n ** BigInt(bits - widest[family])) continue;
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      `refused: all IPv${family} ranges that ${actor} blocks are wider than a /${widest[family]} together; an admin may override with --force`,
    );
  }
}
