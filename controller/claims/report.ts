// What a detector on one host reports: that host's own claims, and the claim for more hosts that follows from what enough of them say. Both
// change in one transaction, so that a host takes away what it said itself and nothing else.

import { hasEnded } from '../../common/precedence.ts';
import type { Revision } from '../../common/revision.ts';
import type { Prefix } from '../../common/text/prefix.ts';
import { formatSelector, type Selector } from '../../common/text/selector.ts';
import type { Attribution } from './attribution.ts';
import { type Claim, type ClaimKey, claimOf, keyOf, restated, sameStatement } from './claim.ts';
import type { ClaimTx } from './claim-tx.ts';
import type { Steps } from './steps.ts';
import { TouchedKeys } from './touched-keys.ts';

/** One address, and until when: Unix milliseconds. Undefined: it is over. */
export interface ReportedRow {
  readonly prefix: Prefix;
  readonly untilMs: number | undefined;
  /** Default: that of all. */
  readonly reason?: string | undefined;
}

/** Reports of one source by one reporter, each prefix once. */
export interface ApplyReports extends Attribution {
  readonly origin: string;
  readonly rows: readonly ReportedRow[];
  /** What the reporter says holds here: on its host alone, or on all hosts of a door that has none. */
  readonly own: Selector;
  readonly beyond?: Beyond | undefined;
  readonly share: Share;
}

/** Where it holds as well, once `quorum` hosts report it; `counts`: whether a host of that name is one of them. */
export interface Beyond {
  readonly selector: Selector;
  readonly quorum: number;
  readonly counts: (hostName: string) => boolean;
}

/** How much of a policy one reporter may use. */
export interface Share {
  /** Origins that count together: one, or all that begin with a kind's `fail2ban:`. */
  readonly origins: string;
  /** Reported addresses of all of them. */
  readonly most: number;
}

/** NOT_FOUND: it is over, and nothing of it stands. OTHERS: what stands was not said by a reporter. FULL: the reporter has its share already. */
export type ReportOutcome = 'ADDED' | 'UPDATED' | 'UNCHANGED' | 'REMOVED' | 'NOT_FOUND' | 'OTHERS' | 'FULL';

/** One outcome per row, in their order. */
export interface ReportResult {
  /** That holds the change, or the head when nothing changed. */
  readonly revision: Revision;
  readonly outcomes: readonly ReportOutcome[];
}

/** How hosts are named as actors. */
const HOST = 'agent/';
/** Said again, an end is later by what the clocks and the network make of it, milliseconds: that is no change. */
const DRIFT_MS = 2000;

/** An end is extended and never shortened by a report, as by any other statement. */
export function* applyReports(tx: ClaimTx, request: ApplyReports): Steps<ReportResult> {
  const { origin, own, beyond, share, actor } = request;
  const touched = new TouchedKeys();
  const outcomes: ReportOutcome[] = [];
  let room: number | undefined;
  /** Read once per row: on its prefix. */
  let there: readonly Claim[] = [];
  const without = (key: ClaimKey) => there.filter((each) => claimOf([each], key) === undefined);
  const save = (claim: Claim) => {
    tx.save(claim);
    touched.touched(keyOf(claim));
    there = [...without(keyOf(claim)), claim];
  };
  const end = (claim: Claim) => {
    tx.delete(keyOf(claim));
    tx.dropWaiting(keyOf(claim));
    touched.touched(keyOf(claim));
    there = without(keyOf(claim));
  };
  for (const { prefix, untilMs, reason = request.reason } of request.rows) {
    yield;
    there = yield* tx.on(prefix, 'block');
    const present = claimOf(there, { origin, selector: own });
    const live = present && !hasEnded(present.expiresMs, tx.nowMs) ? present : undefined;
    const others = live && !alike(live.actor, actor) ? live : undefined;
    if (untilMs === undefined) {
      outcomes.push(others ? 'OTHERS' : present ? 'REMOVED' : 'NOT_FOUND');
      if (!present || others) continue;
      end(present);
    } else {
      if (!live) room ??= yield* roomOf(tx, share, own);
      if (!live && room !== undefined && room <= 0) {
        outcomes.push('FULL');
        continue;
      }
      const expiresMs = live && Math.abs(untilMs - live.expiresMs) < DRIFT_MS ? live.expiresMs : untilMs;
      const said = restated(live, { action: 'block', reason: others ? '' : reason, expiresMs });
      const same = live !== undefined && sameStatement(live, said);
      const by = others?.actor ?? actor;
      if (!same) save({ prefix, origin, selector: own, actor: by, createdMs: live?.createdMs ?? tx.nowMs, ...said });
      // One more of its own is one less that is free: the room shrinks by both.
      if (!live && room !== undefined) room -= own.kind === 'hosts' ? 2 : 1;
      outcomes.push(same ? 'UNCHANGED' : live ? 'UPDATED' : 'ADDED');
    }
    if (beyond) {
      const wide = claimOf(there, { origin, selector: beyond.selector });
      const claim = wideOf(wide, supportOf(there, origin, beyond, tx.nowMs), beyond.selector, tx.nowMs);
      if (wide && !claim) end(wide);
      if (claim && claim !== wide) save(claim);
    }
    // Under an earlier policy it may have held elsewhere.
    if (untilMs === undefined) for (const claim of unsupported(there, origin)) end(claim);
  }
  const ban = request.rows.some(({ untilMs }) => untilMs !== undefined);
  const revision = yield* touched.commit(tx, request, { verb: ban ? 'block' : 'unblock', head: `${origin}: ` });
  return { revision, outcomes };
}

/** Are both hosts, or both the same kind of door? What a person or a key says under the source's origin, no report takes away. */
function alike(actor: string, reporter: string): boolean {
  return actor.slice(0, actor.indexOf('/')) === reporter.slice(0, reporter.indexOf('/'));
}

/** The reports that make up a quorum, the last to end first; undefined: too few hosts say so. */
function supportOf(claims: readonly Claim[], origin: string, { quorum, counts }: Beyond, nowMs: number) {
  const reports = claims
    .filter(
      ({ selector, ...claim }) =>
        claim.origin === origin &&
        claim.action === 'block' &&
        selector.kind === 'hosts' &&
        selector.names.length === 1 &&
        selector.names.every(counts) &&
        !hasEnded(claim.expiresMs, nowMs),
    )
    .sort((a, b) => (b.expiresMs || Number.POSITIVE_INFINITY) - (a.expiresMs || Number.POSITIVE_INFINITY) || 0)
    .slice(0, quorum);
  return reports.length === quorum ? reports : undefined;
}

/** What holds beyond the hosts: it ends with the report that is needed and ends first, and names one that supports it. Undefined: nothing. */
function wideOf(wide: Claim | undefined, support: readonly Claim[] | undefined, selector: Selector, nowMs: number) {
  const others = wide && !alike(wide.actor, HOST) && !hasEnded(wide.expiresMs, nowMs) ? wide : undefined;
  const last = support?.at(-1);
  if (!last) return others;
  const { expiresMs } = last;
  if (others) {
    const said = restated(others, { action: 'block', reason: '', expiresMs });
    return sameStatement(others, said) ? others : { ...others, ...said };
  }
  const isSame = wide?.expiresMs === expiresMs && support?.some(({ actor }) => actor === wide.actor);
  return isSame ? wide : { ...last, selector, createdMs: wide?.createdMs ?? nowMs };
}

/** What hosts brought about that no host reports any more. */
function unsupported(claims: readonly Claim[], origin: string): Claim[] {
  const own = claims.filter((claim) => claim.origin === origin && alike(claim.actor, HOST));
  return own.some(({ selector }) => selector.kind === 'hosts') ? [] : own;
}

/** A host may have as many as are still free, so that no host takes what others need: alone it gets half of all. */
function* roomOf(tx: ClaimTx, { origins, most }: Share, own: Selector): Steps<number> {
  const { all, mine } = yield* tx.reported(origins, formatSelector(own));
  const free = most - all;
  return own.kind === 'hosts' ? free - mine : free;
}
