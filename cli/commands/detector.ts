// fleetblock detector set|list|rm: which programs on hosts, and which webhooks, may block what they find.
import type { Command } from 'commander';
import { method } from '../../common/rpc/client/method.ts';
import { formatDuration, parseDuration } from '../../common/text/duration.ts';
import type { Detector__Output } from '../../proto/gen/fleetblock/v1/Detector.ts';
import type { DetectorPolicy__Output } from '../../proto/gen/fleetblock/v1/DetectorPolicy.ts';
import { loadCredentials } from '../credentials/credentials.ts';
import type { Cli, GlobalOptions } from '../environment.ts';
import { type OutputForm, printValue } from '../output/format.ts';
import { printRows } from '../output/rows.ts';
import type { Column } from '../output/table.ts';
import { type Connection, withConnection } from '../services/connection.ts';
import { addExamples, addOutput, addReason, durationOption } from './options.ts';

interface DetectorOptions extends GlobalOptions {
  readonly reason?: string;
  readonly output: OutputForm;
}

interface SetOptions extends DetectorOptions {
  readonly scope: string;
  /** Milliseconds. */
  readonly maxDuration?: number;
  readonly maxClaims: string;
  readonly rate: string;
  readonly quorum: string;
}

const DEFAULT_DURATION = '24h';

/** Viewers list, admins change. */
export function register(program: Command, cli: Cli): void {
  const group = program
    .command('detector')
    .summary('which programs on hosts may block what they find')
    .description(
      'Policies of detectors: programs on hosts that report addresses, such as fail2ban, and webhooks. Without one, reports are refused.',
    );
  registerSet(group, cli);
  registerList(group, cli);
  registerRemove(group, cli);
}

function registerSet(group: Command, cli: Cli): void {
  const command = group
    .command('set')
    .description(
      'Let a detector block addresses, within these limits; in place of an earlier policy of the same pattern.',
    )
    .argument('<pattern>', 'one source, fail2ban:sshd, or all of a kind, fail2ban:*')
    .requiredOption(
      '--scope <scope>',
      'host: only the reporting host; label:KEY: hosts with its value of that label; fleet: all hosts',
    )
    .addOption(
      durationOption(
        '--max-duration <time>',
        `longest block, and that of reports without an end (default: ${DEFAULT_DURATION})`,
      ),
    )
    .option('--max-claims <n>', 'addresses at a time; one host may have as many as are still free', '10000')
    .option('--rate <n>', 'addresses per minute and host: what comes faster waits on the host', '6000')
    .option('--quorum <n>', 'hosts that must report an address before it is blocked beyond them', '1');
  addExamples(
    addOutput(addReason(command)),
    'fleetblock detector set fail2ban:sshd --scope fleet',
    "fleetblock detector set 'fail2ban:*' --scope label:site --max-duration 4h --quorum 2",
  );
  command.action(async (pattern: string) => {
    const options = command.optsWithGlobals<SetOptions>();
    const { scope, maxDuration = parseDuration(DEFAULT_DURATION), reason = '' } = options;
    const [maxClaims = 0, rate = 0, quorum = 0] = [options.maxClaims, options.rate, options.quorum].map(countOf);
    const asked = { pattern, scope, maxDurationMs: maxDuration, maxClaims, rate, quorum };
    const { policy } = await withDetectors(cli, options, (connection) =>
      connection.unary(method('DetectorService', 'SetDetector'), { policy: asked, reason }),
    );
    await print(cli, options, policy, `${pattern} may block: ${limits(asked)}\n`);
  });
}

function registerList(group: Command, cli: Cli): void {
  const command = group
    .command('list')
    .description('Show the policies, what was taken and refused under each, and sources that report without one.');
  addExamples(addOutput(command), 'fleetblock detector list');
  command.action(async () => {
    const options = command.optsWithGlobals<DetectorOptions>();
    const { detectors } = await withDetectors(cli, options, (connection) =>
      connection.unary(method('DetectorService', 'ListDetectors'), {}),
    );
    await printRows(cli, options.output, detectors, COLUMNS, ({ policy, ...counts }) => ({
      ...(policy && policyJson(policy)),
      taken: Number(counts.taken),
      refused: Number(counts.refused),
      delayed: Number(counts.delayed),
      lastRefusal: counts.lastRefusal || null,
      lastDelay: counts.lastDelay || null,
    }));
  });
}

function registerRemove(group: Command, cli: Cli): void {
  const command = group
    .command('rm')
    .description('Refuse reports of a detector from now on. What it has blocked stays until its end.')
    .argument('<pattern>', 'as detector list shows it');
  addExamples(addOutput(addReason(command)), 'fleetblock detector rm fail2ban:sshd');
  command.action(async (pattern: string) => {
    const options = command.optsWithGlobals<DetectorOptions>();
    const { policy } = await withDetectors(cli, options, (connection) =>
      connection.unary(method('DetectorService', 'RemoveDetector'), { pattern, reason: options.reason ?? '' }),
    );
    await print(cli, options, policy, `${pattern} may block no more; what it has blocked stays until its end\n`);
  });
}

async function withDetectors<T>(
  cli: Cli,
  options: GlobalOptions,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  return withConnection(cli, await loadCredentials(cli, options), use);
}

async function print(cli: Cli, { output }: DetectorOptions, policy: DetectorPolicy__Output | null, sentence: string) {
  if (output === 'json' || output === 'yaml') await printValue(cli, output, policy ? policyJson(policy) : {});
  else cli.stdout.write(sentence);
}

/** What is no whole number is the controller's to refuse: it says what it may be. */
function countOf(text: string): number {
  return /^[0-9]{1,9}$/.test(text) ? Number(text) : 0;
}

function limits(policy: {
  scope: string;
  maxDurationMs: number | string;
  maxClaims: number;
  rate: number;
  quorum: number;
}) {
  const { scope, maxDurationMs, maxClaims, rate, quorum } = policy;
  const of = quorum > 1 ? `, beyond a host once ${quorum} report it` : '';
  return `scope ${scope}${of}, for ${formatDuration(Number(maxDurationMs))} at most, ${maxClaims} addresses, ${rate} a minute and host`;
}

const COLUMNS: readonly Column<Detector__Output>[] = [
  { title: 'PATTERN', cell: ({ policy }) => policy?.pattern ?? '' },
  { title: 'SCOPE', cell: ({ policy }) => policy?.scope ?? '' },
  {
    title: 'MAX DURATION',
    cell: ({ policy }) => (policy?.maxDurationMs === '0' ? '-' : formatDuration(Number(policy?.maxDurationMs))),
  },
  { title: 'MAX CLAIMS', cell: ({ policy }) => `${policy?.maxClaims || '-'}` },
  { title: 'RATE', cell: ({ policy }) => `${policy?.rate || '-'}` },
  { title: 'QUORUM', cell: ({ policy }) => `${policy?.quorum || '-'}` },
  { title: 'TAKEN', cell: ({ taken }) => taken },
  { title: 'REFUSED', cell: ({ refused }) => refused },
  { title: 'DELAYED', cell: ({ delayed }) => delayed },
  {
    title: 'LAST REFUSAL, DELAY',
    cell: ({ lastRefusal, lastDelay }) => [lastRefusal, lastDelay].filter(Boolean).join('; '),
  },
];

function policyJson({ pattern, scope, maxDurationMs, maxClaims, rate, quorum }: DetectorPolicy__Output) {
  const maxDurationSeconds = Number(maxDurationMs) / 1000;
  const limits = { maxDurationSeconds, maxClaims, rate, quorum };
  return {
    pattern,
    scope,
    ...Object.fromEntries(Object.entries(limits).map(([name, value]) => [name, value || null])),
  };
}
