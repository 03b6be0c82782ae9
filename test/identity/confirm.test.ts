// Confirmed changes through a whole controller: what operators see, what hosts hold, what the audit says.
import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlockRequest } from '../../proto/gen/fleetblock/v1/BlockRequest.ts';
import type { ChangeReply__Output } from '../../proto/gen/fleetblock/v1/ChangeReply.ts';
import { listed, type SimulatedHost, SyncFleet, until } from '../sync/fleet.ts';

const X = '203.0.113.0/24';

let fleet: SyncFleet;
let host: SimulatedHost;

beforeEach(async () => {
  fleet = await SyncFleet.start();
  host = await fleet.agent('web1');
  await until('synced', async () => (await fleet.operator.host('web1')).status === 'synced');
});
afterEach(async () => {
  await host.stop();
  await fleet.stop();
});

const confirm = (id: string) =>
  new Promise<ChangeReply__Output>((resolve, reject) => {
    fleet.operator.client.Confirm({ id, wait: { timeoutMs: 10_000 } }, (error, reply) =>
      reply ? resolve(reply) : reject(error ?? new Error('an empty answer')),
    );
  });
const audited = async (verb: string) =>
  (await fleet.operator.audit({ verb })).map(({ subject, reason }) => ({ subject, reason }));
const held = () => listed(host.datapath.held);
const refusedBlock = (request: BlockRequest) =>
  fleet.operator.block([X], request).then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a block with a time to confirm', () => {
  it('is enforced with an end, told how to confirm, and kept when it is', async () => {
    const reply = await fleet.operator.block([X], { confirmMs: 60_000 });
    expect(reply.hosts).toMatchObject({ targeted: 1, enforced: 1 });
    const { id = '', remainingMs = '0' } = reply.confirm ?? {};
    expect(id).toMatch(/^[a-z2-9]{6}$/);
    expect(Number(remainingMs)).toBeGreaterThan(50_000);
    expect(Number(remainingMs)).toBeLessThanOrEqual(60_000);
    expect(await fleet.operator.entries()).toMatchObject([{ prefix: X, confirmId: id }]);
    const [ends] = [...host.datapath.held.pack().v4.timesMs];
    expect(ends).toBeGreaterThan(0);

    const confirmed = await confirm(id);
    expect(confirmed).toMatchObject({ hosts: { targeted: 1, enforced: 1 }, confirm: null });
    expect([...host.datapath.held.pack().v4.timesMs].every((end) => end === 0)).toBe(true);
    expect(await fleet.operator.entries()).toMatchObject([{ prefix: X, confirmId: '', expiresAtMs: '0' }]);
    await expect(confirm(id)).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
      details: expect.stringContaining('was confirmed already'),
    });
    await until('results', async () => (await audited('result')).length === 2);
    expect(await audited('result')).toEqual([
      { subject: '1/1 hosts enforced', reason: `block ${X}` },
      { subject: '1/1 hosts enforced', reason: `confirm ${id}` },
    ]);
  });

  it('is undone at the deadline, on every host, with who did not confirm it and how the hosts stood', async () => {
    const { confirm: waits } = await fleet.operator.block([X], { confirmMs: 2000, reason: 'scan' });
    expect(held()).toEqual([`block ${X}`]);
    await until('undone', async () => (await fleet.operator.entries()).length === 0 && held().length === 0);
    await until('its result', async () => (await audited('result')).some(({ reason }) => reason.startsWith('undo')));
    expect(await audited('undo')).toEqual([
      { subject: `${waits?.id}: ${X} on all`, reason: 'admin/admin did not confirm it within 2s: scan' },
    ]);
    expect((await audited('result')).at(-1)).toEqual({ subject: '1/1 hosts enforced', reason: `undo ${waits?.id}` });
    await expect(confirm(waits?.id ?? '')).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
      details: expect.stringContaining('too late'),
    });
  });

  it('is undone by a controller that was restarted in between', async () => {
    await fleet.operator.block([X], { confirmMs: 20_000 });
    await fleet.restart();
    await until('the same controller', () =>
      fleet.operator.entries().then(
        (all) => all.length === 1,
        () => false,
      ),
    );
    // It has ended by itself a little before it is taken away.
    await until('undone', async () => (await audited('undo')).length > 0);
    expect(await audited('undo')).toHaveLength(1);
    expect(await fleet.operator.entries()).toEqual([]);
  });
});

describe('a forced block', () => {
  it('waits for a minute by itself, for as long as is said otherwise, and says so', async () => {
    const { confirm: minute } = await fleet.operator.block(['64.0.0.0/7'], { force: true });
    expect(Number(minute?.remainingMs)).toBeGreaterThan(50_000);
    const { confirm: longer } = await fleet.operator.block(['66.0.0.0/7'], { force: true, confirmMs: 300_000 });
    expect(Number(longer?.remainingMs)).toBeGreaterThan(290_000);
    expect((await audited('block')).map(({ subject }) => subject)).toEqual([
      `64.0.0.0/7 on all (forced; undone unless ${minute?.id} is confirmed within 1m)`,
      `66.0.0.0/7 on all (forced; undone unless ${longer?.id} is confirmed within 5m)`,
    ]);
  });

  it('that only counts locks no one out', async () => {
    expect((await fleet.operator.block([X], { force: true, monitor: true })).confirm).toBeNull();
  });
});

it.each([
  [{ confirmMs: 999 }, 'from 1s to 1d'],
  [{ confirmMs: 86_400_001 }, 'from 1s to 1d'],
  [{ confirmMs: 60_000, monitor: true }, 'leave out --confirm or --monitor'],
])('%j is refused: %s', async (request, words) => {
  expect(await refusedBlock(request)).toMatchObject({
    code: status.INVALID_ARGUMENT,
    details: expect.stringContaining(words),
  });
});

it('a refusal is in the audit with what and why', async () => {
  await fleet.operator.block(['127.0.0.0/8']).catch(() => undefined);
  await until('audited', async () => (await audited('refused')).length > 0);
  expect(await fleet.operator.audit({ prefix: '127.0.0.0/8' })).toMatchObject([
    {
      actor: 'admin/admin',
      subject: 'block 127.0.0.0/8',
      reason: 'FAILED_PRECONDITION: refused: 127.0.0.0/8 covers loopback; an admin may override with --force',
      source: expect.stringMatching(/^127\.0\.0\.1:[0-9]+$/),
    },
  ]);
});
