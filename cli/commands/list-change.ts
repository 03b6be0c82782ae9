// What became of a list that was imported or removed.
import type { ListChangeReply__Output } from '../../proto/gen/fleetblock/v1/ListChangeReply.ts';
import type { Cli } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { elapsedJson, hostNotes, hostsJson, proofText } from '../output/change.ts';
import { type OutputForm, printValue } from '../output/format.ts';
import { jsonInteger } from '../output/json.ts';
import { plural } from '../output/text.ts';

export interface ListChangeOptions {
  readonly list: string;
  readonly dryRun?: boolean;
  readonly wait: boolean;
  /** Milliseconds. */
  readonly timeout: number;
  readonly output: OutputForm;
}

/** Prints the result and sets the exit code. `verb` begins the line: `imported`. */
export async function printListChange(
  cli: Cli,
  options: ListChangeOptions,
  verb: string,
  reply: ListChangeReply__Output,
): Promise<void> {
  const waitMs = options.wait ? options.timeout : undefined;
  if (options.output === 'json' || options.output === 'yaml')
    await printValue(cli, options.output, {
      revision: jsonInteger(reply.revision),
      list: options.list,
      added: jsonInteger(reply.added),
      updated: jsonInteger(reply.updated),
      unchanged: jsonInteger(reply.unchanged),
      removed: jsonInteger(reply.removed),
      hosts: hostsJson(reply.hosts),
      elapsedMs: elapsedJson(reply.elapsedMs),
    });
  else {
    const proof = options.dryRun ? '(dry run: nothing was changed)' : proofText(reply, waitMs);
    cli.stdout.write(`${verb} ${entriesText(options.list, reply)} ${proof}\n`);
  }
  if (options.dryRun) return;
  for (const note of hostNotes(reply.hosts, waitMs)) cli.stderr.write(`${note}\n`);
  const { targeted = 0, enforced = 0 } = reply.hosts ?? {};
  if (waitMs !== undefined && enforced < targeted) cli.exitCode = EXIT.partial;
}

/** `list drop: 1,000,000 entries (12 new, 3 with another end, 5 gone)`. */
function entriesText(list: string, reply: ListChangeReply__Output): string {
  // A list that is taken away.
  if (reply.added === '0' && reply.updated === '0' && reply.unchanged === '0')
    return `list ${list}: ${plural(reply.removed, 'entry', 'entries')}`;
  const entries = Number(reply.added) + Number(reply.updated) + Number(reply.unchanged);
  const parts = [
    `${plural(reply.added, 'new', 'new')}`,
    ...(reply.updated === '0' ? [] : [plural(reply.updated, 'with another end', 'with another end')]),
    ...(reply.removed === '0' ? [] : [plural(reply.removed, 'removed', 'removed')]),
  ];
  return `list ${list}: ${plural(entries, 'entry', 'entries')} (${parts.join(', ')})`;
}
