// A block that is there already keeps its end when it is later than the one asked for: that has to be said.

import { formatDuration } from '../../../common/text/duration.ts';
import { MANUAL } from '../../../common/text/origin.ts';
import type { ChangeReply__Output } from '../../../proto/gen/fleetblock/v1/ChangeReply.ts';
import { selectorText } from '../../output/claims/claim.ts';
import { relative } from '../../output/text.ts';
import type { OperatorClient } from '../../services/operator-client.ts';

/** Prefixes that are looked after; of more, the first. */
const MAX_ASKED = 10;
/** Shorter differences are the time that passed, milliseconds. */
const SLACK_MS = 2000;

/** The end that the operator asked for, to be compared with the one that the claim has now. */
export interface AskedEnd {
  readonly action: 'ACTION_BLOCK' | 'ACTION_ALLOW';
  /** Canonical text of the target. */
  readonly selector: string;
  /** Milliseconds to live. */
  readonly ttlMs: number;
  readonly now: number;
}

/** For stderr. */
export async function keptEnds(client: OperatorClient, reply: ChangeReply__Output, asked: AskedEnd): Promise<string[]> {
  const there = reply.outcomes.filter(({ change }) => change === 'UNCHANGED' || change === 'UPDATED');
  const notes: string[] = [];
  for (const { prefix } of there.slice(0, MAX_ASKED))
    for await (const claims of client.listEntries({
      prefix,
      overlap: 'COVERING',
      origin: MANUAL,
      action: asked.action,
    }))
      for (const claim of claims) {
        const end = Number(claim.expiresAtMs);
        if (claim.prefix !== prefix || selectorText(claim) !== asked.selector) continue;
        if (end !== 0 && end <= asked.now + asked.ttlMs + SLACK_MS) continue;
        const ends = end === 0 ? 'ends never' : `ends ${relative(end, asked.now)}`;
        notes.push(
          `${prefix} ${ends} (kept, longer than ${formatDuration(asked.ttlMs)}): unblock it first to shorten it`,
        );
      }
  return notes;
}
