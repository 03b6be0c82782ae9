// A key that is bound to an origin: it changes what is of that origin, and nothing else, by no RPC that changes something.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientIdentity } from '../../common/rpc/channel.ts';
import { formatPrefix } from '../../common/text/prefix.ts';
import { openToBound, REQUIRED_ROLE } from '../../controller/identity/auth/policy.ts';
import { type RunningFleet, servedOverHttp } from '../identity/running.ts';
import { ask, askStream, columnsOf, OPERATOR, opened, type Reply } from './client.ts';
import { makeKey } from './keys.ts';

let running: RunningFleet;
let admin: ClientIdentity;
let crowdsec: string;
let feed: string;
const target = { allHosts: true };

beforeAll(async () => {
  ({ running, admin } = await servedOverHttp());
  crowdsec = await makeKey(running, { name: 'detector', role: 'operator', origin: 'crowdsec' }, admin);
  feed = await makeKey(running, { name: 'importer', role: 'operator', origin: 'list:feed' }, admin);
});
afterAll(() => running.stop());

const call = (method: string, message: object, key?: string): Promise<Reply> =>
  ask(running, OPERATOR + method, message, key === undefined ? { identity: admin } : { key });

async function importList(list: string, more: object = {}, key?: string): Promise<{ code?: string; message?: string }> {
  const reply = await askStream(
    running,
    `${OPERATOR}ImportList`,
    [{ begin: { list, target, ...more } }, { rows: columnsOf('198.51.100.7') }],
    key === undefined ? { identity: admin } : { key },
  );
  return opened(reply.body).last.error ?? {};
}

async function claims(): Promise<string[]> {
  const found: string[] = [];
  for await (const batch of running.server.store.claims({}))
    for (const { origin, prefix, action } of batch) found.push(`${origin} ${action} ${formatPrefix(prefix)}`);
  return found.sort();
}

describe('a key of the origin crowdsec', () => {
  it('blocks and unblocks as crowdsec, whether it says so or not', async () => {
    expect((await call('Block', { prefixes: ['203.0.113.1'], target }, crowdsec)).json().outcomes[0].change).toBe(
      'ADDED',
    );
    expect((await call('Block', { prefixes: ['203.0.113.2'], target, origin: 'crowdsec' }, crowdsec)).status).toBe(200);
    expect(await claims()).toEqual(['crowdsec block 203.0.113.1/32', 'crowdsec block 203.0.113.2/32']);
    expect(
      (await call('Unblock', { prefixes: ['203.0.113.1', '203.0.113.2'] }, crowdsec)).json().outcomes,
    ).toMatchObject([{ change: 'REMOVED' }, { change: 'REMOVED' }]);
    expect(await claims()).toEqual([]);
  });

  it('can neither add, end, confirm nor pass what is of others, by any RPC', async () => {
    await call('Block', { prefixes: ['203.0.113.9'], target });
    expect(await importList('feed')).toEqual({});
    const { confirm } = (await call('Block', { prefixes: ['203.0.113.10'], target, confirmMs: '60000' })).json();
    const stages = { stages: ['1%', '100%'], bakeMs: '3600000' };
    const { rollout: id } = (await call('Block', { prefixes: ['203.0.113.12'], target, stages })).json();
    const order = (method: string) =>
      ask(running, `/fleetblock.v1.RolloutService/${method}`, { id }, { key: crowdsec });
    const before = await claims();
    const prefixes = ['203.0.113.9'];
    const tries: Record<string, () => Promise<Reply | { code?: string }>> = {
      'Block as manual': () => call('Block', { prefixes, target, origin: 'manual' }, crowdsec),
      'Block as a part of its name': () => call('Block', { prefixes, target, origin: 'crowdsec2' }, crowdsec),
      'Block to allow': () => call('Block', { prefixes, target, action: 'ACTION_ALLOW' }, crowdsec),
      'Block with force': () => call('Block', { prefixes: ['0.0.0.0/0'], target, force: true }, crowdsec),
      'Unblock as manual': () => call('Unblock', { prefixes, origin: 'manual' }, crowdsec),
      'Unblock of a list': () => call('Unblock', { prefixes: ['198.51.100.7'], origin: 'list:feed' }, crowdsec),
      IncludeInList: () => call('IncludeInList', { list: 'feed', prefixes: ['198.51.100.7'] }, crowdsec),
      RemoveList: () => call('RemoveList', { list: 'feed' }, crowdsec),
      'ImportList of another': () => importList('feed', { allowShrink: true }, crowdsec),
      'ImportList of a new one': () => importList('crowdsec', {}, crowdsec),
      'Confirm of another': () => call('Confirm', { id: confirm.id }, crowdsec),
      'PauseRollout of another': () => order('PauseRollout'),
      'ResumeRollout of another': () => order('ResumeRollout'),
      'AbortRollout of another': () => order('AbortRollout'),
    };
    for (const [name, run] of Object.entries(tries)) {
      const reply = await run();
      expect('json' in reply ? reply.json().code : reply.code, name).toBe('permission_denied');
    }
    const tried = Object.keys(tries).map((name) => name.split(' ')[0]);
    // Reads of an operator.
    const changes = Object.entries(REQUIRED_ROLE).filter(
      ([name, role]) => role === 'operator' && !name.endsWith('/CheckWait') && openToBound(`/fleetblock.v1.${name}`),
    );
    expect(new Set(changes.map(([name]) => name.split('/')[1]))).toEqual(new Set(tried));
    expect(await claims()).toEqual(before);
    expect(await running.server.store.lists()).toMatchObject([{ name: 'feed', entries: 1 }]);
    expect(await running.server.store.confirmations()).toHaveLength(1);
  });

  it('confirms what is its own', async () => {
    const { confirm } = (
      await call('Block', { prefixes: ['203.0.113.11'], target, confirmMs: '60000' }, crowdsec)
    ).json();
    expect((await call('Confirm', { id: confirm.id }, crowdsec)).json().outcomes).toMatchObject([
      { change: 'UPDATED' },
    ]);
  });

  it('is the actor in the audit, with what it was refused', async () => {
    const records = [];
    for await (const batch of running.server.store.audit({ actor: 'apikey/detector' })) records.push(...batch);
    expect(records).toContainEqual(
      expect.objectContaining({ verb: 'block', subject: expect.stringContaining('203.0.113.1/32') }),
    );
    expect(records).toContainEqual(
      expect.objectContaining({
        verb: 'refused',
        reason: expect.stringContaining('nothing but what is of the origin crowdsec'),
      }),
    );
  });
});

describe('a key of one list', () => {
  it('imports, excepts from and removes that list, and no other', async () => {
    expect(await importList('feed', {}, feed)).toEqual({});
    const prefixes = ['198.51.100.7'];
    expect((await call('Unblock', { prefixes }, feed)).json().outcomes).toMatchObject([{ change: 'REMOVED' }]);
    expect((await call('IncludeInList', { list: 'feed', prefixes }, feed)).status).toBe(200);
    expect(await importList('other', {}, feed)).toMatchObject({ code: 'permission_denied' });
    expect(await importList('feed', { action: 'ACTION_ALLOW', retarget: true }, feed)).toMatchObject({
      code: 'permission_denied',
    });
    expect((await call('Block', { prefixes, target }, feed)).json().code).toBe('invalid_argument');
    expect((await call('Block', { prefixes, target, origin: 'manual' }, feed)).json().code).toBe('permission_denied');
    expect((await call('RemoveList', { list: 'feed' }, feed)).status).toBe(200);
  });
});

it('a bound key makes nothing pass that a person allowed under its origin', async () => {
  expect(await importList('feed', { action: 'ACTION_ALLOW' })).toEqual({});
  const prefixes = ['198.51.100.7'];
  const asList = { prefixes, action: 'ACTION_ALLOW', origin: 'list:feed' };
  expect((await call('Unblock', asList, feed)).json().outcomes).toMatchObject([{ change: 'REMOVED' }]);
  expect((await call('IncludeInList', { list: 'feed', prefixes }, feed)).json().code).toBe('permission_denied');
  expect((await call('IncludeInList', { list: 'feed', prefixes })).status).toBe(200);
  const waits = { prefixes, target, action: 'ACTION_ALLOW', origin: 'crowdsec', confirmMs: '60000' };
  const { confirm } = (await call('Block', waits)).json();
  expect((await call('Confirm', { id: confirm.id }, crowdsec)).json().code).toBe('permission_denied');
  expect((await call('Confirm', { id: confirm.id })).status).toBe(200);
});

it.each([
  [{ name: 'x', role: 'admin' }, 'viewer or an operator'],
  [{ name: 'x', role: '' }, 'viewer or an operator'],
  [{ name: 'x y', role: 'viewer' }, 'letters, digits'],
  [{ name: 'x', role: 'viewer', origin: 'crowdsec' }, 'leave the origin out'],
  [{ name: 'x', role: 'operator', origin: 'Crowd Sec' }, 'is not an origin'],
  [{ name: 'x', role: 'operator', origin: 'list:' }, 'is not the origin of a list'],
  [{ name: 'detector', role: 'viewer' }, 'already'],
])('a key that cannot be is not made: %j', async (request, text) => {
  const reply = await ask(running, '/fleetblock.v1.IdentityService/CreateApiKey', request, { identity: admin });
  expect([400, 409]).toContain(reply.status);
  expect(reply.json().message).toContain(text);
});
