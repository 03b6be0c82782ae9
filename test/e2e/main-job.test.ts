// The main job: one command, real packets, proof from every host.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { BAD, BAD6, GOOD, GOOD6, Lab } from '../../lab/lab.ts';
import { until } from '../../lab/program.ts';

const reason = Lab.whyNot();

describe.skipIf(reason)(`main job${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.create();
    await lab.startHosts();
  });
  afterAll(() => lab?.close());
  // A test that fails leaves no block to the next one.
  afterEach(async () => {
    const rows = await lab.json(0, 'list');
    const left = Array.isArray(rows) ? rows.map((row) => String(Reflect.get(Object(row), 'prefix'))) : [];
    if (left.length > 0) await lab.fleetblock('unblock', ...left);
  });

  const reach = async (source: string, family: 4 | 6 = 4, count = 2) =>
    Promise.all(
      lab.hosts.map((host) => lab.attacker.reaches(source, family === 4 ? host.address : host.address6, { count })),
    );
  /** Neighbours have to be found first: an answer may take a while on a busy machine. */
  const answered = (source: string, family: 4 | 6 = 4) =>
    until(`an answer to ${source} from all hosts`, async () =>
      (await reach(source, family, 1)).every(Boolean) ? true : undefined,
    );
  const none = [false, false, false];

  test('a block drops the source on every host and nothing else, and says so', async () => {
    await answered(BAD);
    const { stdout, exitCode } = await lab.fleetblock('block', BAD, '--all-hosts');
    expect(stdout).toMatch(/^blocked 192\.168\.1\.100\/32 on 3\/3 hosts in \d+ ms \(revision \d+\)$/);
    expect(exitCode).toBe(0);
    expect(await reach(BAD)).toEqual(none);
    await answered(GOOD);
  });

  test('the JSON is the contract', async () => {
    expect(await lab.json(0, 'block', '203.0.113.7', '--all-hosts', '-R', 'a reason', '-d', '1h')).toEqual({
      revision: expect.any(Number),
      prefixes: ['203.0.113.7/32'],
      hosts: { targeted: 3, enforced: 3, pending: [], failed: [] },
      elapsedMs: expect.any(Number),
    });
    const list = await lab.json(0, 'list');
    expect(list).toContainEqual({
      prefix: '203.0.113.7/32',
      action: 'block',
      origin: 'manual',
      selector: expect.anything(),
      reason: 'a reason',
      actor: expect.stringMatching(/./),
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    for (const row of await lab.hostRows())
      expect(row).toEqual({
        name: expect.stringMatching(/^host[123]$/),
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        status: 'synced',
        labels: {},
        revision: expect.any(Number),
        entries: 1,
        interfaces: [expect.objectContaining({ name: 'eth0', mode: 'native' })],
        dropped: { packets: expect.any(Number), bytes: expect.any(Number) },
        lastSeen: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      });
    expect((await lab.fleetblock('unblock', '203.0.113.7')).exitCode).toBe(0);
  });

  test('blocking twice changes nothing, and is still proven', async () => {
    const first = await lab.json(0, 'block', BAD, '--all-hosts');
    const second = await lab.json(0, 'block', BAD, '--all-hosts');
    expect(second).toMatchObject({ hosts: { targeted: 3, enforced: 3 } });
    expect(Reflect.get(Object(second), 'revision')).toBe(Reflect.get(Object(first), 'revision'));
  });

  test('the hosts count what they dropped', async () => {
    await lab.json(0, 'block', BAD, '--all-hosts');
    const before = (await lab.hostRow('host1')).dropped;
    await lab.attacker.ping(BAD, lab.host(1).address, { count: 5 });
    await until('five more drops on host1', async () => {
      const { packets, bytes } = (await lab.hostRow('host1')).dropped;
      return packets - before.packets >= 5 && bytes - before.bytes >= 5 * 84 ? true : undefined;
    });
  });

  test('unblock lets the source in again; unblocking it again says that it was not blocked', async () => {
    await lab.json(0, 'block', BAD, '--all-hosts');
    const { stdout, exitCode } = await lab.fleetblock('unblock', BAD);
    expect(stdout).toMatch(/^unblocked 192\.168\.1\.100\/32 on 3\/3 hosts in \d+ ms \(revision \d+\)$/);
    expect(exitCode).toBe(0);
    await answered(BAD);
    const again = await lab.fleetblock('unblock', BAD);
    expect(`${again.stdout}${again.stderr}`).toMatch(/192\.168\.1\.100\/32 (is|was) not blocked/);
  });

  test('an IPv6 address and prefixes of both families', async () => {
    await lab.json(0, 'block', BAD6, '--all-hosts');
    expect(await reach(BAD6, 6)).toEqual(none);
    await answered(GOOD6, 6);
    await lab.json(0, 'unblock', BAD6);

    // 192.168.1.96/30 is .96-.99, 192.168.1.100/30 is .100-.103; the controller and the hosts are outside.
    await lab.json(0, 'block', '192.168.1.96/30', 'fd00:1::104/126', '--all-hosts');
    await answered(BAD);
    await lab.json(0, 'block', '192.168.1.100/30', 'fd00:1::100/126', '--all-hosts');
    for (const [source, family] of [
      [BAD, 4],
      [GOOD, 4],
      [BAD6, 6],
      [GOOD6, 6],
    ] as const)
      expect(await reach(source, family)).toEqual(none);
    await lab.json(0, 'unblock', '192.168.1.96/30', '192.168.1.100/30', 'fd00:1::100/126', 'fd00:1::104/126');
    for (const [source, family] of [
      [BAD, 4],
      [GOOD6, 6],
    ] as const)
      await answered(source, family);
  });

  test('a target of one host is that host alone', async () => {
    await lab.json(0, 'block', BAD, '--host', 'host2');
    expect(await reach(BAD)).toEqual([true, false, true]);
    await lab.json(0, 'unblock', BAD);
    await answered(BAD);
  });

  test('a block ends by itself when its time is up', async () => {
    await lab.json(0, 'block', BAD, '--all-hosts', '-d', '2s');
    expect(await reach(BAD)).toEqual(none);
    await answered(BAD);
    expect(await lab.json(0, 'list')).toEqual([]);
  });
});
