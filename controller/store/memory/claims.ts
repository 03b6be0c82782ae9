// Claims in memory, for tests: ClaimTx over maps.
import { slotOf } from '../../../common/action.ts';
import { formatPrefix } from '../../../common/text/prefix.ts';
import { formatSelector } from '../../../common/text/selector.ts';
import { type Claim, keyOf, keyText } from '../../claims/claim.ts';
import type { ClaimTx } from '../../claims/claim-tx.ts';
import type { ConfirmationRecord, Waiting } from '../../claims/confirmation.ts';
import { COUNTED_BITS } from '../../claims/guard/width.ts';
import { ready } from '../../claims/steps.ts';
import type { MemoryChange } from './change.ts';

/** By the text of the key, or the id of the confirmation. */
export class MemoryClaims {
  readonly claims: Map<string, Claim>;
  readonly confirmations: Map<string, ConfirmationRecord>;
  readonly waiting: Map<string, Waiting & { readonly id: string }>;

  /** A copy of `from`: later changes of one do not touch the other. */
  constructor(from?: MemoryClaims) {
    this.claims = new Map(from?.claims);
    this.confirmations = new Map(from?.confirmations);
    this.waiting = new Map(from?.waiting);
  }

  /** Runs as a part of `change`. */
  tx(change: MemoryChange): ClaimTx {
    const { claims, confirmations, waiting } = this;
    const all = () => [...claims.values()];
    return {
      nowMs: change.nowMs,
      revise: () => change.revise(),
      head: () => change.head(),
      touch: (layer, sets, deletes) => change.touch(layer, sets, deletes),
      audit: (entry, about) => change.audit(entry, about),
      on: (prefix, slot) => {
        const wanted = formatPrefix(prefix);
        return ready(all().filter((claim) => slotOf(claim.action) === slot && formatPrefix(claim.prefix) === wanted));
      },
      ended: (byMs, limit) =>
        ready(
          all()
            .filter(({ expiresMs }) => expiresMs > 0 && expiresMs <= byMs)
            .sort((a, b) => a.expiresMs - b.expiresMs)
            .slice(0, limit),
        ),
      wideBlocks: (actor, family) => {
        const wide = all().filter(
          (claim) =>
            claim.actor === actor &&
            claim.action === 'block' &&
            claim.prefix.family === family &&
            claim.prefix.length < COUNTED_BITS[family],
        );
        const byLength = Map.groupBy(wide, ({ prefix }) => prefix.length);
        return ready(
          [...byLength].map(([length, found]) => ({
            length,
            prefixes: new Set(found.map(({ prefix }) => formatPrefix(prefix))).size,
          })),
        );
      },
      reported: (origins, own) => {
        const found = all().filter(
          ({ action, origin, selector }) =>
            slotOf(action) === 'block' &&
            (origins.endsWith(':') ? origin.startsWith(origins) : origin === origins) &&
            (formatSelector(selector) === own || (selector.kind === 'hosts' && selector.names.length === 1)),
        );
        const mine = found.filter(({ selector }) => formatSelector(selector) === own);
        return ready({ all: found.length, mine: mine.length });
      },
      save: (claim) => {
        claims.set(keyText(keyOf(claim)), claim);
      },
      delete: (key) => {
        claims.delete(keyText(key));
      },
      confirmation: (id) => ready(confirmations.get(id)),
      due: (byMs, limit) =>
        ready(
          [...confirmations.values()]
            .filter(({ state, deadlineMs }) => state === 'waiting' && deadlineMs <= byMs)
            .sort((a, b) => a.deadlineMs - b.deadlineMs || (a.id < b.id ? -1 : 1))
            .slice(0, limit),
        ),
      waitingOf: (id) => ready([...waiting.values()].filter((each) => each.id === id)),
      waitingOn: (key) => ready(waiting.get(keyText(key))),
      saveConfirmation: (record) => {
        confirmations.set(record.id, record);
        if (record.state === 'waiting') return;
        for (const [key, { id }] of waiting) if (id === record.id) waiting.delete(key);
      },
      forgetConfirmations: (beforeMs) => {
        for (const [id, { state, decidedMs }] of confirmations)
          if (state !== 'waiting' && decidedMs < beforeMs) confirmations.delete(id);
      },
      saveWaiting: (id, each) => {
        waiting.set(keyText(each), { ...each, id });
      },
      dropWaiting: (key) => {
        waiting.delete(keyText(key));
      },
    };
  }
}
