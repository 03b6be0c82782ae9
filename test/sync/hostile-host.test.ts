// A stolen host certificate: what it says costs the controller little, and others nothing.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type HostIdentity, SyncFleet, until } from './fleet.ts';
import { TapHost } from './simulated/tap-host.ts';

let fleet: SyncFleet;
let identity: HostIdentity;
beforeAll(async () => {
  fleet = await SyncFleet.start();
  identity = await fleet.enroll('evil');
});
afterAll(() => fleet?.stop());

it.each([
  [
    'a message of 64 KiB',
    { problems: ['x'.repeat(70_000)] },
    /INVALID_ARGUMENT: a message of 70\d{3} bytes, at most 65536/,
  ],
  ['17 problems', { problems: Array<string>(17).fill('x') }, /INVALID_ARGUMENT: 17 problems, at most 16/],
])('faults row 59: %s ends its stream with the reason', async (_what, status, reason) => {
  const host = new TapHost(fleet.address, identity, {});
  await host.first('welcome');
  host.send({ status });
  await until('refused', () => host.ended !== undefined, 30_000);
  expect(host.ended?.message).toMatch(reason);
  host.close();
});

it('faults row 120: a caller that checks twenty addresses at once asks a host four at a time, and gets all of its answers', async () => {
  const host = new TapHost(fleet.address, identity, {});
  await host.first('welcome');
  let asked: number | undefined;
  const checks = Array.from({ length: 20 }, async (_, i) => {
    const call = fleet.operator.client.CheckPrefix({ address: `198.51.100.${i}`, host: 'evil', timeoutMs: 300 });
    let answers = 0;
    for await (const _answer of call) answers++;
    // The four that waited for this silent host are over, or some of them; no more than four others have begun.
    asked ??= host.of('lookup').length;
    return answers;
  });
  for (const answers of await Promise.all(checks)) expect(answers).toBeGreaterThan(0);
  expect(asked).toBeLessThanOrEqual(8);
  expect(host.of('lookup')).toHaveLength(20);
  host.close();
});

it('faults row 60: problems that come and go are short, whatever they say', async () => {
  const host = new TapHost(fleet.address, identity, {});
  await host.first('welcome');
  const before = fleet.server.controller.events.since(0).length;
  for (let i = 0; i < 100; i++) host.send({ status: { problems: i % 2 ? [] : [`${i}${'x'.repeat(60_000)}`] } });
  const { events } = fleet.server.controller;
  // As many as one host may cause in a row (faults row 63), and the others left out.
  await until('told', () => events.since(0).length >= before + 50);
  for (const { text } of events.since(0)) expect(text.length).toBeLessThanOrEqual(300);
  host.close();
});
