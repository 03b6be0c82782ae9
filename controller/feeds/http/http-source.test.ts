// How often a server is asked, and when a feed is due.
import { expect, test } from 'vitest';
import { systemClock } from '../../../common/time/clock.ts';
import type { Feed } from '../feed.ts';
import { dueAfter } from '../schedule.ts';
import { httpSources } from './http-source.ts';

const FEED: Feed = {
  ...{ name: 'x', url: '', target: 'all', action: 'block', everyMs: 0, format: 'auto', at: '', skipInvalid: 0 },
  ...{
    skipRefused: false,
    haltDrops: 0,
    keyHeader: '',
    allowPrivate: false,
    reason: '',
    paused: false,
    actor: '',
    createdMs: 0,
  },
};

test.each([
  ['https://www.spamhaus.org/drop/drop_v4.json', 3_600_000],
  ['https://spamhaus.org/drop/drop_v4.json', 3_600_000],
  ['https://www.dan.me.uk/torlist/', 1_800_000],
  ['https://notspamhaus.org/', 0],
  ['https://example.com/?spamhaus.org', 0],
])('%s is asked every %i ms at most', (url, leastMs) => {
  const open = httpSources({ read: () => Promise.reject(new Error('nothing is read')) }, systemClock);
  expect(open({ ...FEED, url }, '').leastMs).toBe(leastMs);
});

const ended = { endedMs: 1_000_000, everyMs: 3_600_000, failures: 0, notBeforeMs: 0, random: () => 0 };
test.each([
  ['its turn', {}, 3_600_000],
  ['a tenth later at most', { random: () => 1 }, 3_960_000],
  ['soon after a failure', { failures: 1 }, 60_000],
  ['less often after more', { failures: 4 }, 480_000],
  ['never later than its turn', { failures: 40 }, 3_600_000],
  ['not before its server wants it', { failures: 1, notBeforeMs: 9_000_000 }, 8_000_000],
])('the next look: %s', (_, change, waitMs) => {
  expect(dueAfter({ ...ended, ...change }) - ended.endedMs).toBe(waitMs);
});
