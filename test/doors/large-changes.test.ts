// Changes that are too large for the store's history: bouncers, which cannot compare, are told what ended, or it is said who was not.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packEntries } from '../../common/entries/packed.ts';
import { parsePrefix } from '../../common/text/prefix.ts';
import { nextTurn } from '../../common/time/pacer.ts';
import { Bans } from '../../controller/operations/outlets/bans.ts';
import { send } from '../http/client.ts';
import { makeKey } from '../http/keys.ts';
import { OVER_TLS, type RunningFleet, servedOverHttp } from '../identity/running.ts';

/** More than the store keeps the keys of. */
const ROWS = 140_000;
const LIST = { name: 'many', actor: 'test', reason: '', dryRun: false } as const;

let running: RunningFleet;
let key: string;
beforeAll(async () => {
  const served = await servedOverHttp();
  running = served.running;
  key = await makeKey(running, { name: 'nginx', role: 'viewer' }, served.admin);
  await put(1);
});
afterAll(() => running.stop());

/** The list has this one address, or the many; 0: it is gone. */
async function put(count: number): Promise<void> {
  const { store, controller } = running.server;
  const rows = Array.from({ length: count }, (_, i) => {
    const prefix = parsePrefix(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    return { prefix, action: 'block', ttlMs: 0 } as const;
  });
  const list = { ...LIST, action: 'block', selector: { kind: 'all' } } as const;
  await store.replaceList({ ...list, chunks: [packEntries(rows)] });
  await controller.turn();
}

async function pull(startup = false): Promise<{ deleted: { value: string }[]; new: { value: string }[] }> {
  const path = `/v1/decisions/stream?startup=${startup}`;
  return (await send(running, path, '', { method: 'GET', headers: { 'x-api-key': key } })).json();
}

const untold = () =>
  running.server.controller.events
    .since(0)
    .filter(({ kind }) => kind === 'bouncer')
    .map(({ text }) => text);

it('tells every removal, in batches, to all who ask at once', async () => {
  const { controller, store } = running.server;
  await put(ROWS);
  const since = controller.views.revision;
  expect((await pull(true)).new).toHaveLength(ROWS);
  const gate = Promise.withResolvers<void>();
  let reading = 0;
  let most = 0;
  const aside = {
    claims: async function* (filter: Parameters<typeof store.aside.claims>[0]) {
      most = Math.max(most, ++reading);
      yield* store.aside.claims(filter);
      await gate.promise;
      reading--;
    },
    listRows: (name: string) => store.aside.listRows(name),
  };
  const bans = new Bans({
    ...controller,
    store: new Proxy(store, {
      get: (of, name) => (name === 'aside' ? aside : (Reflect.get(of, name).bind?.(of) ?? Reflect.get(of, name))),
    }),
  });
  // From here on it follows, and reads for as long as the gate is closed.
  const first = bans.standing();
  await put(1);
  await running.store.addClaims({
    ...LIST,
    ...{ prefixes: [parsePrefix('192.0.2.1')], origin: 'manual', selector: { kind: 'all' }, action: 'block' },
    ...{ expiresMs: 0, forced: false },
  });
  await controller.turn();
  const asked = [bans.changes(since, () => true), bans.changes(since, () => true)];
  await nextTurn();
  gate.resolve();
  await first;
  const all = await Promise.all(asked);
  expect(most).toBe(1);
  for (const changes of all) {
    if (!changes) throw new Error('history is too short');
    const sizes: number[] = [];
    for await (const batch of changes.removed) sizes.push(batch.length);
    expect(Math.max(...sizes)).toBe(1024);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(ROWS - 1);
  }
  const told = await pull();
  expect(told.deleted).toHaveLength(ROWS - 1);
  expect(new Set(told.deleted.map(({ value }) => value)).size).toBe(ROWS - 1);
  expect(told.new.map(({ value }) => value)).toEqual(['192.0.2.1']);
  expect(untold()).toEqual([]);
});

it('says which bouncer to restart when a restart of the controller has forgotten what ended', async () => {
  await put(ROWS);
  await pull(true);
  await put(1);
  await running.server.close();
  await running.serve({ http: OVER_TLS });
  expect((await pull()).deleted).toEqual([]);
  expect(untold()).toEqual([expect.stringContaining('restart the bouncer')]);
  expect(untold()[0]).toContain('bouncer nginx');
  await pull();
  await pull(true);
  expect(untold()).toHaveLength(1);
});
