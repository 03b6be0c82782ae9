// FeedService on the wire.

import { FleetblockError } from '../../../common/errors.ts';
import { selectorFromWire, selectorToWire } from '../../../common/rpc/selector.ts';
import { formatSelector, parseSelector } from '../../../common/text/selector.ts';
import type { Feed as FeedWire } from '../../../proto/gen/fleetblock/v1/Feed.ts';
import type { FeedReply } from '../../../proto/gen/fleetblock/v1/FeedReply.ts';
import type { FeedServiceHandlers } from '../../../proto/gen/fleetblock/v1/FeedService.ts';
import type { FeedSpec__Output } from '../../../proto/gen/fleetblock/v1/FeedSpec.ts';
import { CROWDSEC } from '../../feeds/feed.ts';
import type { FeedStatus, Feeds, Looked, NewFeed } from '../../feeds/feeds.ts';
import { answers, type CallDeps, type MethodsOf, unary } from './calls.ts';
import { inPaces } from './message-size.ts';

/** `feeds` does all of it. */
export interface FeedServiceDeps extends CallDeps {
  readonly feeds: Feeds;
}

const DEFAULT_EVERY_MS = 3_600_000;
const LAPI_EVERY_MS = 1000;

/** Every method of FeedService. */
export function feedMethods(deps: FeedServiceDeps): MethodsOf<FeedServiceHandlers> {
  const { feeds } = deps;
  return {
    AddFeed: unary(deps, async ({ feed, key, dryRun }, { caller }) =>
      lookedToWire(await feeds.add(feedFromWire(feed), key, caller, dryRun), await feeds.entries()),
    ),
    ListFeedChunks: answers(deps, async function* () {
      const entries = await feeds.entries();
      for await (const batch of inPaces(feeds.list(), (each) => feedToWire(each, entries))) yield { feeds: batch };
    }),
    RefreshFeed: unary(deps, async ({ name, accept, dryRun, ignoreHosts }, { caller }) =>
      lookedToWire(await feeds.refresh(name, { accept, dryRun, ignoreHosts }, caller), await feeds.entries()),
    ),
    PauseFeed: unary(deps, async ({ name, paused, reason }, { caller }) =>
      feedToWire(await feeds.setPaused(name, paused, caller, reason), await feeds.entries()),
    ),
    RemoveFeed: unary(deps, ({ name, keepList, reason }, { caller }) => feeds.remove(name, keepList, caller, reason)),
  };
}

function feedFromWire(spec: FeedSpec__Output | null): NewFeed {
  if (!spec) throw new FleetblockError('INVALID_ARGUMENT', 'no feed: say which one');
  const { name, url, monitor, format, at, skipInvalid, skipRefused, keyHeader, allowPrivate, reason } = spec;
  const isLapi = format === CROWDSEC;
  return {
    ...{ name, url, at, skipInvalid, keyHeader, allowPrivate, reason },
    // One decision of a detector that the guard refuses must not hold all others.
    skipRefused: skipRefused || isLapi,
    target: formatSelector(selectorFromWire(spec.target)),
    action: monitor ? 'monitor' : 'block',
    haltDrops: Number(spec.haltDrops),
    everyMs: Number(spec.everyMs) || (isLapi ? LAPI_EVERY_MS : DEFAULT_EVERY_MS),
    format: format || 'auto',
  };
}

type Entries = ReadonlyMap<string, number>;

function feedToWire({ feed, state, hasKey }: FeedStatus, entries: Entries): FeedWire {
  const { name, url, format, at, skipInvalid, skipRefused, keyHeader, allowPrivate, reason } = feed;
  return {
    spec: {
      ...{ name, url, format, at, skipInvalid, skipRefused, keyHeader, allowPrivate, reason },
      target: selectorToWire(parseSelector(feed.target)),
      monitor: feed.action === 'monitor',
      everyMs: feed.everyMs,
      haltDrops: feed.haltDrops,
    },
    hasKey,
    paused: feed.paused,
    actor: feed.actor,
    createdAtMs: feed.createdMs,
    lookedAtMs: state.lookedMs,
    goodAtMs: state.goodMs,
    changedAtMs: state.changedMs,
    dueAtMs: Math.floor(state.dueMs),
    rows: entries.get(name) ?? 0,
    error: state.error,
    failures: state.failures,
    rollout: state.staged?.rollout ?? '',
    ...(state.held && { held: { rows: state.held.rows, why: [...state.held.why], accepted: state.held.accepted } }),
  };
}

const OUTCOMES = {
  unchanged: 'UNCHANGED',
  taken: 'TAKEN',
  staged: 'STAGED',
  held: 'HELD',
  failed: 'FAILED',
} as const;

function lookedToWire(looked: Looked, entries: Entries): FeedReply {
  const { kind, why, notes, change, rows, shown } = looked.outcome;
  return {
    feed: feedToWire(looked, entries),
    outcome: OUTCOMES[kind],
    why: [...why],
    notes: [...notes],
    rows,
    acceptable: shown !== undefined && shown.kinds.length > 0,
    ...(change && {
      revision: String(change.revision),
      added: change.added,
      removed: change.removed,
      unchanged: change.unchanged,
      skipped: change.skipped.count,
    }),
  };
}
