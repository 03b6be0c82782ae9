// The result of importing or removing a list.
import { anySelectorFromWire } from '../../../common/rpc/selector.ts';
import { formatSelector } from '../../../common/text/selector.ts';
import type { List__Output } from '../../../proto/gen/fleetblock/v1/List.ts';
import type { ListChangeReply__Output } from '../../../proto/gen/fleetblock/v1/ListChangeReply.ts';
import type { Cli } from '../../environment.ts';
import { EXIT } from '../../exit-codes.ts';
import type { ReadList } from '../../import/read-list.ts';
import { elapsedJson, hostsJson, proofText } from '../../output/claims/change.ts';
import { actionOf } from '../../output/claims/claim.ts';
import { rolloutNote } from '../../output/claims/rollout.ts';
import { hostNotes } from '../../output/fleet/host-notes.ts';
import { type OutputForm, printValue } from '../../output/format.ts';
import { jsonInteger } from '../../output/json.ts';
import { say } from '../../output/say.ts';
import { elapsedText, plural } from '../../output/text.ts';

/** What printListChange() needs to know of how the change was asked for. */
export interface ListChangeOptions {
  readonly list: string;
  readonly dryRun?: boolean;
  readonly wait: boolean;
  /** Milliseconds. */
  readonly timeout: number;
  readonly output: OutputForm;
  readonly skipRefused?: boolean;
  /** Lines that were left out because they cannot be read. */
  readonly invalid?: ReadList['invalid'];
  /** Where rows were read from: a file, and the line of each row from 1. */
  readonly source?: { readonly name: string; readonly lineOf: (row: number) => number };
}

/** Chooses the words of the result. */
export type ListVerb = 'import' | 'remove';

const WORDS = {
  import: { done: 'imported', would: 'would import' },
  remove: { done: 'removed', would: 'would remove' },
} as const;

/** Prints the result and sets the exit code. */
export async function printListChange(
  cli: Cli,
  options: ListChangeOptions,
  verb: ListVerb,
  reply: ListChangeReply__Output,
): Promise<void> {
  const waitMs = options.wait ? options.timeout : undefined;
  // Before anything is printed: a reader that goes away ends the process with it.
  cli.exitCode = exitCode(options, reply, waitMs);
  if (options.output === 'json' || options.output === 'yaml')
    await printValue(cli, options.output, listChangeJson(options, reply));
  else {
    const proof = options.dryRun ? '(dry run: nothing was changed)' : proofText(reply, waitMs, elapsedText);
    const { done, would } = WORDS[verb];
    cli.stdout.write(`${options.dryRun ? would : done} ${entriesText(options.list, verb, reply)} ${proof}\n`);
  }
  const notes = [
    ...formerNotes(options.list, reply),
    ...skippedNotes(options, reply),
    ...reply.objections.map(({ text }) => `refused: ${text}`),
    ...(options.dryRun ? [] : hostNotes(reply.hosts, waitMs)),
    ...(reply.rollout === '' ? [] : [rolloutNote(reply.rollout)]),
  ];
  for (const note of notes) say(cli, note);
}

function exitCode({ dryRun }: ListChangeOptions, reply: ListChangeReply__Output, waitMs: number | undefined): number {
  if (reply.objections.length > 0) return EXIT.refused;
  const { targeted = 0, enforced = 0 } = reply.hosts ?? {};
  return !dryRun && waitMs !== undefined && enforced < targeted ? EXIT.partial : EXIT.done;
}

/** `list drop: 1,000,000 entries (12 new, 3 with another end, 5 removed)`. */
export function entriesText(list: string, verb: ListVerb, reply: ListChangeReply__Output): string {
  const { added, updated, unchanged, removed } = reply;
  if (verb === 'remove') return `list ${list}: ${plural(removed, 'entry', 'entries')}`;
  const entries = Number(added) + Number(updated) + Number(unchanged);
  const parts = [
    ...(entries === 0 && removed !== '0' ? [] : [plural(added, 'new', 'new')]),
    ...(updated === '0' ? [] : [plural(updated, 'with another end', 'with another end')]),
    ...(removed === '0' ? [] : [plural(removed, 'removed', 'removed')]),
    ...(reply.skipped === '0' ? [] : [plural(reply.skipped, 'left out', 'left out')]),
  ];
  return `list ${list}: ${plural(entries, 'entry', 'entries')} (${parts.join(', ')})`;
}

/** Canonical text of the list's target: `all`, `host:a,b`, `labels:env=prod`. */
export function listSelector(list: Pick<List__Output, 'selector'>): string {
  return formatSelector(anySelectorFromWire(list.selector));
}

/** The list's action and targets before, if they have changed. */
function formerNotes(list: string, { former }: ListChangeReply__Output): string[] {
  return former ? [`list ${list} was for ${listSelector(former)}, to ${actionOf(former)}, before this change`] : [];
}

/** The rows that were left out, the first of them one by one. */
function skippedNotes({ source }: ListChangeOptions, { skipped, skippedRows }: ListChangeReply__Output): string[] {
  const more = Number(skipped) - skippedRows.length;
  return [
    ...skippedRows.map(({ row, text }) => `left out: ${source?.name} line ${source?.lineOf(Number(row))}: ${text}`),
    ...(more > 0 ? [`left out: ${plural(more, 'more entry', 'more entries')}`] : []),
  ];
}

function listChangeJson(
  { list, skipRefused, invalid, source }: ListChangeOptions,
  reply: ListChangeReply__Output,
): object {
  const { former, objections } = reply;
  return {
    revision: jsonInteger(reply.revision),
    list,
    added: jsonInteger(reply.added),
    updated: jsonInteger(reply.updated),
    unchanged: jsonInteger(reply.unchanged),
    removed: jsonInteger(reply.removed),
    hosts: hostsJson(reply.hosts),
    elapsedMs: elapsedJson(reply.elapsedMs),
    ...(reply.rollout === '' ? {} : { rollout: reply.rollout }),
    ...(skipRefused && {
      skipped: {
        count: jsonInteger(reply.skipped),
        first: reply.skippedRows.map(({ row, prefix, text }) => ({ line: source?.lineOf(Number(row)), prefix, text })),
      },
    }),
    ...(invalid && { invalid }),
    ...(former && { former: { action: actionOf(former), selector: listSelector(former) } }),
    ...(objections.length > 0 && { refused: objections.map(({ text }) => text) }),
  };
}
