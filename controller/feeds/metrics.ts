// Feeds for Prometheus, read at every scrape. Operators name feeds, and there are at most some hundred.
import { Gauge, type Metric } from 'prom-client';
import type { FeedStatus, Feeds } from './feeds.ts';

/** Not registered anywhere yet. */
export function feedMetrics(feeds: Feeds): Metric[] {
  const byFeed = (name: string, help: string, read: (status: FeedStatus, entries: number) => number) =>
    new Gauge({
      name: `fleetblock_feed_${name}`,
      help,
      labelNames: ['feed'],
      registers: [],
      async collect() {
        const entries = await feeds.entries();
        this.reset();
        for (const each of feeds.list())
          this.set({ feed: each.feed.name }, read(each, entries.get(each.feed.name) ?? 0));
      },
    });
  return [
    byFeed(
      'last_success_timestamp_seconds',
      'When the feed was last looked at without a failure, Unix time; 0: never.',
      ({ state }) => state.goodMs / 1000,
    ),
    byFeed('entries', 'Entries of the feed that are in force.', (_, entries) => entries),
    byFeed('failures', 'Looks at the feed that failed, in a row.', ({ state }) => state.failures),
    byFeed('held', '1 while a list of the feed waits for an operator.', ({ state }) =>
      state.held && !state.held.accepted ? 1 : 0,
    ),
    byFeed('staged', '1 while a list of the feed reaches its hosts in stages.', ({ state }) =>
      state.staged && !state.held ? 1 : 0,
    ),
  ];
}
