// A host's certificate used by hand, to ban: whatever it reports, it blocks single addresses that nobody needs, for a limited time, on the
// hosts and in the number that the policy lets it, and takes back nothing that others said.
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { formatPrefix, parsePrefix } from '../../common/text/prefix.ts';
import { formatSelector, parseSelector } from '../../common/text/selector.ts';
import type { DetectorPolicy } from '../../controller/detectors/policy.ts';
import type { ReportsAnswer__Output } from '../../proto/gen/fleetblock/v1/ReportsAnswer.ts';
import { type HostIdentity, SyncFleet, until } from './fleet.ts';
import { TapHost } from './simulated/tap-host.ts';

const BY = { actor: 'admin/alice', reason: '' };
const ALL = parseSelector('all');
const HOUR = 3_600_000;
const POLICY: DetectorPolicy = {
  pattern: 'fail2ban:*',
  scope: 'fleet',
  maxDurationMs: HOUR,
  maxClaims: 20,
  rate: 1_000_000,
  quorum: 1,
};

let fleet: SyncFleet;
let evil: TapHost;
let good: TapHost;
let identity: HostIdentity;
const answers = new Map<TapHost, number>();

beforeAll(async () => {
  fleet = await SyncFleet.start();
  identity = await fleet.enroll('evil', { site: 'a' });
  evil = new TapHost(fleet.address, identity, { takesJudged: true });
  good = new TapHost(fleet.address, await fleet.enroll('good', { site: 'b' }), {});
  for (const host of [evil, good]) await host.first('welcome');
  const { store } = fleet.server;
  const add = { ...BY, selector: ALL, expiresMs: 0, dryRun: false };
  await store.addClaims({ ...add, prefixes: [parsePrefix('192.0.2.0/28')], origin: 'manual', action: 'allow' });
  await store.addClaims({ ...add, prefixes: [parsePrefix('2001:db8:1::1')], origin: 'manual', action: 'allow' });
  await store.addClaims({ ...add, prefixes: [parsePrefix('198.51.100.1')], origin: 'manual', action: 'block' });
  good.send({ status: { protectedAddresses: [{ prefix: '10.9.9.9/32', why: 'own address' }] } });
  await until('protected', () => fleet.server.controller.hub.stateOf(hostId('good')).protectedAddresses.length > 0);
});
afterAll(async () => {
  for (const host of [evil, good]) host?.close();
  await fleet?.stop();
});

const hostId = (name: string) => fleet.server.controller.registry.findByName(name)?.id ?? '';
const policies = () => fleet.server.controller.detectors.policies;

async function report(
  host: TapHost,
  source: string,
  prefixes: readonly string[],
  more: { unban?: boolean; ttlMs?: number } = {},
) {
  const { unban = false, ttlMs = 0 } = more;
  host.send({ reports: { source, unban, rows: prefixes.map((prefix) => ({ prefix, ttlMs: `${ttlMs}` })) } });
  const due = (answers.get(host) ?? 0) + 1;
  answers.set(host, due);
  await until('answered', () => host.of('reportsAnswer').length >= due);
  const answer: ReportsAnswer__Output | null | undefined = host.of('reportsAnswer')[due - 1]?.message.reportsAnswer;
  if (!answer) throw new Error('no answer');
  let last = '';
  const refused = answer.refused.map(({ row, reason }) => {
    last = reason || last;
    return { row, reason: last };
  });
  return { ...answer, refused };
}

async function claims(): Promise<string[]> {
  const found: string[] = [];
  for await (const batch of fleet.server.store.claims({}))
    for (const { prefix, origin, selector, action } of batch)
      found.push(`${action} ${formatPrefix(prefix)} ${origin} ${formatSelector(selector)}`);
  return found;
}

const detector = (pattern: string) =>
  policies()
    .list()
    .find(({ policy }) => policy.pattern === pattern);

/** Of reports alone. */
const reported = async () => (await claims()).filter((each) => each.includes(' fail2ban:'));

beforeEach(async () => {
  await policies().set(POLICY, BY);
  for (const host of [evil, good])
    for (const each of await reported()) {
      const [, prefix = '', source = ''] = each.split(' ');
      await report(host, source, [prefix], { unban: true });
    }
  for (const { policy } of policies().list()) if (policy.scope !== 'none') await policies().remove(policy.pattern, BY);
  expect(await reported()).toEqual([]);
});

describe('a certificate used by hand', () => {
  it('faults row 192: blocks nothing without a policy, and learns the command', async () => {
    const { refused } = await report(evil, 'fail2ban:sshd', ['198.51.100.7']);
    expect(refused).toEqual([{ row: 0, reason: expect.stringContaining('fleetblock detector set fail2ban:sshd') }]);
    expect(await reported()).toEqual([]);
    await report(evil, 'fail2ban:sshd', ['198.51.100.7', '198.51.100.8']);
    expect(detector('fail2ban:sshd')).toMatchObject({
      policy: { scope: 'none' },
      refused: 3,
      lastRefusal: /no policy/,
    });
    const events = fleet.server.controller.events.since(0).filter(({ kind }) => kind === 'detector.refused');
    expect(events).toMatchObject([
      { hostId: hostId('evil'), text: expect.stringMatching(/^fail2ban:sshd is refused: no policy/) },
    ]);
  });

  it.each([
    ['an allowed address', '192.0.2.3', /is allowed, by 192\.0\.2\.0\/28/],
    ['a /64 with an allowed address in it', '2001:db8:1::/64', /2001:db8:1::\/64 has addresses in it that are allowed/],
    ["a host's own address", '10.9.9.9', /covers 10\.9\.9\.9/],
    ['loopback', '127.0.0.1', /loopback/],
    ['a range', '198.51.100.0/24', /is a range/],
    ['a wide range of IPv6', '2001:db8::/48', /is a range/],
    ['everything', '0.0.0.0/0', /is a range/],
    ['no address', 'localhost', /localhost/],
  ])('does not block %s', async (_what, prefix, reason) => {
    await policies().set(POLICY, BY);
    const { refused } = await report(evil, 'fail2ban:sshd', [prefix, '198.51.100.7']);
    expect(refused).toEqual([{ row: 0, reason: expect.stringMatching(reason) }]);
    expect(await reported()).toHaveLength(2);
  });

  it.each([
    'manual',
    'list:drop',
    'feed:drop',
    'apply:site',
    'crowdsec:x',
    'hook:x',
    'fail2ban',
    'fail2ban:*',
    'FAIL2BAN:x',
    '',
  ])('does not speak as %j', async (source) => {
    await policies().set(POLICY, BY);
    const before = await claims();
    for (const unban of [false, true])
      expect((await report(evil, source, ['198.51.100.1'], { unban })).refused).toHaveLength(1);
    expect(await claims()).toEqual(before);
  });

  it('blocks for no longer than the policy says', async () => {
    await policies().set(POLICY, BY);
    await report(evil, 'fail2ban:sshd', ['198.51.100.7'], { ttlMs: 1000 * HOUR });
    await report(evil, 'fail2ban:sshd', ['198.51.100.8']);
    const before = Date.now();
    for await (const batch of fleet.server.store.claims({ origin: 'fail2ban:sshd' }))
      for (const { expiresMs } of batch) expect(expiresMs).toSatisfy((end: number) => end > 0 && end <= before + HOUR);
  });

  it('blocks on its own host only, or those of its label, where the policy says so', async () => {
    await policies().set({ ...POLICY, scope: 'host' }, BY);
    await report(evil, 'fail2ban:sshd', ['198.51.100.7']);
    expect(await reported()).toEqual(['block 198.51.100.7/32 fail2ban:sshd host:evil']);
    await policies().set({ ...POLICY, scope: 'label:site' }, BY);
    await report(evil, 'fail2ban:sshd', ['198.51.100.8']);
    expect((await reported()).filter((each) => each.includes('.8/32')).sort()).toEqual([
      'block 198.51.100.8/32 fail2ban:sshd host:evil',
      'block 198.51.100.8/32 fail2ban:sshd labels:site=a',
    ]);
  });

  it('does not reach a quorum by itself, whatever its sources are called', async () => {
    await policies().set({ ...POLICY, quorum: 2 }, BY);
    for (const name of ['a', 'b', 'c']) await report(evil, `fail2ban:${name}`, ['198.51.100.7']);
    expect((await reported()).every((each) => each.endsWith('host:evil'))).toBe(true);
    await report(good, 'fail2ban:a', ['198.51.100.7']);
    expect(await reported()).toContain('block 198.51.100.7/32 fail2ban:a all');
  });

  it('takes no more than its share, under any names, and leaves others theirs', async () => {
    await policies().set(POLICY, BY);
    for (const name of ['a', 'b', 'c'])
      await report(
        evil,
        `fail2ban:${name}`,
        Array.from({ length: 20 }, (_, i) => `198.51.100.${10 + i}`),
      );
    expect((await reported()).filter((each) => each.endsWith('host:evil'))).toHaveLength(POLICY.maxClaims / 2);
    expect((await report(good, 'fail2ban:a', ['203.0.113.7'])).refused).toEqual([]);
  });

  it('takes nothing back that others reported or people said', async () => {
    await policies().set(POLICY, BY);
    await report(good, 'fail2ban:sshd', ['198.51.100.7']);
    const before = await claims();
    const { refused } = await report(evil, 'fail2ban:sshd', ['198.51.100.7', '198.51.100.1'], { unban: true });
    // A ban that has ended is no refusal either: there is nothing to do.
    expect(refused).toEqual([]);
    expect(await claims()).toEqual(before);
  });

  it('is counted, whatever becomes of it', async () => {
    const counted = async () => {
      const [metric] = fleet.server.controller.detectors.meter.metrics;
      const { values } = await metric.get();
      return Object.fromEntries(values.map(({ labels, value }) => [labels.result, value]));
    };
    const { taken = 0, refused = 0 } = await counted();
    await policies().set(POLICY, BY);
    await report(evil, 'fail2ban:sshd', ['198.51.100.7', '198.51.100.8', '192.0.2.3']);
    expect(await counted()).toMatchObject({ taken: taken + 2, refused: refused + 1 });
    const { lastRefusal, ...counts } = detector(POLICY.pattern) ?? {};
    expect([counts, lastRefusal]).toMatchObject([
      { taken: 2, refused: 1, delayed: 0 },
      expect.stringMatching(/is allowed/),
    ]);
  });

  it('faults row 191: blocks no more in a minute than its rate, however much it says at once', async () => {
    await policies().set({ ...POLICY, rate: 2, maxClaims: 5000 }, BY);
    const addresses = Array.from({ length: 1000 }, (_, i) => `203.0.${i >> 8}.${i & 255}`);
    const answer = await report(evil, 'fail2ban:sshd', addresses);
    expect(answer).toMatchObject({ judged: 2, refused: [], problem: expect.stringContaining('2 addresses a minute') });
    // It has to wait again when it comes at once.
    expect(await report(evil, 'fail2ban:sshd', addresses.slice(2))).toMatchObject({ judged: 0, refused: [] });
    expect((await reported()).filter((each) => each.endsWith('host:evil'))).toHaveLength(2);
    expect(detector(POLICY.pattern)).toMatchObject({ taken: 2, delayed: 998 + 998 });
  });

  it('has a message judged whole or not at all where its agent does not know of parts, as it sends all of it again', async () => {
    await policies().set({ ...POLICY, rate: 2, maxClaims: 5000 }, BY);
    const old = new TapHost(fleet.address, await fleet.enroll('old'), {});
    await old.first('welcome');
    const addresses = Array.from({ length: 1000 }, (_, i) => `203.0.${i >> 8}.${i & 255}`);
    expect(await report(old, 'fail2ban:sshd', addresses)).toMatchObject({ retryMs: 0, refused: [] });
    expect((await reported()).filter((each) => each.endsWith('host:old'))).toHaveLength(1000);
    expect(await report(old, 'fail2ban:sshd', addresses, { unban: true })).toMatchObject({ judged: 0 });
    await policies().set({ ...POLICY, maxClaims: 5000 }, BY);
    expect(await report(old, 'fail2ban:sshd', addresses, { unban: true })).toMatchObject({ retryMs: 0 });
    old.close();
  });

  it('is made to wait without a policy too, also when it says nothing', async () => {
    const junk = Array.from({ length: 1000 }, (_, i) => `x${i}`);
    const host = new TapHost(fleet.address, await fleet.enroll('junk'), {});
    await host.first('welcome');
    let taken = 0;
    while ((await report(host, `junk:${taken}`, junk)).retryMs === 0) expect(++taken).toBeLessThan(100);
    await policies().set({ ...POLICY, rate: 1 }, BY);
    expect(await report(host, 'fail2ban:sshd', [])).toMatchObject({ retryMs: 0 });
    expect((await report(host, 'fail2ban:sshd', [])).retryMs).toBeGreaterThan(0);
    // A reason is said once.
    for (const { bytes } of host.of('reportsAnswer')) expect(bytes).toBeLessThan(10_000);
    host.close();
  });

  it.each([
    [
      '1,001 rows',
      Array.from({ length: 1001 }, (_, i) => ({ prefix: `10.0.${i >> 8}.${i & 255}` })),
      /1001 reports, at most 1000/,
    ],
    ['one prefix twice', [{ prefix: '198.51.100.7' }, { prefix: '198.51.100.7' }], /a prefix twice/],
    ['a prefix without an end', [{ prefix: '1'.repeat(65) }], /65 characters of a prefix/],
  ])('%s ends its stream with the reason', async (_what, rows, reason) => {
    const host = new TapHost(fleet.address, await fleet.enroll(`evil-${rows.length}`), {});
    await host.first('welcome');
    host.send({ reports: { source: 'fail2ban:sshd', rows } });
    await until('refused', () => host.ended !== undefined);
    expect(host.ended?.message).toMatch(reason);
    host.close();
  });

  it('whatever it reports, in any order', async () => {
    await policies().set({ ...POLICY, quorum: 2 }, BY);
    const prefix = fc.oneof(
      fc.constantFrom('192.0.2.3', '10.9.9.9', '198.51.100.1', '2001:db8:1::/64', '2001:db8:2::/64', '0.0.0.0/0'),
      fc.ipV4(),
      fc.ipV6(),
      fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([address, length]) => `${address}/${length}`),
      fc.string({ maxLength: 40 }),
    );
    const source = fc.oneof(
      fc.constantFrom('fail2ban:a', 'fail2ban:b', 'manual', 'list:x'),
      fc.string({ maxLength: 20 }),
    );
    const message = fc.record({
      source,
      prefixes: fc.uniqueArray(prefix, { maxLength: 8 }),
      unban: fc.boolean(),
      ttlMs: fc.nat(),
    });
    const before = (await claims()).filter((each) => !each.includes(' fail2ban:'));
    await fc.assert(
      fc.asyncProperty(message, async ({ prefixes, ...said }) => {
        await report(evil, said.source, prefixes, said);
        const all = await claims();
        expect(all.filter((each) => !each.includes(' fail2ban:'))).toEqual(before);
        const own = all.filter((each) => each.includes(' fail2ban:'));
        expect(own.length).toBeLessThanOrEqual(POLICY.maxClaims / 2);
        for (const each of own) {
          expect(each).toMatch(/^block \S+\/(32|128|64) fail2ban:\S+ host:evil$/);
          expect(each).not.toMatch(/192\.0\.2\.([0-9]|1[0-5])\/|10\.9\.9\.9\/|2001:db8:1:/);
        }
      }),
      { numRuns: 200 },
    );
  });
});
