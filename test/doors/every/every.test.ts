// Whatever is said through any door, in any order: what the guard, the allowlist or a policy forbids does not stand, what is others' stays as
// it is, each change has its record in the audit, and what may stand does.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { unpackEntries } from '../../../common/entries/packed.ts';
import { formatPrefix, parsePrefix } from '../../../common/text/prefix.ts';
import { formatSelector, parseSelector } from '../../../common/text/selector.ts';
import { OVER_TLS, RunningFleet } from '../../identity/running.ts';
import { until } from '../../sync/fleet.ts';
import { TapHost } from '../../sync/simulated/tap-host.ts';
import { SECRET } from '../signed.ts';
import { everyDoor, MAX_CLAIMS, MAX_DURATION_MS, type WritingDoor } from './doors.ts';
import { ALLOWED, NEEDED, OTHERS, statement } from './statements.ts';

/** Another one finds other orders. */
const SEED = Number(process.env.FLEETBLOCK_DOORS_SEED ?? 20);
const STATEMENTS = Number(process.env.FLEETBLOCK_DOORS_STATEMENTS ?? 200);
const BY = { actor: 'admin/alice', reason: '' };
const ALL = parseSelector('all');
const POLICY = { scope: 'fleet', maxDurationMs: MAX_DURATION_MS, maxClaims: MAX_CLAIMS, rate: 1_000_000, quorum: 1 };

let running: RunningFleet;
let host: TapHost;
let doors: WritingDoor[];
let close = async () => {};
beforeAll(async () => {
  running = await RunningFleet.start();
  const admin = await running.fleet.operator('admin', 'alice');
  const operator = await running.fleet.operator('operator', 'olga');
  await running.addOperator('admin', 'alice', admin);
  await running.addOperator('operator', 'olga', operator);
  const hostId = await running.addHost('web1');
  await running.serve({ http: OVER_TLS });
  const { store, controller } = running.server;
  host = new TapHost(running.address, { ...(await running.fleet.agent(hostId)), hostName: 'web1' }, {});
  await host.first('welcome');
  const own = NEEDED.map((each) => ({ prefix: formatPrefix(parsePrefix(each)), why: 'own address' }));
  host.send({ status: { protectedAddresses: own } });
  await until('protected', () => controller.hub.stateOf(hostId).protectedAddresses.length === own.length);
  const add = { ...BY, selector: ALL, expiresMs: 0, dryRun: false };
  await store.addClaims({ ...add, prefixes: ALLOWED.map(parsePrefix), origin: 'others', action: 'allow' });
  for (const origin of ['others', 'fail2ban:others', 'hook:others'])
    await store.addClaims({ ...add, prefixes: OTHERS.map(parsePrefix), origin, action: 'block' });
  for (const pattern of ['fail2ban:sshd', 'hook:siem'])
    await controller.detectors.policies.set({ ...POLICY, pattern }, BY);
  const hook = {
    name: 'siem',
    scheme: 'standard',
    rows: '',
    address: '/ip',
    duration: '/for',
    reason: '',
    unbanIf: '/over=true',
  };
  await controller.hooks.add(hook, SECRET, false, BY);
  ({ doors, close } = await everyDoor({ running, admin, operator, host, hostId }));
});
afterAll(async () => {
  host?.close();
  await close();
  await running?.stop();
});

interface Standing {
  readonly prefix: string;
  readonly origin: string;
  readonly selector: string;
  readonly action: string;
  readonly expiresMs: number;
  readonly actor: string;
}

async function standing(): Promise<Standing[]> {
  const { store } = running.server;
  const found: Standing[] = [];
  for await (const batch of store.claims({}))
    for (const { prefix, selector, ...claim } of batch)
      found.push({ ...claim, prefix: formatPrefix(prefix), selector: formatSelector(selector) });
  for (const { name, action } of await store.lists())
    for await (const rows of store.listRows(name))
      for (const { prefix } of unpackEntries(rows))
        found.push({
          prefix: formatPrefix(prefix),
          origin: `list:${name}`,
          selector: 'all',
          action,
          expiresMs: 0,
          actor: '',
        });
  return found;
}

/** Who made the revisions since then. */
async function authors(since: bigint): Promise<string[]> {
  const found: string[] = [];
  for await (const batch of running.server.store.audit({}))
    for (const { actor, revision, verb } of batch) if (revision > since && verb !== 'result') found.push(actor);
  return found;
}

it(`faults row 153: ${STATEMENTS} statements, seed ${SEED}`, async () => {
  const held = new Map<string, ReadonlySet<string>>();
  /** Doors of which something stood. */
  const wrote = new Set<string>();
  const step = fc.record({ door: fc.nat({ max: doors.length - 1 }), statement });
  await fc.assert(
    fc.asyncProperty(step, async ({ door: index, statement }) => {
      const door = doors[index];
      if (!door) throw new Error('no door');
      const before = await standing();
      const { head } = running.server.store;
      const startMs = Date.now();
      await door.say(statement);
      await running.server.controller.turn();
      const after = await standing();
      const what = `${door.name}: ${JSON.stringify(statement)}`;

      const others = (all: readonly Standing[]) => all.filter(({ origin }) => origin !== door.origin);
      expect(others(after), what).toEqual(others(before));
      const own = after.filter(({ origin }) => origin === door.origin);
      const expected = door.model(held.get(door.name) ?? new Set(), statement);
      held.set(door.name, expected);
      if (expected.size > 0) wrote.add(door.name);
      expect([...new Set(own.map(({ prefix }) => prefix))].sort(), what).toEqual([...expected].sort());
      expect(new Set(own.map(({ action }) => action)), what).toEqual(new Set(own.length > 0 ? ['block'] : []));
      if (door.detector)
        for (const { expiresMs } of own) {
          expect(expiresMs, what).toBeGreaterThan(0);
          expect(expiresMs, what).toBeLessThanOrEqual(Math.max(Date.now(), startMs) + MAX_DURATION_MS);
        }
      const made = Number(running.server.store.head - head);
      const by = await authors(head);
      expect(by, what).toEqual(Array.from({ length: made }, () => door.actor));
    }),
    { seed: SEED, numRuns: STATEMENTS, endOnFailure: true },
  );
  expect([...wrote].sort()).toEqual(doors.map(({ name }) => name).sort());
});
