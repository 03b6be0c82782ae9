// What bouncers and firewalls are served, against what a host's kernel would decide: whole, and followed change by change.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packEntries } from '../../common/entries/packed.ts';
import { covers, formatPrefix, maskAddress, type Prefix, parsePrefix } from '../../common/text/prefix.ts';
import { Bans } from '../../controller/operations/outlets/bans.ts';
import { gathered } from '../../controller/store/contract/harness.ts';
import { RunningFleet } from '../identity/running.ts';

const CALLER = { role: 'admin', id: 'alice', actor: 'admin/alice', serial: '00', from: '192.0.2.1:1' } as const;
const all = { kind: 'all' } as const;
const any = () => true;

let running: RunningFleet;
let bans: Bans;
beforeAll(async () => {
  running = await RunningFleet.start();
  await running.serve();
  const { controller, store } = running.server;
  bans = new Bans({ ...controller, store });
});
afterAll(() => running.stop());

/** Of 16 addresses, so that prefixes meet. */
const prefix = fc
  .record({ last: fc.integer({ min: 0, max: 15 }), length: fc.integer({ min: 28, max: 32 }) })
  .map(({ last, length }): Prefix => {
    const address = Uint8Array.of(198, 51, 100, last);
    return { family: 4, address: maskAddress(address, length), length };
  });
const step = fc.oneof(
  fc.record({ does: fc.constantFrom('block' as const, 'allow' as const), prefix, origin: fc.constantFrom('a', 'b') }),
  fc.record({
    does: fc.constantFrom('unblock' as const, 'unallow' as const),
    prefix,
    origin: fc.constantFrom('a', 'b'),
  }),
  fc.record({
    does: fc.constantFrom('list' as const, 'other list' as const),
    rows: fc.array(prefix, { maxLength: 4 }),
  }),
  fc.record({ does: fc.constant('allow list' as const), rows: fc.array(prefix, { maxLength: 2 }) }),
  fc.record({ does: fc.constant('host' as const), prefix }),
  fc.record({ does: fc.constant('pull' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Any difference is meant. */
const asked = () => ({ caller: CALLER, arrivedMs: 0, reason: '', dryRun: false, waitMs: 0 });

async function take(step: Step): Promise<void> {
  const { changes, lists } = running.server.controller;
  if (step.does === 'pull') return;
  if ('rows' in step) {
    const action = step.does === 'allow list' ? ('allow' as const) : ('block' as const);
    const rows = packEntries(step.rows.map((each) => ({ prefix: each, action, ttlMs: 0 })));
    const begin = { ...asked(), target: all, action, force: false, skipRefused: false, meant: MEANT };
    await lists.import({ ...begin, name: step.does.replace(' ', '-') }, only(rows));
    return;
  }
  const prefixes = [formatPrefix(step.prefix)];
  if (step.does === 'host') {
    const target = { kind: 'labels', terms: [{ key: 'env', operator: '=', value: 'prod' }] } as const;
    await changes.block({ ...asked(), prefixes, origin: 'a', target, action: 'block', ttlMs: 0, force: false });
  } else if (step.does === 'block' || step.does === 'allow')
    await changes.block({
      ...asked(),
      prefixes,
      origin: step.origin,
      target: all,
      action: step.does,
      ttlMs: 0,
      force: false,
    });
  else {
    const action = step.does === 'unblock' ? ('block' as const) : ('allow' as const);
    await changes.unblock({ ...asked(), prefixes, origin: step.origin, target: undefined, action });
  }
}

const MEANT = ['SHRINKS', 'RETARGETS'] as const;

async function* only<T>(item: T): AsyncGenerator<T> {
  yield item;
}

/** What a host without labels drops of the 16. */
async function decided(): Promise<string[]> {
  const { matches } = running.server.controller;
  const dropped: string[] = [];
  for (let last = 0; last < 16; last++) {
    const address = parsePrefix(`198.51.100.${last}`);
    const claims = (await matches.covering(address)).filter(({ selector }) => selector.kind === 'all');
    if (claims.some(({ action }) => action === 'allow')) continue;
    if (claims.some(({ action }) => action === 'block')) dropped.push(formatPrefix(address));
  }
  return dropped;
}

function addressesOf(prefixes: Iterable<Prefix>): string[] {
  const held = [...prefixes];
  return Array.from({ length: 16 }, (_, last) => parsePrefix(`198.51.100.${last}`))
    .filter((address) => held.some((each) => covers(each, address)))
    .map(formatPrefix);
}

it('whatever happens: the whole is what a host would drop, and changes make the one into the next', async () => {
  const reader = new Map<string, Prefix>();
  let since = running.server.controller.views.revision;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      for (const each of [...steps, { does: 'pull' } as const]) {
        await take(each);
        if (each.does !== 'pull') continue;
        await running.server.controller.turn();
        const changes = await bans.changes(since, any);
        if (!changes) throw new Error('history is too short');
        for (const gone of await gathered(changes.removed)) reader.delete(formatPrefix(gone));
        for (const { prefix } of await gathered(changes.added)) reader.set(formatPrefix(prefix), prefix);
        since = changes.revision;
        const whole = new Set<string>();
        for await (const batch of bans.whole(await bans.standing(), any))
          for (const ban of batch) whole.add(formatPrefix(ban.prefix));
        const should = await decided();
        expect(addressesOf([...whole].map(parsePrefix))).toEqual(should);
        expect([...reader.keys()].sort()).toEqual([...whole].sort());
      }
    }),
    { numRuns: 40 },
  );
});
