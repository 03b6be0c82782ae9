// The list of a feed is the feed's: what an operator would do to it by hand is refused, as the next look would undo it.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packEntries } from '../../common/entries/packed.ts';
import { parsePrefix } from '../../common/text/prefix.ts';
import { SyncFleet } from '../sync/fleet.ts';
import { addresses, caller, FEED, ListServer } from './fleet.ts';

let fleet: SyncFleet;
let server: ListServer;
beforeEach(async () => {
  fleet = await SyncFleet.start();
  server = await ListServer.start();
});
afterEach(async () => {
  await fleet.stop();
  await server.close();
});

test('faults row 184: a list that a feed keeps is neither removed nor imported by hand, unless the feed is paused', async () => {
  const { feeds } = fleet.server.controller;
  server.text(addresses(20));
  await feeds.add({ ...FEED, url: server.url }, '', caller('admin'), false);
  const rows = [packEntries([{ prefix: parsePrefix('198.51.100.0/24'), action: 'block', ttlMs: 0 }])];
  const kept = 'list test is kept by feed test: fleetblock feed pause test first, or fleetblock feed rm test';
  await expect(fleet.operator.importList('test', rows)).rejects.toThrow(kept);
  await expect(fleet.operator.importList('test', rows, { dryRun: true })).rejects.toThrow(kept);
  const stages = { stages: ['1%', '100%'], bakeMs: 1000 };
  await expect(fleet.operator.importList('test', rows, { stages })).rejects.toThrow(kept);
  await expect(fleet.operator.removeList('test')).rejects.toThrow(kept);
  expect((await fleet.server.store.lists())[0]?.entries).toBe(20);
  await feeds.setPaused('test', true, caller('operator'), '');
  expect(await fleet.operator.removeList('test')).toMatchObject({ removed: '20' });
});
