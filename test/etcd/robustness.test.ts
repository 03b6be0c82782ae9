// The replicated log under faults, in the manner of etcd's own robustness suite: three members that are killed and paused, also two at a
// time, while writers append and followers read, and revisions are compacted. What a writer was told is in the log, once, in the one
// order that all see.
//
// FLEETBLOCK_SEED: the same faults again. FLEETBLOCK_ETCD_ROUNDS: more of them.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Unreachable } from '../../controller/store/etcd/client/errors.ts';
import { EtcdClient, LIMIT_MS } from '../../controller/store/etcd/client/etcd-client.ts';
import { Keys } from '../../controller/store/etcd/keys.ts';
import { type LogRecord, Overtaken, ReplicatedLog } from '../../controller/store/etcd/log.ts';
import { START } from '../../controller/store/etcd/record.ts';
import { EtcdCluster, type EtcdMember } from '../../lab/etcd.ts';
import { patience } from '../../lab/patience.ts';
import { seeded } from '../sync/seeded.ts';

const SEED = Number(process.env.FLEETBLOCK_SEED ?? Math.floor(Math.random() * 2 ** 31));
const ROUNDS = Number(process.env.FLEETBLOCK_ETCD_ROUNDS ?? 6);
const KEYS = new Keys('/robust/');

let cluster: EtcdCluster;
const clients: EtcdClient[] = [];

beforeAll(async () => {
  cluster = await EtcdCluster.start({ members: 3 });
});
afterAll(async () => {
  for (const client of clients) client.close();
  await cluster?.close();
});

function connected(limitMs?: number): EtcdClient {
  const client = new EtcdClient({ ...cluster.options, ...(limitMs !== undefined && { limitMs }) });
  clients.push(client);
  return client;
}

const newLog = (limitMs?: number) => new ReplicatedLog(connected(limitMs), KEYS);

/** What happens, for those who wait for it. */
class Tally {
  readonly #waiting = new Set<() => void>();
  readonly acked: string[] = [];
  /** Of appends whose outcome was not told. */
  readonly unknown: string[] = [];
  overtaken = 0;
  /** Reads and appends that got no answer. */
  refused = 0;

  note(): void {
    for (const look of this.#waiting) look();
  }

  until(what: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!what()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  acks(more: number): Promise<void> {
    const enough = this.acked.length + more;
    return this.until(() => this.acked.length >= enough);
  }
}

/** Appends its texts one after the other, each once, after it has read what others appended. @returns all that it read and appended */
async function write(name: string, tally: Tally, stop: AbortSignal): Promise<string[]> {
  const log = newLog(LIMIT_MS);
  const view: string[] = [];
  let at = START;
  let count = 0;
  while (!stop.aborted) {
    // Some are in chunks.
    const text = `${name} ${count++}${count % 20 === 0 ? '.'.repeat(70_000) : ''}`;
    let trying = false;
    try {
      for await (const record of log.read(at)) {
        view.push(record.body.toString());
        at = record;
      }
      trying = true;
      at = await log.append(Buffer.from(text), at);
      view.push(text);
      tally.acked.push(text);
    } catch (error) {
      if (error instanceof Overtaken) tally.overtaken++;
      else if (!(error instanceof Unreachable)) throw error;
      else if (trying) tally.unknown.push(text);
      if (error instanceof Unreachable) tally.refused++;
    }
    tally.note();
  }
  return view;
}

async function followed(records: AsyncIterable<LogRecord>, until: string): Promise<string[]> {
  const seen: string[] = [];
  for await (const { position, body } of records) {
    expect(position).toBe(BigInt(seen.length + 1));
    seen.push(body.toString());
    if (seen.at(-1) === until) break;
  }
  return seen;
}

/** Kills and pauses one member or two, until the writers have noticed, round after round. Leaves all of them running. */
async function faults(tally: Tally, random: () => number): Promise<void> {
  const client = connected();
  const pick = <T>(from: readonly T[]): T[] => from.toSorted(() => random() - 0.5);
  await tally.acks(20);
  for (let round = 0; round < ROUNDS; round++) {
    const majority = random() < 0.7;
    const hit = pick(cluster.members).slice(0, majority ? 1 : 2);
    const kills = hit.map(() => random() < 0.5);
    const act = (each: (member: EtcdMember, kill: boolean) => void | Promise<void>) =>
      Promise.all(hit.map((member, index) => each(member, kills[index] === true)));
    await act((member, kill) => (kill ? member.kill() : member.pause()));
    const refused = tally.refused;
    await (majority ? tally.acks(20) : tally.until(() => tally.refused > refused));
    await act((member, kill) => (kill ? member.start() : member.resume()));
    await tally.acks(20);
    await compactAll(client);
  }
}

/** Watches that are behind break. */
async function compactAll(client: EtcdClient): Promise<void> {
  try {
    const { revision } = await client.txn({ steps: [{ read: { key: KEYS.head } }] });
    await client.compact(revision);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
  }
}

it(`faults row 170: an acknowledged record is never lost, all see one order, each once: ${ROUNDS} rounds (seed ${SEED})`, {
  timeout: patience(60_000 + ROUNDS * 20_000),
}, async () => {
  console.info(`FLEETBLOCK_SEED=${SEED}`);
  const tally = new Tally();
  const stop = new AbortController();
  const followers = [1, 2].map(() => followed(newLog().follow(START, new AbortController().signal), 'the end'));
  const writers = ['a', 'b', 'c'].map((name) => write(name, tally, stop.signal));
  // One that fails ends the test at once.
  await Promise.race([...followers, ...writers, faults(tally, seeded(SEED))]);
  stop.abort();
  const views = await Promise.all(writers);
  await cluster.ready();
  const log = newLog();
  await log.append(Buffer.from('the end'), await log.tip());
  const truth = await followed(log.read(START), 'the end');

  expect(await Promise.all(followers)).toEqual([truth, truth]);
  for (const view of views) expect(view).toEqual(truth.slice(0, view.length));
  expect(new Set(truth).size).toBe(truth.length);
  const inLog = new Set(truth);
  expect(tally.acked.filter((text) => !inLog.has(text))).toEqual([]);
  const tried = new Set([...tally.acked, ...tally.unknown, 'the end']);
  expect(truth.filter((text) => !tried.has(text))).toEqual([]);
  const added = tally.unknown.filter((text) => inLog.has(text)).length;
  console.info(
    `${tally.acked.length} acknowledged, ${tally.overtaken} overtaken, ${tally.unknown.length} unknown, of which ${added} were added`,
  );
});
