// fleetblock doctor: finds out why something does not work, from this machine to every host, and says what to do at each step.
import { X509Certificate } from 'node:crypto';
import type { Command } from 'commander';
import { messageOf } from '../../../common/errors.ts';
import { formatDuration } from '../../../common/text/duration.ts';
import { type Credentials, loadCredentials } from '../../credentials/credentials.ts';
import type { Cli, GlobalOptions } from '../../environment.ts';
import { EXIT } from '../../exit-codes.ts';
import { byText } from '../../output/fleet/host-notes.ts';
import { problemsOf } from '../../output/fleet/hosts.ts';
import { type OutputForm, printValue } from '../../output/format.ts';
import { count, firstNames, printable } from '../../output/text.ts';
import { withOperator } from '../../services/operator-client.ts';
import { lifeLeft } from '../../services/renewal.ts';
import { addExamples, addOutput } from '../options.ts';

type DoctorOptions = GlobalOptions & { readonly output: OutputForm };
interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'failed';
  readonly text: string;
  /** About a host: the text continues after its name. */
  readonly host?: { readonly name: string; readonly rest: string };
}

/** EXIT.failure when a check failed; hosts with the same problem share a line. */
export function register(program: Command, cli: Cli): void {
  const command = program
    .command('doctor')
    .summary('find out why something does not work')
    .description(
      'Checks credentials, the connection to the controller, and the state of every host. Exit code 1 when anything failed. On a host, fleetblock-agent doctor checks its kernel and interfaces.',
    );
  addExamples(
    addOutput(command),
    'fleetblock doctor',
    'fleetblock doctor -o json | jq \'.[] | select(.state != "ok")\'',
  );
  command.action(async () => {
    const options = command.optsWithGlobals<DoctorOptions>();
    const findings: Finding[] = [];
    await examine(cli, options, findings);
    if (findings.some((finding) => finding.state === 'failed')) cli.exitCode = EXIT.failure;
    if (options.output === 'json' || options.output === 'yaml')
      await printValue(
        cli,
        options.output,
        findings.map(({ host: _host, ...finding }) => finding),
      );
    else
      for (const { check, state, text } of summarised(findings))
        cli.stdout.write(`${state.padEnd(7)}  ${check.padEnd(11)}  ${printable(text)}\n`);
  });
}

async function examine(cli: Cli, options: DoctorOptions, findings: Finding[]): Promise<void> {
  let credentials: Credentials;
  try {
    credentials = await loadCredentials(cli, options);
    findings.push({ check: 'credentials', state: 'ok', text: `${credentials.path} is readable, for you only` });
    findings.push(certificate(credentials, cli.now()));
  } catch (error) {
    findings.push({ check: 'credentials', state: 'failed', text: messageOf(error) });
    return;
  }
  try {
    const started = performance.now();
    const { hosts, revision, warnings } = await withOperator(cli, credentials, (client) => client.listHosts());
    const ms = Math.round(performance.now() - started);
    findings.push({
      check: 'controller',
      state: 'ok',
      text: `${credentials.controller} answers in ${ms} ms, at revision ${revision}`,
    });
    for (const text of warnings) findings.push({ check: 'controller', state: 'failed', text });
    if (hosts.length === 0)
      findings.push({ check: 'hosts', state: 'warning', text: 'no host has joined yet: fleetblock token create' });
    for (const host of hosts) {
      const problems = problemsOf(host).join('; ');
      const bad = host.status === 'offline' || host.status === 'degraded';
      const state = bad ? 'failed' : host.status === 'synced' && problems === '' ? 'ok' : 'warning';
      const advice = host.status === 'offline' ? ': see systemctl status fleetblock-agent there' : '';
      const rest = `${host.status}${problems === '' ? advice : `: ${problems}`}`;
      findings.push({ check: 'host', state, text: `${host.name} is ${rest}`, host: { name: host.name, rest } });
    }
  } catch (error) {
    findings.push({ check: 'controller', state: 'failed', text: messageOf(error) });
  }
}

/** Hosts with the same problem share a line, the worst last, where the eye is. */
function summarised(findings: readonly Finding[]): Finding[] {
  const steps = findings.filter(({ host }) => host === undefined);
  const hosts = byText(
    findings.flatMap(({ state, host }) => (host ? [{ state, ...host }] : [])),
    ({ state, rest }) => `${state} ${rest}`,
  ).map(([, [first, ...more]]): Finding => {
    const { state, name, rest } = first;
    const text =
      more.length === 0
        ? `${name} is ${rest}`
        : `${count(more.length + 1)} hosts (${firstNames([first, ...more])}) are ${rest}`;
    return { check: 'host', state, text };
  });
  return [...steps, ...hosts.sort((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state))];
}

const STATES: readonly Finding['state'][] = ['ok', 'warning', 'failed'];

function certificate({ certificateChain, path }: Credentials, now: number): Finding {
  try {
    const leaf = new X509Certificate(certificateChain);
    const { validToDate } = leaf;
    const left = validToDate.getTime() - now;
    const until = validToDate.toISOString();
    const soon = lifeLeft(leaf, now) < 0.25;
    if (left <= 0) return { check: 'certificate', state: 'failed', text: `expired at ${until}: get new credentials` };
    return {
      check: 'certificate',
      state: soon ? 'warning' : 'ok',
      text: `valid for ${formatDuration(left)} more, until ${until}${soon ? ': it was not renewed, have new credentials made (fleetblock operator token)' : ''}`,
    };
  } catch (error) {
    return { check: 'certificate', state: 'failed', text: `the one in ${path} cannot be read: ${messageOf(error)}` };
  }
}
