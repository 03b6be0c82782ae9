// fleetblock host label|revoke|resync: manage single hosts.
import type { Command } from 'commander';
import { FleetblockError } from '../../../common/errors.ts';
import { selectorToWire } from '../../../common/rpc/selector.ts';
import { loadCredentials } from '../../credentials/credentials.ts';
import type { Cli, GlobalOptions } from '../../environment.ts';
import { EXIT } from '../../exit-codes.ts';
import { elapsedJson, hostsJson, proofText } from '../../output/claims/change.ts';
import { hostNotes } from '../../output/fleet/host-notes.ts';
import { hostJson } from '../../output/fleet/hosts.ts';
import { type OutputForm, printValue } from '../../output/format.ts';
import { jsonInteger } from '../../output/json.ts';
import { say } from '../../output/say.ts';
import { withIdentity } from '../../services/identity-client.ts';
import { type OperatorClient, withOperator } from '../../services/operator-client.ts';
import { requireTarget, type TargetOptions } from '../../targets.ts';
import { waitOf } from '../claims/change.ts';
import { addExamples, addOutput, addReason, addTarget, addWait } from '../options.ts';
import { parseLabels } from './labels.ts';

interface HostOptions extends GlobalOptions, TargetOptions {
  readonly reason?: string;
  readonly wait: boolean;
  readonly waitAll?: boolean;
  /** Milliseconds. */
  readonly timeout: number;
  readonly output: OutputForm;
}

/** `label` and `resync` wait for the hosts, as changes of the list do; `revoke` does not. */
export function register(program: Command, cli: Cli): void {
  const group = program.command('host').summary('label, revoke or resync hosts').description('Manage single hosts.');
  registerLabel(group, cli);
  registerRevoke(group, cli);
  registerResync(group, cli);
}

function registerLabel(group: Command, cli: Cli): void {
  const command = group
    .command('label')
    .description('Set labels (key=value) and remove them (key-). The host gets the entries for its new labels at once.')
    .argument('<name>', 'host')
    .argument('<label...>', 'key=value to set, key- to remove');
  addExamples(
    addWait(addOutput(addReason(command))),
    'fleetblock host label web1 env=prod role=web',
    'fleetblock host label web1 canary-',
  );
  command.action(async (name: string, words: string[]) => {
    const options = command.optsWithGlobals<HostOptions>();
    const remove = words.filter((word) => word.endsWith('-') && !word.includes('=')).map((word) => word.slice(0, -1));
    const set = parseLabels(words.filter((word) => word.includes('=') || !word.endsWith('-')));
    const credentials = await loadCredentials(cli, options);
    const label = (client: OperatorClient) =>
      client.labelHost({ name, set, remove, reason: options.reason ?? '', ...waitOf(options) });
    const { host } = await withOperator(cli, credentials, label, options.output);
    if (!host) throw new FleetblockError('INTERNAL', 'the controller sent no host: see its log');
    if (options.output === 'json' || options.output === 'yaml') {
      await printValue(cli, options.output, hostJson(host));
      return;
    }
    const labels = Object.entries(host.labels).sort(([a], [b]) => (a < b ? -1 : 1));
    cli.stdout.write(`${host.name}: ${labels.map(([key, value]) => `${key}=${value}`).join(', ') || 'no labels'}\n`);
  });
}

function registerRevoke(group: Command, cli: Cli): void {
  const command = group
    .command('revoke')
    .description(
      'Refuse a host from now on: its stream ends, its certificate is no longer accepted. The entries in its kernel stay; to come back it needs a new token.',
    )
    .argument('<name>', 'host');
  addExamples(addOutput(addReason(command)), "fleetblock host revoke web1 -R 'decommissioned'");
  command.action(async (name: string) => {
    const options = command.optsWithGlobals<HostOptions>();
    const credentials = await loadCredentials(cli, options);
    const revoked = await withIdentity(cli, credentials, (client) =>
      client.revokeHost({ name, reason: options.reason ?? '' }),
    );
    if (options.output === 'json' || options.output === 'yaml')
      await printValue(cli, options.output, { id: revoked.id, name: revoked.name });
    else cli.stdout.write(`revoked ${revoked.name} (${revoked.id}): its kernel keeps what it holds\n`);
  });
}

function registerResync(group: Command, cli: Cli): void {
  const command = group
    .command('resync')
    .description(
      "Order hosts to take this controller's list, whatever they hold: after a restore from a backup, which may lack blocks that the hosts still enforce.",
    );
  addWait(addOutput(addReason(addTarget(command))));
  addExamples(command, "fleetblock host resync --all-hosts -R 'restored from the backup of Monday'");
  command.action(async () => {
    const options = command.optsWithGlobals<HostOptions>();
    const target = requireTarget(options);
    const waitMs = options.wait ? options.timeout : undefined;
    const credentials = await loadCredentials(cli, options);
    const resync = (client: OperatorClient) =>
      client.resyncHosts({ target: selectorToWire(target), reason: options.reason ?? '', ...waitOf(options) });
    const reply = await withOperator(cli, credentials, resync, options.output);
    const { targeted = 0, enforced = 0 } = reply.hosts ?? {};
    if (waitMs !== undefined && enforced < targeted) cli.exitCode = EXIT.partial;
    if (options.output === 'json' || options.output === 'yaml')
      await printValue(cli, options.output, {
        revision: jsonInteger(reply.revision),
        hosts: hostsJson(reply.hosts),
        elapsedMs: elapsedJson(reply.elapsedMs),
      });
    else cli.stdout.write(`resynced ${proofText(reply, waitMs)}\n`);
    for (const note of hostNotes(reply.hosts, waitMs)) say(cli, note);
  });
}
