// The replicated log on one member of Debian's etcd: order, conflicts, long records, compaction, snapshots and trimming.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { EtcdClient } from '../../controller/store/etcd/client/etcd-client.ts';
import type { Txn } from '../../controller/store/etcd/client/kv.ts';
import { Keys } from '../../controller/store/etcd/keys.ts';
import { type LogRecord, Overtaken, ReplicatedLog, Trimmed } from '../../controller/store/etcd/log.ts';
import { START, type Tip } from '../../controller/store/etcd/record.ts';
import { Snapshots } from '../../controller/store/etcd/snapshots.ts';
import { EtcdCluster } from '../../lab/etcd.ts';

let cluster: EtcdCluster;
let client: EtcdClient;
let keys: Keys;
let log: ReplicatedLog;
let prefix: string;
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
  keys = new Keys(prefix);
  log = new ReplicatedLog(client, keys);
});

/** Appends these, one after the other. @returns the last one's place */
async function append(texts: readonly string[], after: Tip = START): Promise<Tip> {
  let tip = after;
  for (const text of texts) tip = await log.append(Buffer.from(text), tip);
  return tip;
}

async function texts(records: AsyncIterable<LogRecord>, count = Number.POSITIVE_INFINITY): Promise<string[]> {
  const found: string[] = [];
  for await (const { position, body } of records) {
    expect(position).toBe(BigInt(found.length + 1));
    if (found.push(body.toString()) === count) break;
  }
  return found;
}

it('reads in the order of appending, from any position, over many pages', async () => {
  const all = Array.from({ length: 600 }, (_, index) => `record ${index}`);
  const middle = await append(all.slice(0, 300));
  const last = await append(all.slice(300), middle);
  expect(await texts(log.read(START))).toEqual(all);
  const rest = [];
  for await (const record of log.read(middle)) rest.push(record.body.toString());
  expect(rest).toEqual(all.slice(300));
  expect(await log.tip()).toEqual(last);
});

it('takes one record per place: another one is overtaken, and adds nothing', async () => {
  const first = await append(['one']);
  const both = await Promise.allSettled([append(['two'], first), append(['deux'], first)]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  await expect(append(['late'], first)).rejects.toThrow(Overtaken);
  await expect(append(['late'])).rejects.toThrow(Overtaken);
  expect(await texts(log.read(START))).toHaveLength(2);
});

it('a call that etcd carries out twice adds once and succeeds', async () => {
  class Twice extends EtcdClient {
    override async txn(txn: Txn) {
      await super.txn(txn);
      return super.txn(txn);
    }
  }
  const twice = new Twice(cluster.options);
  try {
    log = new ReplicatedLog(twice, keys);
    await append(['one', 'two'], START);
    expect(await texts(log.read(START))).toEqual(['one', 'two']);
    expect(await new Snapshots(twice, keys).save(await log.tip(), [Buffer.from('both')])).toBe(true);
  } finally {
    twice.close();
  }
});

it('a record that is longer than a value of etcd comes back as it was, and damage to it is found', async () => {
  const long = randomBytes(3_500_000);
  const tip = await log.append(long, await append(['short']));
  const follower = log.follow(START, new AbortController().signal);
  await follower.next();
  const { value } = await follower.next();
  expect(value?.body.equals(long)).toBe(true);
  await follower.return(undefined);
  const { entries } = await client.range({ key: keys.chunksOf(tip.position), end: keys.chunksOf(tip.position + 1n) });
  expect(entries).toHaveLength(4);
  const [{ key = '' } = {}] = entries;
  await client.txn({ steps: [{ put: { key, value: randomBytes(5) } }] });
  await expect(texts(log.read(START))).rejects.toMatchObject({ code: 'DATA_LOSS' });
  await client.txn({ steps: [{ remove: { key } }] });
  await expect(texts(log.read(START))).rejects.toMatchObject({ code: 'DATA_LOSS' });
});

it('follows what comes', async () => {
  let tip = await append(['first']);
  for (let index = 0; index < 5; index++) {
    const follower = log.follow(tip, new AbortController().signal);
    const next = follower.next();
    tip = await append([String(index)], tip);
    expect((await next).value?.body.toString()).toBe(String(index));
    await follower.return(undefined);
  }
});

it('faults row 172: goes on after etcd has compacted what it was to watch', async () => {
  const stop = new AbortController();
  const seen: string[] = [];
  const follower = log.follow(START, stop.signal);
  let tip = await append(['0']);
  seen.push(String((await follower.next()).value?.body));
  // Nobody reads meanwhile; what a watch from here would need goes with each compaction.
  for (let index = 1; index <= 100; index++) {
    tip = await append([String(index)], tip);
    const { revision } = await client.txn({ steps: [{ read: { key: keys.head } }] });
    await client.compact(revision);
  }
  while (seen.length <= 100) seen.push(String((await follower.next()).value?.body));
  expect(seen).toEqual(Array.from({ length: 101 }, (_, index) => String(index)));
  const next = follower.next();
  stop.abort();
  expect((await next).done).toBe(true);
});

it('faults row 172: is trimmed up to a snapshot and no further; a reader that is behind learns it', async () => {
  const snapshots = new Snapshots(client, keys);
  const second = await append(['one', 'two']);
  await expect(snapshots.trim(1n)).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
  const content = [randomBytes(2_000_000), randomBytes(10)];
  expect(await snapshots.save(second, content)).toBe(true);
  expect(await snapshots.save(second, content)).toBe(false);
  const fourth = await log.append(randomBytes(100_000), await append(['three'], second));
  await expect(snapshots.trim(3n)).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
  await snapshots.trim(2n);
  await expect(texts(log.read(START))).rejects.toThrow(Trimmed);
  await expect(log.follow(START, new AbortController().signal).next()).rejects.toThrow(Trimmed);

  const snapshot = await snapshots.load();
  expect(snapshot?.tip).toEqual(second);
  const pieces = [];
  for await (const piece of snapshot?.content() ?? []) pieces.push(piece);
  expect(Buffer.concat(pieces).equals(Buffer.concat(content))).toBe(true);
  const rest = [];
  for await (const { position } of log.read(second)) rest.push(position);
  expect(rest).toEqual([3n, 4n]);

  // The next one takes its place, and who was reading it learns that.
  expect(await snapshots.save(fourth, ['new'].map(Buffer.from))).toBe(true);
  await expect(snapshot?.content().next()).rejects.toThrow(Trimmed);
  await snapshots.trim(4n);
  const { entries } = await client.range({ key: prefix, end: `${prefix}~` });
  expect(entries.map(({ key }) => key.slice(prefix.length).replace(/\/[^/]*$/, ''))).toEqual([
    'head',
    'snapshot',
    'snapshots/0000000000000004',
  ]);
  await expect(texts(log.read(second))).rejects.toThrow(Trimmed);
  expect(await append(['five'], fourth)).toMatchObject({ position: 5n });
});

it('faults row 174: another log under the same keys is no continuation of the one that was followed', async () => {
  const third = await append(['one', 'two', 'three']);
  await client.txn({ steps: [{ remove: { key: prefix, end: `${prefix}~` } }] });
  const other = await append(['one', 'two']);
  await expect(texts(log.read(third))).rejects.toMatchObject({ code: 'DATA_LOSS' });
  await expect(append(['four'], third)).rejects.toThrow(Overtaken);
  await append(['three', 'four'], other);
  await expect(texts(log.read(third))).rejects.toMatchObject({ code: 'DATA_LOSS' });
  await expect(append(['four'], third)).rejects.toThrow(Overtaken);
});
