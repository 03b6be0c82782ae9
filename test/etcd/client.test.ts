// The client of etcd against Debian's etcd: members that are killed and paused, users, errors.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Unreachable } from '../../controller/store/etcd/client/errors.ts';
import { EtcdClient, type EtcdOptions, LIMIT_MS } from '../../controller/store/etcd/client/etcd-client.ts';
import { type Txn, under } from '../../controller/store/etcd/client/kv.ts';
import { EtcdCluster } from '../../lab/etcd.ts';

const clients: EtcdClient[] = [];
afterAll(() => {
  for (const client of clients) client.close();
});

function connect(options: EtcdOptions): EtcdClient {
  const client = new EtcdClient(options);
  clients.push(client);
  return client;
}

const put = (key: string, text: string): Txn => ({ steps: [{ put: { key, value: Buffer.from(text) } }] });

/** The change is made when etcd has another leader: that may take longer than a call. */
async function made(client: EtcdClient, txn: Txn): Promise<void> {
  for (;;)
    try {
      await client.txn(txn);
      return;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
    }
}

async function textOf(client: EtcdClient, key: string): Promise<string | undefined> {
  const { entries } = await client.range({ key });
  return entries[0]?.value.toString();
}

describe('one member', () => {
  let cluster: EtcdCluster;
  let client: EtcdClient;
  beforeAll(async () => {
    cluster = await EtcdCluster.start({ members: 1, quotaBytes: 16 * 1024 * 1024 });
    client = connect(cluster.options);
  });
  afterAll(() => cluster?.close());

  it('reads what was written, by key and by range, with a limit', async () => {
    await client.txn({
      steps: ['a', 'b', 'c'].map((name) => ({ put: { key: `r/${name}`, value: Buffer.from(name) } })),
    });
    expect(await textOf(client, 'r/b')).toBe('b');
    const { entries, more } = await client.range({ ...under('r/'), limit: 2 });
    expect(entries.map(({ key }) => key)).toEqual(['r/a', 'r/b']);
    expect(more).toBe(true);
    expect((await client.range(under('r/'))).more).toBe(false);
  });

  it('changes only when all conditions hold, and says what it found otherwise', async () => {
    const guarded = (value: string, text: string): Txn => ({
      when: [{ key: 'g', value: value === '' ? undefined : Buffer.from(value) }],
      ...put('g', text),
      otherwise: [{ read: { key: 'g' } }],
    });
    expect((await client.txn(guarded('', 'one'))).succeeded).toBe(true);
    const refused = await client.txn(guarded('', 'two'));
    expect(refused.succeeded).toBe(false);
    expect(refused.found[0]?.entries[0]?.value.toString()).toBe('one');
    expect((await client.txn(guarded('one', 'two'))).succeeded).toBe(true);
  });

  it('watches from a revision on, and says when that is compacted', async () => {
    const { revision } = await client.txn(put('w/1', 'one'));
    await client.txn({ steps: [{ remove: { key: 'w/1' } }] });
    await client.txn(put('w/2', 'two'));
    const stop = new AbortController();
    const seen: string[] = [];
    for await (const entries of client.watch({ ...under('w/'), from: revision }, stop.signal)) {
      seen.push(...entries.map(({ key, value }) => `${key} ${value}`));
      if (seen.length === 2) break;
    }
    expect(seen).toEqual(['w/1 one', 'w/2 two']);
    const { revision: now } = await client.txn(put('w/3', 'three'));
    await client.compact(now);
    await client.compact(now);
    await expect(client.watch({ ...under('w/'), from: revision }, stop.signal).next()).rejects.toThrow('compacted');
  });

  it('keys of a lease go with it', async () => {
    const lease = await client.grantLease(60);
    await client.txn({ steps: [{ put: { key: 'l', value: Buffer.from('x'), lease } }] });
    expect(await client.renewLease(lease)).toBe(true);
    await client.revokeLease(lease);
    expect(await textOf(client, 'l')).toBeUndefined();
    expect(await client.renewLease(lease)).toBe(false);
    await client.revokeLease(lease);
  });

  it('refuses a server that another authority has signed, and one that asks for a certificate', async () => {
    const other = await EtcdCluster.start({ members: 1 });
    try {
      const wrong = connect({ ...cluster.options, tls: other.tls, limitMs: 1000 });
      await expect(wrong.range({ key: 'x' })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      const nameless = connect({ ...cluster.options, tls: { ca: cluster.tls.ca }, limitMs: 1000 });
      await expect(nameless.range({ key: 'x' })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    } finally {
      await other.close();
    }
  });

  it('logs in again when etcd no longer knows its token, and names what is wrong with a user', async () => {
    await cluster.ctl(['user', 'add', 'root:secret']);
    await cluster.ctl(['user', 'grant-role', 'root', 'root']);
    await cluster.ctl(['user', 'add', 'fleet:secret']);
    await cluster.ctl(['role', 'add', 'fleet']);
    await cluster.ctl(['role', 'grant-permission', 'fleet', '--prefix=true', 'readwrite', 'f/']);
    await cluster.ctl(['user', 'grant-role', 'fleet', 'fleet']);
    await cluster.ctl(['auth', 'enable']);
    try {
      const fleet = connect({ ...cluster.options, user: { name: 'fleet', password: 'secret' } });
      const { revision } = await fleet.txn(put('f/1', 'one'));
      await expect(fleet.txn(put('g/1', 'one'))).rejects.toThrow("etcd's user may not do this");
      const wrong = connect({ ...cluster.options, user: { name: 'fleet', password: 'wrong' } });
      await expect(wrong.txn(put('f/1', 'one'))).rejects.toThrow('etcd refuses the user or the password');
      // It forgets all tokens.
      const forget = async () => {
        await cluster.ctl(['auth', 'disable'], 'root:secret');
        await cluster.ctl(['auth', 'enable']);
      };
      await forget();
      expect(await textOf(fleet, 'f/1')).toBe('one');
      await forget();
      const watch = fleet.watch({ ...under('f/'), from: revision }, new AbortController().signal);
      await expect(watch.next()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      const again = fleet.watch({ ...under('f/'), from: revision }, new AbortController().signal);
      expect((await again.next()).value).toMatchObject([{ key: 'f/1' }]);
      await again.return(undefined);
    } finally {
      await cluster.ctl(['auth', 'disable'], 'root:secret');
    }
  });

  it('faults row 173: says that etcd is full, and how to go on', async () => {
    const value = 'x'.repeat(1024 * 1024);
    const fill = async () => {
      for (let index = 0; index < 40; index++) await client.txn(put('full', value));
    };
    await expect(fill()).rejects.toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      message:
        'etcd has reached its quota: nothing was changed; compact and defragment it, then run etcdctl alarm disarm',
    });
    expect((await client.status()).errors.join()).toContain('NOSPACE');
    expect((await client.range({ key: 'full' })).entries).toHaveLength(1);
  });
});

describe('three members', () => {
  let cluster: EtcdCluster;
  let client: EtcdClient;
  beforeAll(async () => {
    cluster = await EtcdCluster.start({ members: 3 });
    client = connect(cluster.options);
  });
  afterAll(() => cluster?.close());

  it('faults row 171: goes on when any one of them is paused or killed', async () => {
    for (const [index, member] of cluster.members.entries()) {
      member.pause();
      await made(client, put('paused', String(index)));
      member.resume();
      await cluster.ready();
      await member.kill();
      await made(client, put('killed', String(index)));
      member.start();
      await cluster.ready();
      expect(await textOf(client, 'paused')).toBe(String(index));
      expect(await textOf(client, 'killed')).toBe(String(index));
    }
  });

  it('faults row 172: a watch goes on at another member when its own is silent', async () => {
    await made(client, put('s/1', 'one'));
    const { revision } = await client.txn({ steps: [{ read: { key: 's/1' } }] });
    const range = { ...under('s/'), from: revision };
    const stop = new AbortController();
    const watch = client.watch(range, stop.signal);
    await watch.next();
    const silent = watch.next();
    // Whichever it is at: all are silent, and then two of them answer.
    for (const member of cluster.members) member.pause();
    await expect(silent).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    for (const member of cluster.members.slice(1)) member.resume();
    const again = async (): Promise<unknown> => {
      try {
        return (await client.watch(range, stop.signal).next()).value;
      } catch {
        return again();
      }
    };
    expect(await again()).toMatchObject([{ key: 's/1' }]);
    cluster.members[0]?.resume();
    await cluster.ready();
  });

  it('faults row 171: without a majority a change is refused within its limit, and made again when there is one', async () => {
    const [first, second] = cluster.members;
    first?.pause();
    second?.pause();
    const impatient = connect({ ...cluster.options, limitMs: LIMIT_MS });
    await expect(impatient.txn(put('q', 'one'))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('a majority of its members must run and be reachable from here'),
    });
    first?.resume();
    second?.resume();
    await cluster.ready();
    await made(client, put('q', 'two'));
    expect(await textOf(client, 'q')).toBe('two');
  });
});
