// The hub and hosts that know more than the store, or something else: lost commits, false claims, restored backups, proofs that prove nothing.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Seals } from '../../../controller/fleet/host/seals.ts';
import { backupStore, restoreStore } from '../../../controller/store/sqlite/file/backup.ts';
import { listed } from '../fleet.ts';
import { BY, HubStage, SECRET } from './stage.ts';

let stage: HubStage;
beforeEach(() => {
  stage = new HubStage();
});
afterEach(() => stage.remove());

it('faults row 22: a host that holds a later revision than the stage.store puts it in quarantine: nothing sent, nothing changed', async () => {
  await stage.start(2);
  for (const each of stage.hosts) each.connect();
  await stage.block('20.0.0.1');
  await stage.prove();
  stage.host(0).disconnect();
  stage.host(0).revision = 99n;
  stage.host(0).seal = new Seals(SECRET).revision(stage.store.epoch, 99n);
  stage.host(0).connect();
  const kinds = stage.host(1).kinds.length;
  expect(() => stage.controller.hub.quarantine.assertOpen()).toThrow(/quarantine/);
  await stage.block('20.0.0.2');
  expect(stage.host(1).kinds.length).toBe(kinds);
  expect(stage.controller.hub.statusOf('h1')).toBe('degraded');
  expect(listed(stage.host(0).table)).toEqual(['block 20.0.0.1/32']);
  // The claim of a revoked host no longer counts.
  await stage.store.revokeHost('h0', BY);
  expect(() => stage.controller.hub.quarantine.assertOpen()).not.toThrow();
  const proof = await stage.controller.hub.prove(['h1'], stage.store.head, 5000);
  expect(proof).toMatchObject({ pending: [], failed: [] });
  expect(listed(stage.host(1).table)).toEqual(['block 20.0.0.1/32', 'block 20.0.0.2/32']);
});

it('faults row 83: a host that claims a revision of which it has no proof harms itself alone', async () => {
  await stage.start(2);
  for (const each of stage.hosts) each.connect();
  await stage.block('20.0.0.1');
  await stage.prove();
  for (const claim of [{ revision: 9_000_000_000_000_000_000n }, { revision: 99n, seal: Buffer.alloc(16, 1) }]) {
    stage.host(0).disconnect();
    // With the seal of the revision that it does hold.
    Object.assign(stage.host(0), claim);
    stage.host(0).connect();
    expect(() => stage.controller.hub.quarantine.assertOpen()).not.toThrow();
    expect(stage.controller.hub.stateOf('h0').refusal?.code).toBe('IMPOSSIBLE_REVISION');
    await stage.block(`20.0.0.${2n + (claim.revision % 2n)}`);
    expect(await stage.prove()).toMatchObject({ enforced: ['h1'], failed: [{ hostId: 'h0' }] });
  }
  // Nothing was taken from it, and an operator's word brings it back.
  expect(listed(stage.host(0).table)).toEqual(['block 20.0.0.1/32']);
  stage.controller.hub.resync('h0');
  expect(await stage.prove()).toMatchObject({ failed: [], pending: [] });
  expect(listed(stage.host(0).table)).toEqual(listed(stage.host(1).table));
});

it('faults row 23: after a restore hosts keep what they hold until they are ordered to resync', async () => {
  await stage.start(1);
  await stage.block('20.0.0.1');
  backupStore(stage.directory, join(stage.directory, 'backup.db'));
  await stage.block('20.0.0.2');
  stage.host(0).connect();
  await stage.prove();
  const { table, epoch, revision } = stage.host(0);
  await stage.stop();
  restoreStore(stage.directory, join(stage.directory, 'backup.db'));
  await stage.start(1);
  Object.assign(stage.host(0), { table, epoch, revision });
  stage.host(0).connect();
  expect(await stage.prove(500)).toMatchObject({ failed: [{ hostId: 'h0', refusal: { code: 'EPOCH_MISMATCH' } }] });
  expect(listed(stage.host(0).table)).toEqual(['block 20.0.0.1/32', 'block 20.0.0.2/32']);
  stage.controller.hub.resync('h0');
  expect(await stage.prove()).toMatchObject({ pending: [], failed: [] });
  expect(listed(stage.host(0).table)).toEqual(['block 20.0.0.1/32']);
});

it('faults row 127: a resync that is ordered before the host is back is what it gets when it comes', async () => {
  await stage.start(1);
  await stage.block('20.0.0.1');
  Object.assign(stage.host(0), { epoch: 'of-another-store', revision: 7n });
  stage.controller.hub.resync('h0');
  const proof = stage.prove();
  stage.host(0).connect();
  expect(await proof).toMatchObject({ enforced: ['h0'], pending: [], failed: [] });
  expect(listed(stage.host(0).table)).toEqual(['block 20.0.0.1/32']);
  // Once: what it holds of yet another stage.store it keeps.
  stage.host(0).disconnect();
  Object.assign(stage.host(0), { epoch: 'of-a-third-store', revision: 9n });
  stage.host(0).connect();
  expect(await stage.prove()).toMatchObject({ failed: [{ hostId: 'h0', refusal: { code: 'EPOCH_MISMATCH' } }] });
});

it('an ack is no proof while an interface of the host lets everything through, however it came to that', async () => {
  await stage.start(2);
  stage.host(1).connect();
  await stage.prove(0);
  const detached = [{ name: 'eth0', index: 2, mode: 'none', problem: 'the program is gone' }];
  stage.host(1).mute = true;
  await stage.block('20.0.0.1');
  const proof = stage.prove();
  // One comes back during the wait without its program, the other loses it during the wait.
  stage.host(0).interfaces = detached;
  stage.host(0).connect();
  stage.host(1).mute = false;
  stage.host(1).reply({ status: { interfaces: detached } });
  const { enforced, pending, failed } = await proof;
  expect({ enforced, pending }).toEqual({ enforced: [], pending: [] });
  expect(failed.map(({ hostId, refusal }) => `${hostId} ${refusal.code}`).sort()).toEqual([
    'h0 DETACHED',
    'h1 DETACHED',
  ]);
});

it('a hello that names the head with another digest proves nothing: the host is repaired first', async () => {
  await stage.start(1);
  await stage.block('20.0.0.1');
  stage.host(0).connect();
  await stage.prove();
  stage.host(0).disconnect();
  stage.host(0).tamper();
  stage.host(0).mute = true;
  const proof = stage.prove(300);
  stage.host(0).connect();
  expect(await proof).toMatchObject({ enforced: [], pending: ['h0'], failed: [] });
  expect(stage.controller.hub.stateOf('h0').acked).toBe(0n);
  stage.host(0).disconnect();
  stage.host(0).tamper();
  stage.host(0).mute = false;
  stage.host(0).connect();
  expect(await stage.prove()).toMatchObject({ enforced: ['h0'], pending: [] });
  expect(listed(stage.host(0).table)).toEqual(['block 20.0.0.1/32']);
});

it('counts no host as enforcing a revision that the views have not reached, and keeps the deadline', async () => {
  await stage.start(1);
  stage.host(0).connect();
  await stage.prove();
  const ahead = stage.store.head + 1n;
  expect(await stage.controller.hub.prove(['h0'], ahead, 0)).toMatchObject({ enforced: [], pending: ['h0'] });
  expect(await stage.controller.hub.prove(['h0'], ahead, 50)).toMatchObject({ enforced: [], pending: ['h0'] });
});
