// When a feed is looked at: never before its server wants it, and not never because a clock was wrong once.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLogger } from '../../common/logger.ts';
import { EventLog } from '../fleet/events.ts';
import { type Feed, type FeedState, NEVER } from './feed.ts';
import { type FeedDeps, FeedRun } from './feed-run.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const HOUR_MS = 3_600_000;
const FEED: Feed = {
  ...{ name: 'x', url: 'https://example.com/', target: 'all', action: 'block', everyMs: HOUR_MS, format: 'auto' },
  ...{
    at: '',
    skipInvalid: 0,
    skipRefused: false,
    haltDrops: 0,
    keyHeader: '',
    allowPrivate: false,
    reason: '',
    paused: false,
  },
  ...{ actor: '', createdMs: 0 },
};

function run(state: Partial<FeedState>) {
  const made = { looks: 0, clockReads: 0 };
  const wallMs = () => {
    made.clockReads++;
    return Date.now();
  };
  const never = () => Promise.reject(new Error('nothing is imported'));
  const deps: FeedDeps = {
    store: { changeSettings: async () => {}, settings: async () => [], lists: async () => [] },
    lists: { import: never, remove: never, rollout: () => undefined, abort: never },
    allowed: { layers: () => [] },
    clock: { wallMs, monotonicMs: () => performance.now() },
    events: new EventLog(wallMs),
    log: createLogger('test', 'silent'),
    random: () => 0,
    assertOpen: () => {},
  };
  const look = async () => {
    made.looks++;
    return { kind: 'unchanged' } as const;
  };
  new FeedRun(FEED, { ...NEVER, ...state }, { leastMs: HOUR_MS, look }, false, deps).plan();
  return made;
}

test('a feed that is due before its server wants it waits, and asks nothing meanwhile', async () => {
  const now = Date.now();
  const made = run({ dueMs: now - 1000, notBeforeMs: now + HOUR_MS / 2 });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(made.looks).toBe(0);
  expect(made.clockReads).toBeLessThan(10);
  await vi.advanceTimersByTimeAsync(HOUR_MS / 2);
  expect(made.looks).toBe(1);
});

test('times that a clock noted which was years ahead do not keep a feed from being looked at', async () => {
  const ahead = Date.now() + 10 * 365 * 24 * HOUR_MS;
  const made = run({ dueMs: ahead, notBeforeMs: ahead });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(made.looks).toBe(1);
  await vi.advanceTimersByTimeAsync(1.5 * HOUR_MS);
  expect(made.looks).toBe(2);
});
