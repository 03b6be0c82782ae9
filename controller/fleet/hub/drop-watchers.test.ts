import { describe, expect, it } from 'vitest';
import { type DropReport, DropWatchers } from './drop-watchers.ts';

const report = (hostId: string): DropReport => ({ hostId, atMs: 1, events: { rows: [], unreportedPackets: '1' } });

describe('who watches drops', () => {
  it('asks no host without a watcher, and a watched one often', () => {
    const watchers = new DropWatchers();
    expect(watchers.planFor('h1', 3)).toEqual({ intervalMs: 0, rows: 0 });
    const stop = watchers.add({ hostId: 'h1', take: () => {} });
    expect(watchers.planFor('h1', 3000)).toEqual({ intervalMs: 200, rows: 200 });
    expect(watchers.planFor('h2', 3000)).toEqual({ intervalMs: 0, rows: 0 });
    stop();
    expect(watchers.planFor('h1', 3)).toEqual({ intervalMs: 0, rows: 0 });
  });

  it('asks a fleet the less often the larger it is', () => {
    const watchers = new DropWatchers();
    watchers.add({ hostId: undefined, take: () => {} });
    expect(watchers.planFor('h1', 3)).toEqual({ intervalMs: 200, rows: 200 });
    expect(watchers.planFor('h1', 1000)).toEqual({ intervalMs: 5000, rows: 5 });
    expect(watchers.planFor('h1', 100_000)).toEqual({ intervalMs: 10_000, rows: 5 });
  });

  it('tells each what it watches', () => {
    const watchers = new DropWatchers();
    const heard: string[] = [];
    watchers.add({ hostId: undefined, take: ({ hostId }) => heard.push(`all ${hostId}`) });
    const stop = watchers.add({ hostId: 'h1', take: ({ hostId }) => heard.push(`one ${hostId}`) });
    watchers.tell(report('h1'));
    watchers.tell(report('h2'));
    stop();
    watchers.tell(report('h1'));
    expect(heard).toEqual(['all h1', 'one h1', 'all h2', 'all h1']);
  });
});
