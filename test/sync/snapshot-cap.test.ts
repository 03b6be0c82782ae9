// The cap on snapshots that are under way, over real TLS: hosts that do not read keep their places, and no other host is sent one beside them.
import { afterEach, expect, it } from 'vitest';
import { type SimulatedHost, SyncFleet, until } from './fleet.ts';
import { addressRows } from './rows.ts';
import { DeafHost } from './simulated/deaf-host.ts';

/** As in controller/fleet/hub/hub.ts. */
const CAP = 8;
/** More than the buffers of a stream and its connection take, so that an unread snapshot stays in flight. */
const ROWS = 1_500_000;
const SLOW_MS = 120_000;

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

it('faults row 29: a bounded number of snapshots at once, however many hosts ask', {
  timeout: 4 * SLOW_MS,
}, async () => {
  const fleet = await SyncFleet.start();
  cleanUps.push(() => fleet.stop());
  const { hub } = fleet.server.controller;
  await fleet.operator.importList('big', addressRows(ROWS), { wait: { timeoutMs: 0 } });
  let most = 0;
  const watching = setInterval(() => {
    most = Math.max(most, hub.snapshotsUnderWay);
  }, 1);
  cleanUps.push(() => clearInterval(watching));
  const deaf = (await fleet.enrollMany(CAP)).map((identity) => new DeafHost(fleet.address, identity));
  cleanUps.push(() => {
    for (const each of deaf) each.close();
  });
  await until('all places are taken', () => hub.snapshotsUnderWay === CAP, SLOW_MS);
  const reading: SimulatedHost[] = [];
  for (const name of ['a', 'b', 'c']) reading.push(await fleet.agent(name));
  cleanUps.push(async () => {
    for (const each of reading) await each.stop();
  });
  await until('the others have asked', () => hub.connected === CAP + reading.length, SLOW_MS);
  const held = reading.filter((each) => each.datapath.held.size > 0);
  // A deaf host that the controller gave up on, on a machine that stood still, has made room.
  if (deaf.every(({ ended }) => ended === undefined)) expect(held).toEqual([]);
  deaf[0]?.close();
  await until(
    'one place serves all that read',
    () => reading.every((each) => each.datapath.held.size === ROWS),
    SLOW_MS,
  );
  expect(most).toBe(CAP);
});
