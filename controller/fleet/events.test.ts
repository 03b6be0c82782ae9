import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { clipped } from '../../common/agent-limits.ts';
import { EventLog, type FleetEvent } from './events.ts';

const never = new AbortController().signal;
const all = { after: 0, last: 0, follow: false, wanted: () => true };

function filled(count: number): EventLog {
  const log = new EventLog(() => 0);
  for (let i = 1; i <= count; i++) log.add('change', `${i}`, { hostId: i % 2 === 0 ? 'even' : 'odd' });
  return log;
}

async function collect(events: AsyncIterable<FleetEvent>): Promise<string[]> {
  const found: string[] = [];
  for await (const { kind, text } of events) found.push(kind === 'missed' ? `missed ${text.split(' ')[0]}` : text);
  return found;
}

it('gives what is remembered, from where and of whom it is asked for', async () => {
  const log = filled(6);
  expect(await collect(log.watch(all, never))).toEqual(['1', '2', '3', '4', '5', '6']);
  expect(await collect(log.watch({ ...all, after: 4 }, never))).toEqual(['5', '6']);
  expect(await collect(log.watch({ ...all, last: 2 }, never))).toEqual(['5', '6']);
  const wanted = (event: FleetEvent) => event.hostId === 'even';
  expect(await collect(log.watch({ ...all, last: 2, wanted }, never))).toEqual(['4', '6']);
  // Of another controller's life.
  expect(await collect(log.watch({ ...all, after: 99 }, never))).toHaveLength(6);
});

it('tells a reader that fell behind how much it missed, once, and keeps nothing for it', async () => {
  const log = filled(3);
  const stop = new AbortController();
  const reader = log.watch({ ...all, follow: true }, stop.signal);
  expect((await reader.next()).value).toMatchObject({ text: '1' });
  for (let i = 4; i <= 50_000; i++) log.add('change', `${i}`);
  const seen: FleetEvent[] = [];
  while (seen.at(-1)?.sequence !== 50_000) {
    const { value } = await reader.next();
    if (value) seen.push(value);
  }
  const missed = seen.filter(({ kind }) => kind === 'missed');
  expect(missed).toHaveLength(1);
  expect(seen[0]).toBe(missed[0]);
  // Every event was either given or counted as missed.
  expect(1 + Number(missed[0]?.text.split(' ')[0]) + seen.length - 1).toBe(50_000);
  expect(seen.length).toBeLessThanOrEqual(20_001);
  const next = reader.next();
  log.add('change', 'news');
  expect((await next).value).toMatchObject({ text: 'news' });
  const end = reader.next();
  stop.abort();
  expect((await end).done).toBe(true);
});

it('faults row 60: no event is long, whatever its source', () => {
  const log = new EventLog(() => 0);
  log.add('host.degraded', 'x'.repeat(1_000_000));
  expect(log.since(0)[0]?.text).toBe(`${'x'.repeat(1000)}...`);
});

it('one host that toggles pushes out no other, and says how much of it was left out (faults row 63)', () => {
  let nowMs = 0;
  const log = new EventLog(() => nowMs);
  log.add('host.connected', 'agent 1', { hostId: 'quiet' });
  for (let i = 0; i < 50_000; i++) log.add(i % 2 === 0 ? 'host.degraded' : 'host.recovered', 'x', { hostId: 'loud' });
  log.add('host.connected', 'agent 1', { hostId: 'other' });
  const events = log.since(0);
  expect(events.map(({ hostId }) => hostId).filter((id) => id !== 'loud')).toEqual(['quiet', 'other']);
  expect(events.length).toBe(102);
  nowMs = 60_000;
  expect(log.add('host.degraded', 'x', { hostId: 'loud' })).toBe(true);
  expect(log.since(0).at(-1)?.text).toBe('x (49900 events of this host were left out before)');
  log.add('host.degraded', 'y', { hostId: 'loud' });
  expect(log.since(0).at(-1)?.text).toBe('y');
});

it('remembers only as much of a text as it shows (faults row 60)', () => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('no gc');
  const log = new EventLog(() => 0);
  const used = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = used();
  // As a decoder makes them: each a string of its own.
  for (let i = 0; i < 1000; i++) log.add('change', clipped(Buffer.alloc(100_000, 'x').toString('latin1')));
  for (let i = 0; i < 1000; i++) log.add('change', `${Buffer.alloc(100_000, 'y').toString('latin1').slice(0, 297)}...`);
  expect(used() - before).toBeLessThan(20e6);
  expect(log.since(0).length).toBe(2000);
});
