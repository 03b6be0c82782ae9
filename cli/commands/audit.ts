// fleetblock audit: who did what, when and why.
import type { Command } from 'commander';
import { FleetblockError } from '../../common/errors.ts';
import { parseDuration } from '../../common/text/duration.ts';
import { formatPrefix, parsePrefix } from '../../common/text/prefix.ts';
import type { AuditEntry__Output } from '../../proto/gen/fleetblock/v1/AuditEntry.ts';
import { loadCredentials } from '../credentials/credentials.ts';
import type { Cli, GlobalOptions } from '../environment.ts';
import type { OutputForm } from '../output/format.ts';
import { jsonInteger, jsonTime } from '../output/json.ts';
import { streamRows } from '../output/rows.ts';
import { say } from '../output/say.ts';
import type { Column } from '../output/table.ts';
import { timeText } from '../output/time.ts';
import { withOperator } from '../services/operator-client.ts';
import { registerVerify } from './audit-verify.ts';
import { addExamples, addOutput, parseCount } from './options.ts';

interface AuditOptions extends GlobalOptions {
  readonly actor?: string;
  readonly verb?: string;
  readonly subject?: string;
  readonly prefix?: string;
  readonly host?: string;
  readonly since?: string;
  readonly until?: string;
  readonly last: number;
  readonly output: OutputForm;
}

/** Records stream from the controller, oldest first; `verify` is a subcommand. */
export function register(program: Command, cli: Cli): void {
  const command = program
    .command('audit')
    .summary('who did what, when and why')
    .description('Shows the audit: who did what, when and why, and what was refused. Oldest first.')
    .option('--actor <actor>', 'only by this actor, like admin/alice')
    .option('--verb <verb>', 'only this: block, unblock, import, token.create, refused, ...')
    .option('--subject <text>', 'only where this is part of the subject, like an address')
    .option('--prefix <prefix>', 'only what names exactly this address or prefix')
    .option('-H, --host <name>', 'only what names this host, as a target or as one that did not enforce')
    .option('--since <when>', 'only from then on: a time ago (24h) or a date (2026-11-24, 2026-11-24T12:00:00Z)')
    .option('--until <when>', 'only before then')
    .option('--last <number>', 'show this many of the newest, at most 10,000 (0: all)', parseCount, 100);
  addExamples(
    addOutput(command),
    'fleetblock audit --since 24h',
    'fleetblock audit --prefix 203.0.113.7 --last 0',
    'fleetblock audit --verb result --host web1',
    'fleetblock audit --verb refused -o json',
  );
  registerVerify(command, cli);
  command.action(async () => {
    const options = command.optsWithGlobals<AuditOptions>();
    const [since, until] = [options.since, options.until].map((text) =>
      text === undefined ? 0 : when(text, cli.now()),
    );
    const credentials = await loadCredentials(cli, options);
    await withOperator(cli, credentials, async (client) => {
      const batches = client.listAudit({
        actor: options.actor ?? '',
        verb: options.verb ?? '',
        subject: options.subject ?? '',
        prefix: options.prefix === undefined ? '' : formatPrefix(parsePrefix(options.prefix)),
        host: options.host ?? '',
        sinceMs: since ?? 0,
        untilMs: until ?? 0,
        last: options.last,
      });
      const total = await streamRows(cli, options.output, batches, columns(cli, options.output), auditJson);
      if (total === 0) say(cli, 'no record matches');
    });
  });
}

/** Unix milliseconds. @throws FleetblockError INVALID_ARGUMENT: neither a duration nor a date. */
function when(text: string, now: number): number {
  if (/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[-+]\d\d:\d\d)?)?$/.test(text)) {
    const ms = Date.parse(text);
    if (Number.isFinite(ms)) return ms;
  }
  try {
    return Math.max(1, now - parseDuration(text));
  } catch (error) {
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `${JSON.stringify(text.slice(0, 40))} is neither a time ago like 24h nor a date like 2026-11-24T12:00:00Z`,
      { cause: error },
    );
  }
}

const COLUMNS: readonly Column<AuditEntry__Output>[] = [
  { title: 'ACTOR', cell: (entry) => entry.actor },
  { title: 'VERB', cell: (entry) => entry.verb },
  { title: 'REVISION', cell: (entry) => (entry.revision === '0' ? '-' : entry.revision), align: 'right' },
  { title: 'SUBJECT', cell: (entry) => entry.subject },
  { title: 'REASON', cell: (entry) => entry.reason || '-', flexible: true },
];

function columns(cli: Cli, form: OutputForm): readonly Column<AuditEntry__Output>[] {
  const time = timeText(cli);
  const from: Column<AuditEntry__Output>[] =
    form === 'wide' ? [{ title: 'FROM', cell: ({ source }) => source || '-' }] : [];
  return [{ title: 'TIME', cell: (entry) => time(entry.atMs) }, ...COLUMNS.toSpliced(1, 0, ...from)];
}

function auditJson(entry: AuditEntry__Output): object {
  return {
    sequence: jsonInteger(entry.sequence),
    at: jsonTime(entry.atMs),
    actor: entry.actor,
    verb: entry.verb,
    subject: entry.subject,
    reason: entry.reason,
    revision: entry.revision === '0' ? null : jsonInteger(entry.revision),
    source: entry.source === '' ? null : entry.source,
  };
}
