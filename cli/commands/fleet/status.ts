// fleetblock status: the whole fleet in a few lines.
import type { Command } from 'commander';
import { loadCredentials } from '../../credentials/credentials.ts';
import type { Cli, GlobalOptions } from '../../environment.ts';
import { confirmationJson } from '../../output/claims/confirmation.ts';
import { isOpen, rolloutJson, rolloutLine } from '../../output/claims/rollout.ts';
import { fleetStatus, fleetText, troubleText } from '../../output/fleet/fleet.ts';
import { problemLines } from '../../output/fleet/hosts.ts';
import { type OutputForm, printValue } from '../../output/format.ts';
import { say } from '../../output/say.ts';
import { withOperator } from '../../services/operator-client.ts';
import { listRollouts } from '../../services/rollout-client.ts';
import { addExamples, addOutput } from '../options.ts';

type StatusOptions = GlobalOptions & { readonly output: OutputForm };

/** One answer about the whole fleet; the controller's warnings and pending confirmations go to stderr. */
export function register(program: Command, cli: Cli): void {
  const command = program
    .command('status')
    .summary('the whole fleet in a few lines')
    .description('Shows the whole fleet in a few lines: hosts by state, revision, drops, and what is wrong.');
  addExamples(addOutput(command), 'fleetblock status', 'fleetblock status -o json | jq .hosts.offline');
  command.action(async () => {
    const options = command.optsWithGlobals<StatusOptions>();
    const credentials = await loadCredentials(cli, options);
    const { hosts, confirmations } = await withOperator(cli, credentials, async (client) => {
      const [hosts, { confirmations }] = await Promise.all([client.listHosts(), client.listConfirmations()]);
      return { hosts, confirmations };
    });
    const rollouts = (await listRollouts(cli, credentials)).filter(isOpen);
    const status = {
      ...fleetStatus(hosts),
      confirmations: confirmations.map(confirmationJson),
      rollouts: rollouts.map(rolloutJson),
    };
    if (options.output === 'json' || options.output === 'yaml') {
      await printValue(cli, options.output, status);
      return;
    }
    cli.stdout.write(`${fleetText(status)}${troubleText(hosts.hosts)}`);
    for (const warning of status.warnings) say(cli, `controller: ${warning}`);
    for (const { id, seconds, prefixes, claims } of status.confirmations)
      say(
        cli,
        `${prefixes[0]}${claims > 1 ? ` and ${claims - 1} more` : ''}: undone in ${seconds} s unless confirmed: fleetblock confirm ${id}`,
      );
    for (const rollout of rollouts) say(cli, rolloutLine(rollout));
    for (const line of problemLines(hosts.hosts)) say(cli, line);
  });
}
