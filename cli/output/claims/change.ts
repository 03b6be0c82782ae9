// What became of a change, in words: the proof line for stdout, and for stderr what keeps it from being whole.
import { ACTIONS, type Action, isAction } from '../../../common/action.ts';
import { listOfOrigin } from '../../../common/text/origin.ts';
import type { ChangeReply__Output } from '../../../proto/gen/fleetblock/v1/ChangeReply.ts';
import type { Claim__Output } from '../../../proto/gen/fleetblock/v1/Claim.ts';
import type { HostOutcomes__Output } from '../../../proto/gen/fleetblock/v1/HostOutcomes.ts';
import type { PrefixOutcome__Output } from '../../../proto/gen/fleetblock/v1/PrefixOutcome.ts';
import { EXIT } from '../../exit-codes.ts';
import { hostNotes, unnamed } from '../fleet/host-notes.ts';
import { jsonInteger } from '../json.ts';
import { plural, printable, relative } from '../text.ts';
import { claimJson, selectorText } from './claim.ts';
import { confirmNote, secondsLeft } from './confirmation.ts';
import { rolloutNote } from './rollout.ts';

/** Chooses the words. `disallow` is `allow rm`; `include` takes back an exception to a list. */
export type ChangeVerb = Action | 'unblock' | 'disallow' | 'confirm' | 'include';

/** What the reply does not say and its description needs. */
export interface ChangeContext {
  readonly verb: ChangeVerb;
  /** How long the controller was asked to wait for the hosts; undefined for --no-wait. */
  readonly waitMs: number | undefined;
  readonly dryRun: boolean;
  /** It goes to hosts by name or labels, which may be mistyped. */
  readonly selects: boolean;
  /** Whose claims an unblock removes. */
  readonly origin: string;
  readonly now: number;
}

/** Lines without a newline, in the order in which they are printed. */
export interface ChangeText {
  /** For stderr, first: the line that counts stays in sight. */
  readonly notes: readonly string[];
  /** For stdout. */
  readonly lines: readonly string[];
  /** For stderr, last: what is to be done. */
  readonly after: readonly string[];
}

const WORDS: Readonly<Record<Exclude<ChangeVerb, Action>, (typeof ACTIONS)[Action]['words']>> = {
  unblock: { done: 'unblocked', already: 'not blocked', would: 'unblock' },
  confirm: { done: 'confirmed', already: 'confirmed', would: 'confirm' },
  include: { done: 'took back the exception of', already: 'no exception', would: 'take back the exception of' },
  disallow: { done: 'stopped allowing', already: 'not allowed', would: 'stop allowing' },
};

/** Named one by one up to here; more are counted. */
const MAX_NAMED = 3;
const NO_HOSTS: HostOutcomes__Output = {
  targeted: 0,
  enforced: 0,
  pending: [],
  failed: [],
  pendingTotal: 0,
  failedTotal: 0,
};

/** For -o table and wide; changeExitCode() judges the same reply for the exit code. */
export function changeText(reply: ChangeReply__Output, context: ChangeContext): ChangeText {
  const { outcomes } = reply;
  const missing = outcomes.filter((outcome) => outcome.change === 'NOT_FOUND');
  const made = outcomes.filter((outcome) => outcome.change !== 'NOT_FOUND');
  const still = made.filter(isStillBlocked);
  const free = made.filter((outcome) => !isStillBlocked(outcome));
  const unchanged = free.length > 0 && free.every((outcome) => outcome.change === 'UNCHANGED');

  const lines: string[] = [];
  if (free.length > 0) lines.push(sentence(free, unchanged ? 'already' : 'done', reply, context));
  if (still.length > 0) lines.push(sentence(still, 'still', reply, context));
  lines.push(...missingLines(missing, context));
  const notes = [
    ...outcomes.flatMap((outcome) => stillNotes(outcome, context)),
    ...reply.warnings.map((warning) => `warning: ${printable(warning)}`),
    ...(made.length > 0 && (adds(context) || reply.hosts?.targeted)
      ? hostNotes(reply.hosts, context.dryRun ? undefined : context.waitMs)
      : []),
  ];
  const after = [
    ...(reply.confirm ? [confirmNote(reply.confirm)] : []),
    ...(reply.rollout === '' ? [] : [rolloutNote(reply.rollout)]),
  ];
  return { notes, lines, after };
}

/** What had no such claim: it may still be blocked by another one, which is a different answer. */
function missingLines(missing: readonly PrefixOutcome__Output[], { verb, origin }: ChangeContext): string[] {
  const line = (outcomes: readonly PrefixOutcome__Output[], one: string, many: string, what: string) =>
    outcomes.length > 0 ? [`${names(outcomes)} ${outcomes.length === 1 ? one : many} ${what}`] : [];
  const still = missing.filter(isStillBlocked);
  return [
    ...line(
      missing.filter((outcome) => !isStillBlocked(outcome)),
      'was',
      'were',
      wordsOf(verb).already,
    ),
    ...line(still, 'is', 'are', `still blocked, but not by ${origin}`),
  ];
}

function wordsOf(verb: ChangeVerb) {
  return isAction(verb) ? ACTIONS[verb].words : WORDS[verb];
}

/** Removing what no host has is no failure. */
function adds({ verb }: ChangeContext): boolean {
  return isAction(verb);
}

/** The exit code of a change that the controller accepted. */
export function changeExitCode(reply: ChangeReply__Output, context: ChangeContext): number {
  // What was to be free and is not: known without waiting.
  if (reply.outcomes.some(isStillBlocked)) return EXIT.partial;
  const { targeted, enforced, failed } = reply.hosts ?? NO_HOSTS;
  const nothing = reply.outcomes.every((outcome) => outcome.change === 'NOT_FOUND');
  // What an allow entry lets through, and that no host is meant, is known without waiting and without doing it.
  const known = failed.some((host) => host.code === 'ALLOWED') || (targeted === 0 && context.selects && adds(context));
  if (known) return EXIT.partial;
  if (enforced >= targeted || nothing || context.dryRun || context.waitMs === undefined) return EXIT.done;
  return EXIT.partial;
}

/** `block -o json`; commands that remove say also what was not there and what still blocks. */
export function changeJson(reply: ChangeReply__Output, verb: ChangeVerb): object {
  return {
    revision: jsonInteger(reply.revision),
    prefixes: reply.outcomes.map((outcome) => outcome.prefix),
    hosts: hostsJson(reply.hosts),
    elapsedMs: elapsedJson(reply.elapsedMs),
    ...(reply.warnings.length > 0 ? { warnings: reply.warnings } : {}),
    ...(reply.confirm ? { confirm: { id: reply.confirm.id, seconds: secondsLeft(reply.confirm.remainingMs) } } : {}),
    ...(reply.rollout === '' ? {} : { rollout: reply.rollout }),
    ...(verb === 'unblock' || verb === 'disallow' ? removalJson(reply.outcomes) : {}),
  };
}

/** Part of every change's JSON; null counts as no hosts. `unnamed` only when the reply had no room for all names. */
export function hostsJson(hosts: HostOutcomes__Output | null): object {
  const { targeted, enforced, pending, failed } = hosts ?? NO_HOSTS;
  return {
    targeted,
    enforced,
    pending: pending.map((host) => host.name),
    failed: failed.map(({ name, code, text }) => ({ name, code, text })),
    ...(unnamed(hosts) > 0 && { unnamed: unnamed(hosts) }),
  };
}

/** Milliseconds, to the microsecond. */
export function elapsedJson(elapsedMs: number): number {
  return Math.round(elapsedMs * 1000) / 1000;
}

/**
 * The part of a line that is the proof: `on 3/3 hosts in 9 ms (revision 42)`; without waiting, for whom it was accepted.
 * The form of this lineis a contract for programs that read it: `hosts` also for one, and milliseconds for single changes.
 */
export function proofText(
  reply: { revision: string; hosts: HostOutcomes__Output | null; elapsedMs: number },
  waitMs: number | undefined,
  elapsed = (ms: number) => `${Math.max(1, Math.round(ms))} ms`,
): string {
  const { targeted, enforced } = reply.hosts ?? NO_HOSTS;
  const hosts = plural(targeted, 'host');
  if (waitMs === undefined) return `for ${hosts} (revision ${reply.revision}), not waiting for proof`;
  return `on ${enforced}/${targeted} hosts in ${elapsed(reply.elapsedMs)} (revision ${reply.revision})`;
}

function removalJson(outcomes: readonly PrefixOutcome__Output[]): object {
  return {
    notFound: outcomes.filter(({ change }) => change === 'NOT_FOUND').map(({ prefix }) => prefix),
    stillBlocked: outcomes
      .filter(isStillBlocked)
      .map(({ prefix, stillBlockedBy }) => ({ prefix, by: stillBlockedBy.map(claimJson) })),
  };
}

function sentence(
  outcomes: readonly PrefixOutcome__Output[],
  kind: 'done' | 'already' | 'still',
  reply: ChangeReply__Output,
  { verb, waitMs, dryRun, origin }: ChangeContext,
): string {
  const words = wordsOf(verb);
  const { targeted } = reply.hosts ?? NO_HOSTS;
  const some = outcomes.filter((outcome) => outcome.change === 'UNCHANGED').length;
  const what = `${names(outcomes)}${kind === 'done' && some > 0 ? ` (${some} of them already)` : ''}`;
  const hosts = plural(targeted, 'host');
  const revision = `revision ${reply.revision}`;
  if (dryRun)
    return kind === 'already'
      ? `${what}: ${words.already} for ${hosts} (dry run: nothing to change)`
      : `would ${words.would} ${what} on ${hosts} (dry run: nothing was changed)`;
  const done = kind === 'still' ? `removed the ${origin} claim on` : words[kind];
  if (waitMs === undefined)
    return kind === 'already'
      ? `${done} ${what} ${proofText(reply, waitMs)}`
      : `accepted: ${words.would} ${what} on ${hosts} (${revision}), not waiting for proof`;
  const end = kind === 'still' ? ', but it is still blocked' : '';
  return `${done} ${what} ${proofText(reply, waitMs)}${end}`;
}

function names(outcomes: readonly PrefixOutcome__Output[]): string {
  if (outcomes.length > MAX_NAMED) return plural(outcomes.length, 'prefix', 'prefixes');
  return outcomes.map((outcome) => outcome.prefix).join(', ');
}

/** The reply names as many of the claims as it has room for. */
function isStillBlocked({ stillBlockedBy, stillBlockedByMore }: PrefixOutcome__Output): boolean {
  return stillBlockedBy.length + stillBlockedByMore > 0;
}

function stillNotes(outcome: PrefixOutcome__Output, context: ChangeContext): string[] {
  const { prefix, change, stillBlockedBy, stillBlockedByMore: more } = outcome;
  const not = change === 'NOT_FOUND' ? `has no ${context.origin} claim, but is` : 'is';
  return [
    ...stillBlockedBy.map((claim) => `${prefix} ${not} still blocked by ${claimWords(claim, context.now)}`),
    ...exceptionHints(outcome),
    ...(more > 0 ? [`${prefix} ${not} still blocked by ${plural(more, 'more claim')}: see fleetblock check`] : []),
  ];
}

/** How to take the prefix out of each list that blocks it. */
function exceptionHints({ prefix, stillBlockedBy }: PrefixOutcome__Output): string[] {
  const lists = new Set(
    stillBlockedBy.map(({ origin }) => origin).filter((origin) => listOfOrigin(origin) !== undefined),
  );
  return [...lists].map((list) => `to take it out of that list: fleetblock unblock ${prefix} --origin ${list}`);
}

function claimWords(claim: Claim__Output, now: number): string {
  const ends = claim.expiresAtMs === '0' ? 'without end' : `ends ${relative(Number(claim.expiresAtMs), now)}`;
  const reason = claim.reason === '' ? '' : `: ${printable(claim.reason)}`;
  return `${claim.prefix} of ${printable(claim.origin)} on ${selectorText(claim)}, ${ends}${reason}`;
}
