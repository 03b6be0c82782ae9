import { expect, test } from 'vitest';
import { PrefixSet } from '../claims/guard/prefix-set.ts';
import { StageWatch } from './watch.ts';

type Status = 'synced' | 'lagging' | 'offline' | 'degraded';

/** A stage of hosts whose states and clock a test sets. */
function stageOf(...states: Status[]) {
  const status = new Map(states.map((state, i) => [`h${i}`, state]));
  let nowMs = 0;
  const make = (away?: readonly string[]) =>
    new StageWatch(
      {
        hub: {
          statusOf: (id) => status.get(id) ?? 'offline',
          stateOf: () => ({ refusal: undefined, problems: [], protectedAddresses: [], counters: null }),
        },
        targets: { hosts: () => [...status.keys()].map((id) => ({ id, name: id })) },
        clock: { wallMs: () => nowMs, monotonicMs: () => nowMs },
      },
      away,
    );
  const all = { kind: 'all' } as const;
  const trouble = (watch: StageWatch) =>
    watch.trouble({ selector: all, target: all, haltDrops: 0, ignoreHosts: [] }, new PrefixSet());
  return { status, make, trouble, all, pass: (ms: number) => (nowMs += ms) };
}

test('after a restart, hosts that do not come back halt it, and it does not go on before', () => {
  const { make, trouble, all, pass } = stageOf('synced', 'offline');
  const watch = make([]);
  expect(trouble(watch)).toBeUndefined();
  expect(watch.unproven(all)).toBeDefined();
  pass(30_000);
  expect(trouble(watch)).toBeUndefined();
  pass(30_000);
  expect(trouble(watch)).toBe('hosts got worse: h1 (offline)');
});

test('after a restart, hosts that were away before the stage are not waited for', () => {
  const { make, trouble, all, pass } = stageOf('synced', 'offline');
  const away = make().begin(all);
  expect(away).toEqual(['h1']);
  const watch = make(away);
  pass(120_000);
  expect(trouble(watch)).toBeUndefined();
  expect(watch.unproven(all)).toBeUndefined();
});

test('the next stage forgets no host that is away', () => {
  const { make, status, trouble, all, pass } = stageOf('synced', 'synced');
  const watch = make();
  watch.begin(all);
  status.set('h1', 'offline');
  expect(trouble(watch)).toBeUndefined();
  expect(watch.unproven(all)).toBeDefined();
  pass(3000);
  watch.begin(all);
  pass(2000);
  expect(trouble(watch)).toBe('hosts got worse: h1 (offline)');
});

test('one synced host proves nothing for others that do not answer', () => {
  const { make, status, all } = stageOf('synced', 'synced', 'synced');
  const watch = make();
  watch.begin(all);
  status.set('h1', 'lagging');
  status.set('h2', 'lagging');
  expect(watch.unproven(all)).toBeDefined();
  status.set('h1', 'synced');
  status.set('h2', 'synced');
  expect(watch.unproven(all)).toBeUndefined();
});

test('a stage without a host that is well is not proven, and names them', () => {
  const { make, all } = stageOf('offline', 'degraded');
  const watch = make();
  watch.begin(all);
  expect(watch.unproven(all)).toBe('h0 (offline), h1 (degraded)');
});
