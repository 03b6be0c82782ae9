// An operator's `events --follow` whose terminal has stopped taking output, over real TLS: it learns what it missed, and nothing
// piles up for it in the controller.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Event__Output } from '../../proto/gen/fleetblock/v1/Event.ts';
import { SyncFleet, until } from '../sync/fleet.ts';

const EVENTS = 60_000;

let fleet: SyncFleet;
beforeAll(async () => {
  fleet = await SyncFleet.start();
});
afterAll(() => fleet.stop());

it('a reader of events that stops reading costs nothing, and learns how many it missed', async () => {
  const { events } = fleet.server.controller;
  const call = fleet.operator.client.WatchEvents({ follow: true });
  const seen: Event__Output[] = [];
  call.on('error', () => {});
  call.on('data', (event) => seen.push(event));
  events.add('change', 'first');
  await until('the first event', () => seen.length === 1);
  call.pause();
  // As texts of events are, or longer.
  const text = 'x'.repeat(200);
  for (let i = 0; i < EVENTS; i++) {
    events.add('change', `${i} ${text}`);
    // Others have their turn: what is written to the paused stream is written.
    if (i % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  events.add('change', 'last');
  call.resume();
  await until('the last event', () => seen.at(-1)?.text === 'last', 30_000);
  const missed = seen.filter(({ kind }) => kind === 'missed');
  expect(missed.length).toBeGreaterThan(0);
  // Each event was given, or counted as missed: its stream takes a little now and then, so that it may be reported more than once.
  const counts = missed.map((event) => Number(/^(\d+) events came faster/.exec(event.text)?.[1]));
  const total = counts.reduce((sum, count) => sum + count, 0);
  expect(seen.length - missed.length + total).toBe(EVENTS + 2);
  // What was on the way when it stopped reading, and what the log remembers.
  expect(seen.length).toBeLessThan(25_000);
  call.cancel();
});
