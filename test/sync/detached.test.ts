// A host that was detached by its own root, as the controller learns and shows it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogger } from '../../common/logger.ts';
import { protocol } from '../../common/rpc/proto.ts';
import { systemClock } from '../../common/time/clock.ts';
import { type Controller, startController } from '../../controller/controller.ts';
import type { HostSession } from '../../controller/fleet/host/host-session.ts';
import { openSqliteStore } from '../../controller/store/sqlite/sqlite-store.ts';
import type { Store } from '../../controller/store/store.ts';
import type { Hello } from '../../proto/gen/fleetblock/v1/Hello.ts';
import { until } from './fleet.ts';

const { requestSerialize, requestDeserialize, responseDeserialize } = protocol.AgentService.service.Sync;

let directory: string;
let store: Store;
let controller: Controller;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-detached-'));
  store = await openSqliteStore({ directory, create: true, clock: systemClock });
  controller = await startController({ store, clock: systemClock, log: createLogger('test', 'silent') });
  const secretHash = new Uint8Array(32);
  const by = { actor: 'admin/test', reason: '' };
  const token = { id: 'some-token', secretHash, expiresMs: Date.now() + 60_000, maxUses: 1, labels: {}, hostName: '' };
  await store.createToken(token, by);
  await store.enroll({ tokenId: token.id, secretHash, hostId: 'h0', hostName: 'web1', labels: {}, from: '' });
});
afterEach(async () => {
  controller.close();
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Says hello as host h0. */
function hello(said: Hello) {
  const { hello: decoded } = requestDeserialize(requestSerialize({ hello: { protocol: 1, ...said } }));
  if (!decoded) throw new Error('no hello');
  const heard: string[] = [];
  let session: HostSession | undefined;
  const stream = {
    write: (message: Buffer) => heard.push(responseDeserialize(message).message ?? '') > 0,
    end: (error: Error) => heard.push(error.message),
  };
  controller.hub.connect('h0', decoded, stream, (made) => {
    session = made;
  });
  return { heard, session: () => session };
}

const events = () => controller.events.since(0).map(({ kind, text }) => `${kind} ${text}`);
async function audited(): Promise<string[]> {
  const found: string[] = [];
  for await (const batch of store.audit({ verb: 'detach' }))
    found.push(...batch.map(({ actor, subject, reason }) => `${actor} ${subject}: ${reason}`));
  return found;
}

it('faults row 52: a detach is heard without a session, in the audit and shown until the host enforces again', async () => {
  const { heard, session } = hello({ detached: { interfaces: ['eth0'], everything: true, leaving: true } });
  expect(heard).toEqual(['welcome', 'no session follows']);
  expect(session()).toBeUndefined();
  expect(controller.hub.statusOf('h0')).toBe('offline');
  expect(controller.hub.stateOf('h0').problems.join()).toContain('detached from eth0 by its own root at 20');
  expect(controller.hub.stateOf('h0').interfaces).toEqual([]);
  expect(events()).toEqual(['host.detached detached from eth0 by its own root: nothing is enforced any more']);
  await until('it is in the audit', async () => (await audited()).length === 1);
  expect(await audited()).toEqual(['agent/h0 web1: eth0: nothing is enforced any more']);
  const again = hello({ interfaces: [{ name: 'eth0', index: 2, mode: 'native' }] });
  again.session()?.onStatus(statusOf());
  expect(controller.hub.stateOf('h0').problems).toEqual([]);
});

it('faults row 52: an earlier detach is reported in the session that follows', async () => {
  const { session } = hello({ detached: { agoMs: 7_200_000, interfaces: ['eth0', 'eth1'], everything: true } });
  expect(session()).toBeDefined();
  expect(events().join('\n')).toContain('detached from eth0, eth1 by its own root: 2h ago, when the controller');
  await until('it is in the audit', async () => (await audited()).length === 1);
  expect(controller.hub.stateOf('h0').problems).toEqual([]);
});

it('faults row 52: the end of a stream is no claim that the host enforces', () => {
  const session = hello({}).session();
  if (session) controller.hub.disconnect(session);
  expect(events().at(-1)).toBe('host.disconnected was enforcing when last heard');
});

it('faults row 52: a host cannot fill the audit with detaches', async () => {
  for (let i = 0; i < 50; i++) hello({ detached: { interfaces: [`eth${i}`], everything: true, leaving: true } });
  await until('the first is in the audit', async () => (await audited()).length > 0);
  expect(await audited()).toHaveLength(1);
});

function statusOf() {
  const { status } = requestDeserialize(requestSerialize({ status: { problems: [] } }));
  if (!status) throw new Error('no status');
  return status;
}
