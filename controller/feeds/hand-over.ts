// The one place where a feed's list becomes the fleet's: an import like any other, by the feed itself, which may change its own list alone.
import type { FleetblockError } from '../../common/errors.ts';
import { listOrigin } from '../../common/text/origin.ts';
import { parseSelector } from '../../common/text/selector.ts';
import type { ObjectionKind } from '../claims/guard/objections.ts';
import type { Caller } from '../identity/auth/caller.ts';
import type { ListsInStages, StagedReply } from '../rollouts/large-changes.ts';
import { actorOf, type Feed } from './feed.ts';
import type { FoundList } from './source.ts';

/**
 * Waits for no host. `accepted`: an operator has seen what is unusual about it.
 * @throws FleetblockError FAILED_PRECONDITION: it is refused, as an operator's import of it would be; others as Lists.import()
 */
export function handOver(
  lists: Pick<ListsInStages, 'import'>,
  feed: Feed,
  found: FoundList,
  {
    accepted,
    dryRun,
    ignoreHosts,
  }: { readonly accepted: boolean; readonly dryRun: boolean; readonly ignoreHosts: readonly string[] },
): Promise<StagedReply> {
  const meant: readonly ObjectionKind[] = accepted
    ? ['SHRINKS', 'RETARGETS']
    : (found.meant ?? []).filter((kind) => kind === 'SHRINKS');
  return lists.import(
    {
      caller: callerOf(feed.name),
      name: feed.name,
      target: parseSelector(feed.target),
      action: feed.action,
      reason: feed.reason,
      dryRun,
      force: false,
      skipRefused: feed.skipRefused,
      meant,
      waitMs: undefined,
    },
    slicesOf(found),
    found.meant === undefined ? { haltDrops: feed.haltDrops, ignoreHosts } : undefined,
  );
}

/** Why an import is refused, with what a feed's operator can do about it in place of an import's flags. */
export function refusalOf({ message, details }: FleetblockError, name: string): string {
  if (!details) return message;
  const problem = message.slice(0, -details.advice.length);
  return `${problem}declare the feed again with --skip-refused (fleetblock feed rm ${name} --keep-list first) to leave that out`;
}

async function* slicesOf({ slices }: FoundList): AsyncGenerator<FoundList['slices'][number]> {
  yield* slices;
}

/** Bound to its list: it can neither allow nor change what is of another origin. */
function callerOf(name: string): Caller {
  const actor = actorOf(name);
  return { role: 'operator', id: actor, actor, serial: '', from: '', origin: listOrigin(name) };
}
