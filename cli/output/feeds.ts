// Feeds as tables, JSON and sentences.
import { selectorFromWire } from '../../common/rpc/selector.ts';
import { formatDuration } from '../../common/text/duration.ts';
import { formatSelector } from '../../common/text/selector.ts';
import type { Feed__Output } from '../../proto/gen/fleetblock/v1/Feed.ts';
import type { FeedReply__Output } from '../../proto/gen/fleetblock/v1/FeedReply.ts';
import { jsonInteger, jsonTime } from './json.ts';
import type { Column } from './table.ts';
import { count, plural, printable, relative } from './text.ts';

/** `held` comes before `failed`: it is for an operator to decide. */
export function feedState({ paused, held, rollout, error, goodAtMs }: Feed__Output): string {
  if (paused) return 'paused';
  if (held) return 'held';
  if (rollout !== '') return 'staged';
  if (error !== '') return 'failed';
  return goodAtMs === '0' ? 'new' : 'ok';
}

/** What its state is about; empty when all is well. */
export function feedTrouble({ held, rollout, error }: Feed__Output): string {
  const waits = held?.accepted ? 'were accepted, and wait for the next look' : 'wait';
  const why = held ? `${plural(held.rows, 'entry', 'entries')} ${waits}: ${held.why.join('; ')}` : '';
  const staged = rollout === '' || held ? '' : `not in force yet: fleetblock rollout show ${rollout}`;
  return printable([why, staged, error].filter((text) => text !== '').join('; '));
}

/** For `feed list`. */
export function feedColumns(now: number): Column<Feed__Output>[] {
  const time = (ms: string) => (ms === '0' ? 'never' : relative(Number(ms), now));
  return [
    { title: 'NAME', cell: ({ spec }) => spec?.name ?? '' },
    { title: 'STATE', cell: feedState },
    { title: 'ENTRIES', cell: ({ rows }) => count(rows), align: 'right' },
    { title: 'GOOD', cell: ({ goodAtMs }) => time(goodAtMs) },
    { title: 'CHANGED', cell: ({ changedAtMs }) => time(changedAtMs) },
    { title: 'NEXT', cell: ({ dueAtMs, paused }) => (paused ? '-' : time(dueAtMs)) },
    { title: 'TARGETS', cell: targetOf },
    { title: 'TROUBLE', cell: (feed) => feedTrouble(feed) || '-', flexible: true },
  ];
}

/** One fact per line: name and value. */
export function feedFacts(feed: Feed__Output, now: number): [string, string][] {
  const { spec } = feed;
  const time = (ms: string) => (ms === '0' ? 'never' : relative(Number(ms), now));
  return [
    ['name', spec?.name ?? ''],
    ['url', printable(spec?.url ?? '')],
    ['target', targetOf(feed)],
    ['action', actionOf(feed)],
    ['format', `${spec?.format ?? ''}${spec?.at ? ` at ${spec.at}` : ''}`],
    ['every', formatDuration(Number(spec?.everyMs ?? 0))],
    ['key', feed.hasKey ? keyText(spec) : 'none'],
    ['state', feedState(feed)],
    ['trouble', feedTrouble(feed) || '-'],
    ['failures', feed.failures === 0 ? 'none' : `${feed.failures} in a row`],
    ['entries', count(feed.rows)],
    ['looked', time(feed.lookedAtMs)],
    ['good', time(feed.goodAtMs)],
    ['changed', time(feed.changedAtMs)],
    ['next', feed.paused ? '-' : time(feed.dueAtMs)],
    ['declared', `${time(feed.createdAtMs)} by ${feed.actor}`],
    ['halts', spec?.haltDrops === '0' ? '-' : `at ${count(spec?.haltDrops ?? '0')} packets dropped per second`],
    ['reason', printable(spec?.reason || '-')],
  ];
}

/** Contract: docs/cli.md. */
export function feedJson(feed: Feed__Output): object {
  const { spec, held } = feed;
  return {
    name: spec?.name,
    url: spec?.url,
    selector: targetOf(feed),
    action: actionOf(feed),
    format: spec?.format,
    at: spec?.at || null,
    everySeconds: Number(spec?.everyMs ?? 0) / 1000,
    skipInvalid: spec?.skipInvalid ?? 0,
    skipRefused: spec?.skipRefused ?? false,
    allowPrivate: spec?.allowPrivate ?? false,
    haltDropsPerSecond: Number(spec?.haltDrops ?? 0),
    hasKey: feed.hasKey,
    state: feedState(feed),
    error: feed.error || null,
    failures: feed.failures,
    rollout: feed.rollout || null,
    held: held ? { entries: jsonInteger(held.rows), why: held.why, accepted: held.accepted } : null,
    entries: jsonInteger(feed.rows),
    lookedAt: jsonTime(feed.lookedAtMs),
    goodAt: jsonTime(feed.goodAtMs),
    changedAt: jsonTime(feed.changedAtMs),
    nextAt: feed.paused ? null : jsonTime(feed.dueAtMs),
    reason: spec?.reason ?? '',
    actor: feed.actor,
    createdAt: jsonTime(feed.createdAtMs),
  };
}

/** What came of a look, in one line. */
export function lookText(name: string, reply: FeedReply__Output, dryRun: boolean): string {
  const { added, removed, skipped, rows, why } = reply;
  const left = skipped === '0' ? '' : `, ${plural(skipped, 'left out', 'left out')}`;
  switch (reply.outcome) {
    case 'TAKEN':
      return `${dryRun ? 'would take' : 'took'} feed ${name}: ${plural(rows, 'entry', 'entries')} (${count(added)} new, ${count(removed)} removed${left})`;
    case 'STAGED':
      return printable(
        `feed ${name}, ${plural(rows, 'entry', 'entries')}, reaches its hosts in stages: ${why.join('; ')}`,
      );
    case 'UNCHANGED':
      return `feed ${name} is unchanged`;
    case 'HELD':
      return printable(
        `${dryRun ? 'would hold' : 'held'} feed ${name}, ${plural(rows, 'entry', 'entries')}: ${why.join('; ')}`,
      );
    default:
      return printable(`feed ${name} failed: ${why.join('; ')}`);
  }
}

/** Contract: docs/cli.md. */
export function lookJson(reply: FeedReply__Output): object {
  const { feed, outcome, why, acceptable, notes, rows, added, removed, unchanged, skipped, revision } = reply;
  return {
    ...(feed && { feed: feedJson(feed) }),
    outcome: outcome.toLowerCase(),
    why,
    acceptable,
    notes,
    entries: jsonInteger(rows),
    added: jsonInteger(added),
    removed: jsonInteger(removed),
    unchanged: jsonInteger(unchanged),
    skipped: jsonInteger(skipped),
    revision: jsonInteger(revision),
  };
}

function keyText(spec: Feed__Output['spec']): string {
  if (spec?.url.includes('{key}')) return 'sent in the URL';
  return `sent as ${spec?.format === 'crowdsec' ? 'X-Api-Key' : spec?.keyHeader || 'Authorization: Bearer'}`;
}

function targetOf({ spec }: Feed__Output): string {
  return formatSelector(selectorFromWire(spec?.target ?? null));
}

function actionOf({ spec }: Feed__Output): string {
  return spec?.monitor ? 'monitor' : 'block';
}
