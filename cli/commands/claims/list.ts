// fleetblock list: the claims, one row each, streamed.
import { type Command, Option } from 'commander';
import { ACTION_NAMES, ACTIONS, type Action } from '../../../common/action.ts';
import { actionToWire } from '../../../common/rpc/action.ts';
import { formatPrefix, parsePrefix } from '../../../common/text/prefix.ts';
import type { ListEntriesRequest } from '../../../proto/gen/fleetblock/v1/ListEntriesRequest.ts';
import { loadCredentials } from '../../credentials/credentials.ts';
import type { Cli, GlobalOptions } from '../../environment.ts';
import { printClaims } from '../../output/claims/claim.ts';
import { CLAIM_ORDERS, type ClaimOrder, sortedClaims } from '../../output/claims/sort-claims.ts';
import type { OutputForm } from '../../output/format.ts';
import { say } from '../../output/say.ts';
import { plural } from '../../output/text.ts';
import { withOperator } from '../../services/operator-client.ts';
import { addExamples, addOutput, countOption } from '../options.ts';

interface ListOptions extends GlobalOptions {
  readonly covering?: boolean;
  readonly inside?: boolean;
  readonly origin?: string;
  readonly action?: Action;
  readonly reason?: string;
  readonly actor?: string;
  readonly host?: string;
  readonly expired?: boolean;
  readonly sort?: ClaimOrder;
  readonly limit: number;
  readonly output: OutputForm;
}

/** Rows are written as they arrive, unless --sort needs all of them first. */
export function register(program: Command, cli: Cli): void {
  const command = program
    .command('list')
    .summary('what is blocked and allowed, by whom, until when, why')
    .description(
      'Shows the claims: what is blocked and allowed, on which hosts, by whom, until when, and why. With a prefix, only what is on it, inside it or around it.',
    )
    .argument('[prefix]', 'address or prefix')
    .addOption(new Option('--covering', 'only what covers all of the prefix').conflicts('inside'))
    .option('--inside', 'only what lies inside the prefix')
    .option('--origin <origin>', 'only of this origin: manual, list:NAME')
    .addOption(new Option('--action <action>', 'only what does this').choices(ACTION_NAMES))
    .option('--reason <text>', 'only where this is part of the reason')
    .option('--actor <actor>', 'only by this actor, like admin/alice')
    .option('-H, --host <name>', 'only what targets this host')
    .option('--expired', 'also what has ended and is not removed yet')
    .addOption(new Option('--sort <order>', 'by this: the next to end first, the newest first').choices(CLAIM_ORDERS))
    .addOption(countOption('--limit <number>', 'show at most this many (0: all)', 0));
  addExamples(
    addOutput(command),
    'fleetblock list',
    'fleetblock list 5.0.0.0/8',
    'fleetblock list 203.0.113.7 --covering',
    'fleetblock list --host web1 --origin manual --sort ends --limit 20',
    "fleetblock list -o json | jq -r '.[] | select(.expiresAt == null) | .prefix'",
  );
  command.action(async (prefix: string | undefined) => {
    const options = command.optsWithGlobals<ListOptions>();
    if (prefix === undefined && (options.covering || options.inside))
      command.error(
        `error: ${options.covering ? '--covering' : '--inside'} goes with a prefix: fleetblock list PREFIX`,
      );
    const request = requestOf(prefix, options);
    const credentials = await loadCredentials(cli, options);
    await withOperator(cli, credentials, async (client) => {
      const batches = client.listEntries(request);
      const sorted = options.sort ? sortedClaims(batches, options.sort, options.limit) : batches;
      const total = await printClaims(cli, options.output, sorted);
      if (total === 0) say(cli, nothingText(prefix, options));
      else if (cli.stderr.isTTY && options.output === 'table') say(cli, plural(total, 'claim'));
    });
  });
}

function requestOf(prefix: string | undefined, options: ListOptions): ListEntriesRequest {
  const { action } = options;
  return {
    prefix: prefix === undefined ? '' : formatPrefix(parsePrefix(prefix)),
    overlap: options.covering ? 'COVERING' : options.inside ? 'INSIDE' : 'OVERLAP_UNSPECIFIED',
    origin: options.origin ?? '',
    action: action ? actionToWire(action).action : 'ACTION_UNSPECIFIED',
    effect: action ? (ACTIONS[action].enforced ? 'ENFORCED' : 'MONITORED') : 'EFFECT_UNSPECIFIED',
    reason: options.reason ?? '',
    actor: options.actor ?? '',
    host: options.host ?? '',
    expired: options.expired ?? false,
    // What is sorted is cut afterwards.
    limit: options.sort ? 0 : options.limit,
  };
}

/** A typed name that nothing has looks like an empty answer. */
function nothingText(prefix: string | undefined, options: ListOptions): string {
  const { origin, action, reason, actor, host } = options;
  if (prefix === undefined && [origin, action, reason, actor, host].every((condition) => condition === undefined))
    return 'nothing is blocked or allowed';
  const names = origin === undefined ? '' : `; is there an origin ${origin}? fleetblock lists shows the lists`;
  return `no claim matches${names}`;
}
