// fleetblock rollout list|show|pause|resume|abort: changes that reach their hosts in stages.
import type { Command } from 'commander';
import { FleetblockError } from '../../../common/errors.ts';
import { loadCredentials } from '../../credentials/credentials.ts';
import type { Cli, GlobalOptions } from '../../environment.ts';
import { HALTS, rolloutColumns, rolloutJson, rolloutLine } from '../../output/claims/rollout.ts';
import { type OutputForm, printValue } from '../../output/format.ts';
import { printRows } from '../../output/rows.ts';
import { listRollouts, orderRollout } from '../../services/rollout-client.ts';
import { addExamples, addOutput, addReason } from '../options.ts';

interface RolloutOptions extends GlobalOptions {
  readonly reason?: string;
  readonly output: OutputForm;
}

/** They begin with `block --stages`. */
export function register(program: Command, cli: Cli): void {
  const group = program
    .command('rollout')
    .summary('changes that reach their hosts in stages')
    .description('Rollouts: changes that reach their hosts stage by stage, as --stages of block says.');
  const list = group.command('list').description('Show the open rollouts and the last ones that are over.');
  addExamples(addOutput(list), 'fleetblock rollout list');
  list.action(async () => {
    const options = list.optsWithGlobals<RolloutOptions>();
    const rollouts = await listRollouts(cli, await loadCredentials(cli, options));
    await printRows(cli, options.output, rollouts, rolloutColumns(cli.now()), rolloutJson);
  });
  const show = group.command('show').description('Show one rollout.').argument('<id>', 'as block says it');
  addExamples(addOutput(show), 'fleetblock rollout show k7m2pq');
  show.action(async (id: string) => {
    const options = show.optsWithGlobals<RolloutOptions>();
    const rollouts = await listRollouts(cli, await loadCredentials(cli, options));
    const found = rollouts.find((rollout) => rollout.id === id);
    if (!found)
      throw new FleetblockError('NOT_FOUND', `there is no rollout ${JSON.stringify(id)}: see fleetblock rollout list`);
    if (options.output === 'json' || options.output === 'yaml')
      await printValue(cli, options.output, rolloutJson(found));
    else await printRows(cli, options.output, [found], [...rolloutColumns(cli.now()), HALTS], rolloutJson);
  });
  registerOrder(
    group,
    cli,
    'pause',
    'PauseRollout',
    'Stay at the present stage, which is still undone when its hosts get worse.',
  );
  registerOrder(group, cli, 'resume', 'ResumeRollout', 'Watch the present stage again from the start, then go on.');
  registerOrder(group, cli, 'abort', 'AbortRollout', 'Undo it on every host that it has reached.');
}

function registerOrder(
  group: Command,
  cli: Cli,
  name: string,
  order: 'PauseRollout' | 'ResumeRollout' | 'AbortRollout',
  description: string,
): void {
  const command = group.command(name).description(description).argument('<id>', 'as rollout list shows it');
  addExamples(addOutput(addReason(command)), `fleetblock rollout ${name} k7m2pq`);
  command.action(async (id: string) => {
    const options = command.optsWithGlobals<RolloutOptions>();
    const credentials = await loadCredentials(cli, options);
    const { rollout } = await orderRollout(cli, credentials, order, { id, reason: options.reason ?? '' });
    if (!rollout) throw new FleetblockError('INTERNAL', 'the controller sent no rollout: see its log');
    if (options.output === 'json' || options.output === 'yaml')
      await printValue(cli, options.output, rolloutJson(rollout));
    else cli.stdout.write(`${rolloutLine(rollout)}\n`);
  });
}
