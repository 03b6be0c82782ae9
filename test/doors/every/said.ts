// Whatever is said through any door, in any order: what the guard, the allowlist or a policy forbids does not stand, what is others' stays as
// it is, each change has its record in the audit, and what may stand does. A program: every.test.ts runs it in a network of its own, where
// operators call from addresses that are not the machine's.
import { deepStrictEqual, ok } from 'node:assert';
import { once } from 'node:events';
import fc from 'fast-check';
import { unpackEntries } from '../../../common/entries/packed.ts';
import { formatPrefix, parsePrefix } from '../../../common/text/prefix.ts';
import { formatSelector, parseSelector } from '../../../common/text/selector.ts';
import { OPERATOR, requestTo, send } from '../../http/client.ts';
import { OVER_TLS, RunningFleet } from '../../identity/running.ts';
import { until } from '../../sync/fleet.ts';
import { TapHost } from '../../sync/simulated/tap-host.ts';
import { SECRET } from '../signed.ts';
import { everyDoor, MAX_CLAIMS, MAX_DURATION_MS, type WritingDoor } from './doors.ts';
import { ALLOWED, CALLED_FROM, CONNECTED_FROM, NEEDED, OTHERS, statement } from './statements.ts';

const [seed = 0, statements = 0] = process.argv.slice(2).map(Number);
const BY = { actor: 'admin/alice', reason: '' };
const POLICY = { scope: 'fleet', maxDurationMs: MAX_DURATION_MS, maxClaims: MAX_CLAIMS, rate: 1_000_000, quorum: 1 };
const HOOK = { scheme: 'standard', rows: '', address: '/ip', duration: '/for', reason: '', unbanIf: '/over=true' };

interface Standing {
  readonly prefix: string;
  readonly origin: string;
  readonly action: string;
  readonly expiresMs: number;
}

/** Of the last record of the audit that was read. */
let read = 0;
const running = await RunningFleet.start();
const admin = await running.fleet.operator('admin', 'alice');
const operator = await running.fleet.operator('operator', 'olga');
await running.addOperator('admin', 'alice', admin);
await running.addOperator('operator', 'olga', operator);
const hostId = await running.addHost('web1');
await running.serve({ http: OVER_TLS });
const host = new TapHost(running.address, { ...(await running.fleet.agent(hostId)), hostName: 'web1' }, {});
/** Heard from now and then, or it would be taken for gone; with what it needs. */
const status = {
  protectedAddresses: NEEDED.map((each) => ({ prefix: formatPrefix(parsePrefix(each)), why: 'own address' })),
};
const alive = setInterval(() => host.send({ status }), 2000);
await setUp();
const { doors, close } = await everyDoor({ running, admin, operator, host, hostId });
const watching = await operatorWatches();
try {
  await sayAll();
} finally {
  clearInterval(alive);
  watching.destroy();
  host.close();
  await close();
  await running.stop();
}

/** The allowlist, what the host needs, what others block, and what detectors may. */
async function setUp(): Promise<void> {
  const { store, controller } = running.server;
  await host.first('welcome');
  host.send({ status });
  await until('protected', () => controller.hub.stateOf(hostId).protectedAddresses.length === NEEDED.length);
  const add = { ...BY, selector: parseSelector('all'), expiresMs: 0, dryRun: false };
  await store.addClaims({ ...add, prefixes: ALLOWED.map(parsePrefix), origin: 'others', action: 'allow' });
  for (const origin of ['others', 'fail2ban:others', 'hook:others'])
    await store.addClaims({ ...add, prefixes: OTHERS.map(parsePrefix), origin, action: 'block' });
  for (const pattern of ['fail2ban:sshd', 'hook:siem'])
    await controller.detectors.policies.set({ ...POLICY, pattern }, BY);
  await controller.hooks.add({ ...HOOK, name: 'siem' }, SECRET, false, BY);
}

/** One operator is connected from an address, and has called from another. @returns the call that stays open */
async function operatorWatches() {
  const headers = { 'content-type': 'application/json' };
  const from = (localAddress: string) => ({ identity: operator, localAddress, headers });
  const { status } = await send(running, `${OPERATOR}ListListChunks`, '{}', {
    ...from(CALLED_FROM),
    headers: { ...headers, accept: 'text/event-stream' },
  });
  deepStrictEqual(status, 200);
  const watching = requestTo(running, `${OPERATOR}WatchEvents`, {
    ...from(CONNECTED_FROM),
    headers: { ...headers, accept: 'text/event-stream' },
  });
  watching.on('error', () => {});
  watching.end(JSON.stringify({ follow: true }));
  const [response] = await once(watching, 'response');
  response.on('error', () => {});
  deepStrictEqual(response.statusCode, 200);
  response.resume();
  return watching;
}

async function sayAll(): Promise<void> {
  const held = new Map<string, ReadonlySet<string>>();
  /** Doors of which something stood. */
  const wrote = new Set<string>();
  const door = fc.oneof(...doors.map((each) => ({ weight: each.weight ?? 3, arbitrary: fc.constant(each) })));
  const step = fc.record({ door, statement });
  const property = fc.asyncProperty(step, async ({ door, statement }) => {
    const expected = door.model(held.get(door.name) ?? new Set(), statement);
    held.set(door.name, expected);
    if (expected.size > 0) wrote.add(door.name);
    try {
      await say(door, expected, () => door.say(statement));
    } catch (error) {
      throw new Error(`${door.name}: ${JSON.stringify(statement)}`, { cause: error });
    }
  });
  // Later statements build on earlier ones: a shorter one would say another thing.
  await fc.assert(property, { seed, numRuns: statements, endOnFailure: true });
  deepStrictEqual([...wrote].sort(), doors.map(({ name }) => name).sort());
}

async function say(door: WritingDoor, expected: ReadonlySet<string>, saying: () => Promise<unknown>): Promise<void> {
  const { store, controller } = running.server;
  const [before, { head }] = [await standing(), store];
  await saying();
  await controller.turn();
  const after = await standing();

  const others = (all: readonly Standing[]) => all.filter(({ origin }) => origin !== door.origin);
  deepStrictEqual(others(after), others(before));
  const own = after.filter(({ origin }) => origin === door.origin);
  deepStrictEqual([...new Set(own.map(({ prefix }) => prefix))].sort(), [...expected].sort());
  ok(own.every(({ action }) => action === 'block'));
  const latest = Date.now() + MAX_DURATION_MS;
  if (door.detector) ok(own.every(({ expiresMs }) => expiresMs > 0 && expiresMs <= latest));
  deepStrictEqual(
    await authors(head),
    Array.from({ length: Number(store.head - head) }, () => door.actor),
  );
}

async function standing(): Promise<Standing[]> {
  const { store } = running.server;
  const found: (Standing & object)[] = [];
  for await (const batch of store.claims({}))
    for (const { prefix, selector, ...claim } of batch)
      found.push({ ...claim, prefix: formatPrefix(prefix), ...{ selector: formatSelector(selector) } });
  for (const { name, action } of await store.lists())
    for await (const rows of store.listRows(name))
      for (const { prefix } of unpackEntries(rows))
        found.push({ prefix: formatPrefix(prefix), origin: `list:${name}`, action, expiresMs: 0 });
  return found;
}

/** Who made the revisions since then. */
async function authors(since: bigint): Promise<string[]> {
  const found: string[] = [];
  for await (const batch of running.server.store.audit({ afterSequence: read }))
    for (const { actor, revision, verb, sequence } of batch) {
      read = sequence;
      if (revision > since && verb !== 'result') found.push(actor);
    }
  return found;
}
