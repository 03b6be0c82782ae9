// apply and diff against a real controller and two hosts: what a file says is what the hosts hold, and twice is once.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SimulatedHost, SyncFleet, until } from '../sync/fleet.ts';
import { runHere } from './support/cli.ts';

let fleet: SyncFleet;
let hosts: SimulatedHost[];
beforeAll(async () => {
  fleet = await SyncFleet.start();
  hosts = [await fleet.agent('host1'), await fleet.agent('host2')];
  await until('both are there', async () => (await fleet.operator.hosts()).every(({ status }) => status === 'synced'));
});
afterAll(async () => {
  for (const host of hosts) await host.stop();
  await fleet.stop();
});

const run = (stdin: string, ...args: string[]) =>
  runHere(args, {
    stdin,
    env: {
      FLEETBLOCK_CONFIG: `${fleet.directory}/data/operators/admin.yaml`,
      FLEETBLOCK_CONTROLLER: fleet.address,
    },
  });
const apply = (stdin: string, ...more: string[]) => run(stdin, 'apply', '-f', '-', ...more);
const diff = (stdin: string) => run(stdin, 'diff', '-f', '-');
const held = () => hosts.map((host) => host.datapath.held.size);

const FILE = `name: edge
claims:
  - prefixes: [203.0.113.0/24, 198.51.100.7]
    allHosts: true
    reason: scanners
  - { prefixes: [203.0.113.5], hosts: [host1], action: allow }
`;

test('what a file says is done and proven, and the second time changes nothing', async () => {
  const before = await diff(FILE);
  expect(before).toMatchObject({ exitCode: 3, stderr: '' });
  expect(before.stdout).toBe(
    '+ block 203.0.113.0/24 on all: scanners\n+ block 198.51.100.7/32 on all: scanners\n+ allow 203.0.113.5/32 on host:host1\n',
  );
  const { head: untouched } = fleet.server.store;
  const rehearsed = await apply(FILE, '--dry-run');
  expect(rehearsed.exitCode).toBe(0);
  expect(rehearsed.stdout).toMatch(
    /^would allow 203\.0\.113\.5\/32 on 1 host .*\nwould block 203\.0\.113\.0\/24, 198\.51\.100\.7\/32 on 2 hosts .*\nwould apply apply:edge: 3 claims \(3 new\)\n$/,
  );
  expect(fleet.server.store.head).toBe(untouched);

  const first = await apply(FILE);
  expect(first.exitCode, first.stderr).toBe(0);
  expect(first.stdout).toMatch(
    /blocked 203\.0\.113\.0\/24, 198\.51\.100\.7\/32 on 2\/2 hosts in .*\napplied apply:edge: 3 claims \(3 new\)\n$/,
  );
  expect(held()).toEqual([3, 2]);
  expect(await diff(FILE)).toEqual({ exitCode: 0, stdout: '', stderr: '' });

  const { head } = fleet.server.store;
  const again = await apply(FILE);
  expect(again.exitCode).toBe(0);
  expect(again.stdout).toMatch(/already blocked .* on 2\/2 hosts .*\napplied apply:edge: 3 claims \(0 new\)\n$/);
  expect(fleet.server.store.head).toBe(head);
});

test('what left the file stays until --prune, other origins are not touched', async () => {
  await fleet.operator.block(['9.9.9.1']);
  const less = FILE.replace(', 198.51.100.7', '').replace('scanners', 'bots');
  const kept = await apply(less);
  expect(kept.stdout).toMatch(/applied apply:edge: 2 claims \(0 new, 1 changed\)\n$/);
  expect(kept.stderr).toContain('1 claim of apply:edge not in the file: --prune removes what fleetblock diff shows\n');
  expect(await diff(less)).toMatchObject({ exitCode: 3, stdout: '- block 198.51.100.7/32 on all: scanners\n' });
  const pruned = JSON.parse((await apply(less, '--prune', '-R', 'commit 1', '-o', 'json')).stdout);
  expect(pruned).toMatchObject({ origin: 'apply:edge', added: 0, updated: 0, unchanged: 2, removed: 1, extra: 0 });
  expect(pruned.changes.at(-1)).toMatchObject({ prefixes: ['198.51.100.7/32'], hosts: { targeted: 2, enforced: 2 } });
  expect((await fleet.operator.audit({ verb: 'unblock' })).at(-1)).toMatchObject({ reason: 'commit 1' });
  expect(await diff(less)).toMatchObject({ exitCode: 0 });
  // 9.9.9.1 and the network on both, the allowed address on one.
  expect(held()).toEqual([3, 2]);
});

test('a block becomes a monitor, and a monitor a block', async () => {
  const of = (action: string) => `name: turn\nclaims: [{prefixes: [9.9.9.9], allHosts: true, action: ${action}}]\n`;
  for (const action of ['block', 'monitor', 'block']) {
    expect((await apply(of(action))).exitCode).toBe(0);
    expect(await diff(of(action))).toMatchObject({ exitCode: 0 });
  }
});

test('what the guard refuses of one group changes nothing of the others', async () => {
  const file = `name: bad\nclaims:\n  - {prefixes: [8.8.8.8], allHosts: true}\n  - {prefixes: [127.0.0.0/8], hosts: [host1]}\n`;
  const { head } = fleet.server.store;
  const { exitCode, stdout, stderr } = await apply(file);
  expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
  expect(stderr).toMatch(/loopback/);
  expect(fleet.server.store.head).toBe(head);
});

test('an emptied file does not prune an origin by accident', async () => {
  const many = Array.from({ length: 20 }, (_, i) => `9.9.8.${100 + i}`);
  const file = (prefixes: string[]) => `name: many\nclaims: [{prefixes: [${prefixes.join(', ')}], allHosts: true}]\n`;
  await apply(file(many));
  const refused = await apply('name: many\nclaims: []\n', '--prune');
  expect(refused.exitCode).toBe(4);
  expect(refused.stderr).toMatch(
    /20 of the 20 claims of apply:many are not in the file; nothing was changed: --allow-shrink/,
  );
  expect((await apply('name: many\nclaims: []\n', '--prune', '--allow-shrink')).exitCode).toBe(0);
  expect(await diff('name: many\nclaims: []\n')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
});

test('needs a file, and prints the schema of one', async () => {
  expect(await run('', 'apply')).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/which file\?/) });
  expect(await run('', 'diff')).toMatchObject({ exitCode: 2 });
  expect(JSON.parse((await run('', 'apply', '--schema')).stdout)).toMatchObject({ required: ['name', 'claims'] });
  expect(await apply('name: x\nclaims: [{prefixes: [1.2.3]}]\n')).toMatchObject({ exitCode: 2 });
});

test('more rollouts than there is room for: none of them begins', async () => {
  const claims = Array.from(
    { length: 101 },
    (_, i) => `  - { prefixes: [198.18.3.${i}], allHosts: true, reason: T-${i} }`,
  );
  const { head } = fleet.server.store;
  const refused = await apply(`name: many\nclaims:\n${claims.join('\n')}\n`, '--stages', '50%,100%', '--bake', '1h');
  expect(refused.exitCode).not.toBe(0);
  expect(refused.stderr).toContain('0 rollouts are open, and 101 more would be over 100');
  expect(fleet.server.store.head).toBe(head);
  expect(fleet.server.controller.rollouts.list()).toEqual([]);
});

test('in stages what is new goes first to some, and nothing overtakes or prunes it until it is everywhere', async () => {
  const file = (...prefixes: string[]) => `name: staged
claims:
  - { prefixes: [${prefixes.join(', ')}], allHosts: true, reason: scan }
  - { prefixes: [192.0.2.77], allHosts: true, action: allow }
`;
  await apply(file('198.18.1.0/24'));
  const before = held();
  const stages = ['--stages', '50%,100%', '--bake', '1h'];
  const begun = await apply(file('198.18.1.0/24', '198.18.2.0/24'), ...stages);
  expect(begun.stdout).toMatch(/^already blocked 198\.18\.1\.0.* 2\/2 .*\nblocked 198\.18\.2\.0.* 1\/1 .*\n/m);
  expect(begun.stdout).toContain('applied apply:staged up to the first stage: 3 claims (1 new)');
  expect(begun.stderr).toMatch(/^the first stage of rollout \w+: /m);
  const ofBoth = (a: number[]) => a.reduce((sum, each) => sum + each, 0);
  expect(ofBoth(held()) - ofBoth(before)).toBe(1);

  const underWay = await diff(file('198.18.1.0/24', '198.18.2.0/24'));
  expect(underWay).toMatchObject({ exitCode: 3, stderr: '' });
  expect(underWay.stdout).toMatch(/^> block 198\.18\.2\.0\/24 on stage:[0-9a-f]{8}\/all: scan\n$/);
  // Also a file that does not have it.
  const again = await apply(file('198.18.1.0/24'), '--prune', '-o', 'json');
  expect(JSON.parse(again.stdout)).toMatchObject({ added: 0, removed: 0, extra: 0, staged: 1 });
  const same = await apply(file('198.18.1.0/24', '198.18.2.0/24'), '-o', 'json');
  expect(JSON.parse(same.stdout)).toMatchObject({ added: 0, updated: 0, extra: 0, staged: 1, unchanged: 2 });
  expect(ofBoth(held()) - ofBoth(before)).toBe(1);

  const [rollout] = fleet.server.controller.rollouts.list();
  const caller = { role: 'admin', id: 'a', actor: 'admin/a', serial: '', from: '' } as const;
  await fleet.server.controller.rollouts.abort(rollout?.id ?? '', { caller, reason: '' });
  expect((await diff(file('198.18.1.0/24', '198.18.2.0/24'))).stdout).toBe('+ block 198.18.2.0/24 on all: scan\n');
  await apply(file('198.18.1.0/24', '198.18.2.0/24'), '--stages', '50%,100%', '--bake', '1s');
  await until('everywhere', () => ofBoth(held()) - ofBoth(before) === 2);
  await until('done', async () => (await diff(file('198.18.1.0/24', '198.18.2.0/24'))).exitCode === 0);
});
