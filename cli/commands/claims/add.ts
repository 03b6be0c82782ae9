// What `block` and `allow add` share: claims of one action on the prefixes and hosts that were named.
import type { Action } from '../../../common/action.ts';
import { actionToWire } from '../../../common/rpc/action.ts';
import { selectorToWire } from '../../../common/rpc/selector.ts';
import { MANUAL } from '../../../common/text/origin.ts';
import { formatSelector } from '../../../common/text/selector.ts';
import type { BlockRequest } from '../../../proto/gen/fleetblock/v1/BlockRequest.ts';
import type { Cli } from '../../environment.ts';
import { readPrefixes } from '../../prefixes.ts';
import { requireTarget, splitHosts } from '../../targets.ts';
import { type ChangeOptions, runChange, waitOf } from './change.ts';
import { keptEnds } from './kept-ends.ts';

/** As commander parses them. */
export interface AddOptions extends ChangeOptions {
  /** Milliseconds. */
  readonly duration?: number;
}

/** `args`: the words of the command. `more`: fields of the request that are particular to the command. */
export async function runAdd(
  cli: Cli,
  args: readonly string[],
  options: AddOptions,
  action: Action,
  more: BlockRequest = {},
): Promise<void> {
  const { words, target } = splitHosts(args, options);
  const prefixes = await readPrefixes(cli, words, options.file);
  const selector = requireTarget(target);
  const { duration: ttlMs = 0, reason = '', dryRun = false } = options;
  const wire = actionToWire(action);
  const asked = { action: wire.action, selector: formatSelector(selector), ttlMs, now: cli.now() };
  await runChange(cli, options, {
    verb: action,
    origin: MANUAL,
    ...(ttlMs > 0 && { notes: (client, reply) => keptEnds(client, reply, asked) }),
    send: (client) =>
      client.block({
        ...{ prefixes, target: selectorToWire(selector), ...wire, reason, ttlMs, dryRun },
        ...waitOf(options),
        ...more,
      }),
  });
}
