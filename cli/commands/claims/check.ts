// fleetblock check: what blocks an address, and what every host's kernel really does with it.
import type { Command } from 'commander';
import { formatPrefix, parsePrefix } from '../../../common/text/prefix.ts';
import type { CheckReply__Output } from '../../../proto/gen/fleetblock/v1/CheckReply.ts';
import type { HostCheck__Output } from '../../../proto/gen/fleetblock/v1/HostCheck.ts';
import { loadCredentials } from '../../credentials/credentials.ts';
import type { Cli, GlobalOptions } from '../../environment.ts';
import { EXIT } from '../../exit-codes.ts';
import { claimColumns, claimJson } from '../../output/claims/claim.ts';
import { byText } from '../../output/fleet/host-notes.ts';
import { statusColour } from '../../output/fleet/hosts.ts';
import { type OutputForm, printValue } from '../../output/format.ts';
import { jsonInteger, jsonTime } from '../../output/json.ts';
import { say } from '../../output/say.ts';
import { type Column, Table } from '../../output/table.ts';
import { count, firstNames, relative } from '../../output/text.ts';
import { withOperator } from '../../services/operator-client.ts';
import { addExamples, addOutput, durationOption } from '../options.ts';

interface CheckOptions extends GlobalOptions {
  readonly host?: string;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly output: OutputForm;
}

/** Asks the kernels, not the list alone: EXIT.partial when one treats the address otherwise, or does not answer in time. */
export function register(program: Command, cli: Cli): void {
  const command = program
    .command('check')
    .summary('what blocks an address, and what every kernel does with it')
    .description(
      'Shows which claims match an address, and asks every host what its kernel holds for it: the entry, hits, last hit. Exit code 3 when a kernel does not do what it should, or a host does not answer.',
    )
    .argument('<address>', 'address or prefix')
    .option('-H, --host <name>', 'only this host')
    .addOption(durationOption('--timeout <time>', 'how long to wait for the hosts (default: 2s)'));
  addExamples(addOutput(command), 'fleetblock check 203.0.113.7', 'fleetblock check 2001:db8::1 --host web1 -o json');
  command.action(async (address: string) => {
    const options = command.optsWithGlobals<CheckOptions>();
    const prefix = formatPrefix(parsePrefix(address));
    const credentials = await loadCredentials(cli, options);
    const reply = await withOperator(cli, credentials, (client) =>
      client.check({ address: prefix, host: options.host ?? '', timeoutMs: options.timeout ?? 0 }),
    );
    const wrong = reply.hosts.filter(disagrees);
    const silent = reply.hosts.filter(({ realized }) => realized === '');
    if (wrong.length + silent.length > 0) cli.exitCode = EXIT.partial;
    if (options.output === 'json' || options.output === 'yaml') await printValue(cli, options.output, checkJson(reply));
    else printTables(cli, options.output, reply);
    for (const host of wrong) say(cli, `${host.name}: should ${host.desired}, but its kernel does ${host.realized}`);
    for (const [problem, [first, ...rest]] of byText(silent, (host) => host.problem || 'none in time')) {
      const who = rest.length === 0 ? first.name : `${rest.length + 1} hosts (${firstNames([first, ...rest])})`;
      say(cli, `${who}: no answer: ${problem}`);
    }
  });
}

/** What a kernel was told and what it does; a host that did not answer says nothing. */
function disagrees(host: HostCheck__Output): boolean {
  return host.realized !== '' && host.realized !== host.desired;
}

function printTables(cli: Cli, form: OutputForm, { prefix, claims, hosts }: CheckReply__Output): void {
  if (claims.length === 0) cli.stdout.write(`no claim matches ${prefix}\n`);
  else {
    const table = new Table(cli, claimColumns(form, cli.now()));
    table.add(claims);
    table.end();
  }
  if (hosts.length === 0) return;
  cli.stdout.write('\n');
  const table = new Table(cli, hostColumns(cli.now()));
  table.add(hosts);
  table.end();
}

function hostColumns(now: number): Column<HostCheck__Output>[] {
  return [
    { title: 'HOST', cell: (host) => host.name },
    { title: 'STATUS', cell: (host) => host.status, colour: (host) => statusColour(host.status) },
    { title: 'SHOULD', cell: (host) => host.desired },
    { title: 'KERNEL', cell: (host) => host.realized || '-', colour: (host) => (disagrees(host) ? 'red' : undefined) },
    { title: 'ENTRY', cell: (host) => host.entry || '-' },
    { title: 'HITS', cell: (host) => count(host.hits), align: 'right' },
    { title: 'LAST HIT', cell: (host) => (host.lastHitMs === '0' ? '-' : relative(Number(host.lastHitMs), now)) },
  ];
}

function checkJson({ prefix, claims, hosts }: CheckReply__Output): object {
  return {
    prefix,
    claims: claims.map(claimJson),
    hosts: hosts.map((host) => ({
      name: host.name,
      status: host.status,
      desired: host.desired,
      realized: host.realized === '' ? null : host.realized,
      entry: host.entry === '' ? null : host.entry,
      hits: jsonInteger(host.hits),
      lastHit: jsonTime(host.lastHitMs),
      problem: host.problem === '' ? null : host.problem,
    })),
  };
}
