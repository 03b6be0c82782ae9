// Replicas of one store on Debian's etcd: they hold the same, whoever makes a change, and whatever happens in between.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { entryCount, type PackedEntries, packEntries, unpackEntries } from '../../common/entries/packed.ts';
import { formatPrefix, parsePrefix } from '../../common/text/prefix.ts';
import { parseSelector } from '../../common/text/selector.ts';
import { systemClock } from '../../common/time/clock.ts';
import { EtcdClient, LIMIT_MS } from '../../controller/store/etcd/client/etcd-client.ts';
import { openEtcdStore } from '../../controller/store/etcd/replica/store.ts';
import type { StoreEvent } from '../../controller/store/port/revisions.ts';
import { openSqliteStore } from '../../controller/store/sqlite/sqlite-store.ts';
import type { Store } from '../../controller/store/store.ts';
import { EtcdCluster } from '../../lab/etcd.ts';
import { pairOf } from '../faults/pairs.ts';

const BY = { actor: 'admin/alice', reason: 'test' };
const ALL = parseSelector('all');

let cluster: EtcdCluster;
let client: EtcdClient;
let directory: string;
let prefix: string;
const stores: Store[] = [];
let tests = 0;

beforeAll(async () => {
  cluster = await EtcdCluster.start({ members: 1 });
  client = new EtcdClient(cluster.options);
});
afterAll(async () => {
  client?.close();
  await cluster?.close();
});
beforeEach(() => {
  prefix = `/test/${++tests}/`;
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-replicas-'));
});
afterEach(async () => {
  await closeAll();
  rmSync(directory, { recursive: true, force: true });
});

async function open(name: string, by = client): Promise<Store> {
  const store = await openEtcdStore({ directory: join(directory, name), client: by, prefix, clock: systemClock });
  stores.push(store);
  return store;
}

async function closeAll(): Promise<void> {
  for (const store of stores.splice(0)) await store.close();
}

const block = (store: Store, ...prefixes: string[]) =>
  store.addClaims({
    ...BY,
    prefixes: prefixes.map(parsePrefix),
    action: 'block',
    origin: 'manual',
    selector: ALL,
    expiresMs: 0,
    dryRun: false,
  });

/** Resolves when a replica has what made this revision. */
async function reaches(store: Store, revision: bigint): Promise<void> {
  if (store.head >= revision) return;
  await new Promise<void>((resolve) => {
    const stop = store.follow((event) => {
      if (event.revision < revision) return;
      stop();
      resolve();
    });
  });
}

/** What hosts and the log learn of an event; rows by their digest. */
function eventText({ revision, layers, hosts, records }: StoreEvent): string {
  const rows = (entries: PackedEntries) => {
    const each = unpackEntries(entries).map(({ prefix: of, ...rest }) => text({ of: formatPrefix(of), ...rest }));
    return createHash('sha256').update(each.join()).digest('hex').slice(0, 16);
  };
  const told = records.map(({ actor, verb, subject }) => ({ actor, verb, subject }));
  return text({
    ...{ revision, hosts, records: told },
    layers: layers.map(({ layer, sets, deletes }) => ({ layer, sets: rows(sets), deletes: rows(deletes) })),
  });
}

const text = (value: unknown) => JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? String(each) : each));

/** All rows of all tables of a closed replica, but what is its own. */
function contents(name: string): Record<string, string[]> {
  const db = new DatabaseSync(join(directory, name, 'store.db'), { readOnly: true, readBigInts: true });
  const rows = (sql: string) => db.prepare(sql).all().map(text).sort();
  try {
    const tables = db
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .all()
      .map(({ name: each }) => `${each}`);
    const shared = tables.filter((table) => table !== 'meta' && table !== 'replica');
    return {
      ...Object.fromEntries(shared.map((table) => [table, rows(`SELECT * FROM ${table}`)])),
      meta: rows('SELECT epoch, head, history_floor FROM meta'),
    };
  } finally {
    db.close();
  }
}

it('faults row 175: what one replica changes, the other holds and tells its followers, and so does one that joins later', async () => {
  const [a, b] = [await open('a'), await open('b')];
  expect(b.epoch).toBe(a.epoch);
  const told: Record<'a' | 'b', StoreEvent[]> = { a: [], b: [] };
  a.follow((event) => told.a.push(event));
  b.follow((event) => told.b.push(event));

  await block(a, '192.0.2.1', '2001:db8::/64');
  const token = {
    id: 't',
    secretHash: new Uint8Array(32),
    expiresMs: Date.now() + 1e9,
    maxUses: 2,
    labels: {},
    hostName: '',
  };
  await a.createToken(token, BY);
  await a.enroll({
    tokenId: 't',
    secretHash: token.secretHash,
    hostId: 'h',
    hostName: 'web1',
    labels: { env: 'prod' },
    from: '',
  });
  const rows = Array.from({ length: 2000 }, (_, n) => ({
    prefix: parsePrefix(`20.1.${n >> 8}.${n & 255}`),
    action: 'block' as const,
    ttlMs: 0,
  }));
  const list = { ...BY, name: 'feed', action: 'block' as const, selector: ALL, dryRun: false };
  await a.replaceList({ ...list, chunks: [packEntries(rows)] });
  await a.replaceList({ ...list, chunks: [packEntries(rows.slice(500))] });
  await a.changeSettings({ sets: [{ kind: 'feed', name: 'x', body: '{}' }] });
  await a.removeList('feed', BY, false);
  await a.replaceList({ ...list, name: 'other', chunks: [packEntries(rows.slice(0, 10))] });
  const { revision } = await block(a, '192.0.2.2');
  await reaches(b, revision);

  expect(told.b.map(eventText)).toEqual(told.a.map(eventText));
  expect(
    told.a.flatMap(({ layers }) => layers.map(({ sets, deletes }) => [entryCount(sets), entryCount(deletes)])),
  ).toEqual([
    [2, 0],
    [2000, 0],
    [0, 500],
    [0, 1500],
    [10, 0],
    [1, 0],
  ]);
  expect((await b.hosts()).map(({ name, labels }) => [name, labels])).toEqual([['web1', { env: 'prod' }]]);
  expect(await b.settings('feed')).toEqual(await a.settings('feed'));
  const c = await open('c');
  expect(c.head).toBe(revision);
  expect(await c.verifyAudit()).toEqual(await a.verifyAudit());
  await closeAll();
  expect(contents('b')).toEqual(contents('a'));
  expect(contents('c')).toEqual(contents('a'));
});

it('faults row 175: changes at two replicas at once are all made, each once, in one order and one audit chain', async () => {
  const [a, b] = [await open('a'), await open('b')];
  const numbers = Array.from({ length: 60 }, (_, number) => number);
  const made = await Promise.all(numbers.map((number) => block(number % 2 ? a : b, ...pairOf(number))));
  const revisions = made.map(({ revision }) => revision);
  expect(new Set(revisions).size).toBe(60);
  await Promise.all([a, b].map((store) => reaches(store, 60n)));
  expect(a.head).toBe(60n);
  expect(await b.auditHead()).toEqual(await a.auditHead());
  expect(await a.verifyAudit()).toMatchObject({ brokenAt: undefined });
  await closeAll();
  expect(contents('a').claim).toHaveLength(120);
  expect(contents('b')).toEqual(contents('a'));
});

it('faults row 175: killed between the yes of etcd and its own commit, a replica has the change at its next start', async () => {
  const options = join(directory, 'options.json');
  writeFileSync(options, JSON.stringify(cluster.options), { mode: 0o600 });
  const acknowledged: number[] = [];
  let next = 0;
  for (const passage of [1, 4]) {
    const child = execFile(
      process.execPath,
      [fileURLToPath(new URL('replica-writer.ts', import.meta.url)), join(directory, 'a'), options, prefix, `${next}`],
      { env: { ...process.env, FLEETBLOCK_FAILPOINTS: `replica.agreed=kill@${passage}` } },
    );
    let output = '';
    child.stdout?.on('data', (text: string) => {
      output += text;
    });
    const [, signal] = await once(child, 'close');
    expect(signal).toBe('SIGKILL');
    acknowledged.push(...output.split('\n').slice(0, -1).map(Number));
    next += 1000;
  }
  const [a] = [await open('a'), await open('b')];
  const held = new Set<string>();
  for await (const batch of a.claims({}))
    for (const claim of batch) held.add(formatPrefix(claim.prefix).replace('/32', ''));
  expect(acknowledged.length).toBeGreaterThan(0);
  expect(acknowledged.filter((number) => !pairOf(number).every((each) => held.has(each)))).toEqual([]);
  // Those that etcd had taken, and that nobody was told of.
  expect(held.size).toBeGreaterThan(2 * acknowledged.length);
  for (let number = 0; number < next; number++) {
    const [one, other] = pairOf(number).map((each) => held.has(each));
    expect(one, `change ${number} is half there`).toBe(other);
  }
  await closeAll();
  expect(contents('a')).toEqual(contents('b'));
});

it('faults row 171: while etcd does not answer a change is refused, reads go on, and it comes back by itself', async () => {
  const impatient = new EtcdClient({ ...cluster.options, limitMs: LIMIT_MS });
  const [a, b] = [await open('a', impatient), await open('b')];
  await block(b, '192.0.2.1');
  await reaches(a, 1n);
  cluster.members[0]?.pause();
  const refused = await Promise.allSettled([block(a, '192.0.2.2'), block(a, '192.0.2.3'), a.listTokens()]);
  expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  await expect(block(a, '192.0.2.4')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(a.head).toBe(1n);
  cluster.members[0]?.resume();
  await cluster.ready();
  await block(b, '192.0.2.5');
  const { revision } = await block(b, '192.0.2.6');
  await reaches(a, revision);
  await closeAll();
  impatient.close();
  expect(contents('b')).toEqual(contents('a'));
});

it('faults row 174: a file that is not what the log has led to takes no record and makes no change', async () => {
  await block(await open('a'), '192.0.2.1');
  await closeAll();
  const db = new DatabaseSync(join(directory, 'a', 'store.db'));
  db.exec("UPDATE claim SET reason = 'another'");
  db.close();
  const [a, b] = [await open('a'), await open('b')];
  await b.removeClaims({
    ...BY,
    prefixes: [parsePrefix('192.0.2.1')],
    action: 'block',
    origin: 'manual',
    selector: undefined,
    dryRun: false,
  });
  await expect(block(a, '192.0.2.2')).rejects.toMatchObject({ code: 'DATA_LOSS' });
  await expect(block(a, '192.0.2.2')).rejects.toMatchObject({ code: 'DATA_LOSS' });
  await expect(open('a')).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
  expect(b.head).toBe(2n);
});

it('a directory with a store of its own joins no log, and begins none', async () => {
  const own = await openSqliteStore({ directory: join(directory, 'own'), create: true, clock: systemClock });
  await block(own, '192.0.2.1');
  await own.close();
  await expect(open('own')).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
  await open('a');
  await expect(open('own')).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
});
