// What an operator accepts of a feed, and what the audit says about it.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addresses, FeedFleet, ListServer } from './fleet.ts';

let fleet: FeedFleet;
let server: ListServer;
beforeEach(async () => {
  fleet = await FeedFleet.start();
  server = await ListServer.start();
  server.text(addresses(100));
  await fleet.add(server.url);
  server.text(addresses(30));
  await fleet.refresh();
});
afterEach(async () => {
  await fleet.stop();
  await server.close();
});

const accepted = async () => (await fleet.audit()).filter((record) => record === 'operator/alice feed.accept').length;
const wantsNone = () => {
  server.answer = (_, response) => response.writeHead(429, { 'retry-after': '7200' }).end();
};

test('the audit says so when a list was taken, and neither when the look fails nor when another came', async () => {
  server.answer = (_, response) => response.writeHead(500).end();
  expect((await fleet.refresh('test', true)).outcome.kind).toBe('failed');
  server.text(addresses(10));
  expect((await fleet.refresh('test', true)).outcome.kind).toBe('held');
  expect(await accepted()).toBe(0);
  expect((await fleet.refresh('test', true)).outcome).toMatchObject({ kind: 'taken', rows: 10 });
  expect(await accepted()).toBe(1);
});

test('faults row 182: what is accepted while its server wants no look is taken by the next one', async () => {
  wantsNone();
  await fleet.refresh();
  expect((await fleet.refresh('test', true)).outcome).toMatchObject({
    kind: 'held',
    why: [expect.stringMatching(/^accepted, and taken by the next look: .* again in (1h59m|2h)/)],
  });
  expect(await accepted()).toBe(1);
  server.text(addresses(31));
  fleet.clock.jump(7_201_000);
  await fleet.restart();
  await vi.waitFor(async () => expect(await fleet.rows()).toHaveLength(31), { timeout: 30_000 });
  expect(await accepted()).toBe(1);
});

test('another list than was accepted is shown first', async () => {
  wantsNone();
  await fleet.refresh();
  await fleet.refresh('test', true);
  server.text(addresses(10));
  fleet.clock.jump(7_201_000);
  await fleet.restart();
  const held = () => fleet.controller.feeds.find('test').state.held;
  await vi.waitFor(() => expect(held()).toMatchObject({ rows: 10, accepted: false }), { timeout: 30_000 });
  expect(await fleet.rows()).toHaveLength(100);
});

test('what the guard refuses cannot be accepted, and is told how it is left out', async () => {
  server.text(`${addresses(100)}127.0.0.1\n`);
  expect((await fleet.refresh()).outcome).toMatchObject({
    kind: 'held',
    why: [expect.stringMatching(/127\.0\.0\.1\/32 .*; declare the feed again with --skip-refused/)],
    shown: { kinds: [] },
  });
  await expect(fleet.refresh('test', true)).rejects.toThrow(/cannot be accepted: .*--keep-list/);
  expect(await accepted()).toBe(0);
});
