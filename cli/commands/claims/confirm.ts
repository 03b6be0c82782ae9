// fleetblock confirm: keep a change that would otherwise be undone; without an id, what waits.

import type { Command } from 'commander';
import { MANUAL } from '../../../common/text/origin.ts';
import type { Confirmation__Output } from '../../../proto/gen/fleetblock/v1/Confirmation.ts';
import { loadCredentials } from '../../credentials/credentials.ts';
import type { Cli } from '../../environment.ts';
import { confirmationJson } from '../../output/claims/confirmation.ts';
import { printRows } from '../../output/rows.ts';
import type { Column } from '../../output/table.ts';
import { relative } from '../../output/text.ts';
import { withOperator } from '../../services/operator-client.ts';
import { addExamples, addOutput, addReason, addWait } from '../options.ts';
import { type ChangeOptions, runChange, waitOf } from './change.ts';

/** With an id it is a change that can wait for hosts, without one a plain list. */
export function register(program: Command, cli: Cli): void {
  const command = program
    .command('confirm')
    .summary('keep a change that would otherwise be undone')
    .description(
      'Keeps a change that was made with --confirm or --force: unconfirmed, it is undone on every host when its time is over. Without an id, shows what waits.',
    )
    .argument('[id]', 'as block says it');
  addWait(addOutput(addReason(command)));
  addExamples(command, 'fleetblock confirm', 'fleetblock confirm k7m2pq');
  command.action(async (id: string | undefined) => {
    const options = command.optsWithGlobals<ChangeOptions>();
    if (id !== undefined) {
      await runChange(cli, options, {
        verb: 'confirm',
        origin: MANUAL,
        send: (client) => client.confirm({ id, reason: options.reason ?? '', ...waitOf(options) }),
      });
      return;
    }
    const credentials = await loadCredentials(cli, options);
    const { confirmations } = await withOperator(cli, credentials, (client) => client.listConfirmations());
    await printRows(cli, options.output, confirmations, columns(cli.now()), confirmationJson);
  });
}

function columns(now: number): Column<Confirmation__Output>[] {
  return [
    { title: 'ID', cell: ({ id }) => id },
    { title: 'UNDONE', cell: ({ remainingMs }) => relative(now + Number(remainingMs), now), colour: () => 'yellow' },
    { title: 'FORCED', cell: ({ forced }) => (forced ? 'yes' : 'no') },
    { title: 'BY', cell: ({ actor }) => actor },
    { title: 'PREFIXES', cell: ({ prefixes, claims }) => prefixesText(prefixes, claims) },
    { title: 'REASON', cell: ({ reason }) => reason || '-', flexible: true },
  ];
}

function prefixesText(prefixes: readonly string[], claims: number): string {
  const shown = prefixes.slice(0, 3);
  return `${shown.join(' ')}${claims > shown.length ? ` and ${claims - shown.length} more` : ''}`;
}
