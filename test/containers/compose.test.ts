// docker-compose.yml as an operator runs it, against a real engine: what `fleetblock block` says is what a packet meets.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { until } from '../../lab/program.ts';
import { inEngine, makeNeighbour, type Neighbour, whyNoEngine } from './engine.ts';

const unique = `fbtest${process.pid}`;
const link = `fbt${process.pid}`;
const port = 20_000 + (process.pid % 20_000);
const pins = `/sys/fs/bpf/${unique}`;
const image = `fleetblock-test:${unique}`;
const root = fileURLToPath(new URL('../..', import.meta.url));

const blocked = '192.168.1.100';
const bystander = '192.168.1.101';
const host = '192.168.1.1';
const addresses = [`${blocked}/24`, `${bystander}/24`];

const Bom = z.object({
  bomFormat: z.literal('CycloneDX'),
  components: z.array(z.object({ group: z.string().optional(), name: z.string(), version: z.string() })),
});
const flag = z.boolean().default(false);
const Lock = z.object({
  packages: z.record(z.string(), z.object({ version: z.string(), dev: flag, optional: flag, devOptional: flag })),
});

const env = {
  COMPOSE_PROJECT_NAME: unique,
  COMPOSE_ANSI: 'never',
  BUILDKIT_PROGRESS: 'plain',
  FLEETBLOCK_IMAGE: image,
  FLEETBLOCK_PUBLISH: `127.0.0.1:${port}`,
  FLEETBLOCK_CONTROLLER: `127.0.0.1:${port}`,
  FLEETBLOCK_INTERFACE: link,
  FLEETBLOCK_PIN_NAME: unique,
  FLEETBLOCK_HEALTH_INTERVAL: '1s',
};

const docker = (...args: string[]) => execa('docker', args, { cwd: root, env, stdin: 'ignore' });
const compose = (...args: string[]) => docker('compose', ...args);
const fleetblock = (...args: string[]) => compose('exec', '-T', 'controller', 'fleetblock', ...args);
const agent = (...args: string[]) => compose('run', '--rm', '-T', '--no-deps', 'agent', ...args);

/** Waits until a service's health check says so. */
async function healthy(service: 'controller' | 'agent', status: 'healthy' | 'unhealthy'): Promise<void> {
  const { stdout: container } = await compose('ps', '-q', '-a', service);
  await until(`a ${service} that is ${status}`, async () => {
    const { stdout } = await docker('inspect', '--format', '{{.State.Health.Status}}', container);
    return stdout === status || undefined;
  });
}

const reason = await whyNoEngine();

describe.skipIf(reason)(`containers${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let neighbour: Neighbour | undefined;
  const pings = async (source: string) => neighbour?.reaches(source, host);

  beforeAll(async () => {
    neighbour = await makeNeighbour(link, `${host}/24`, addresses);
    await compose('up', '-d', '--build', '--wait').catch(async (error: unknown) => {
      const logs = await compose('logs', '--no-color').catch(() => ({ stdout: '' }));
      throw new Error(`docker compose up failed; the containers said:\n${logs.stdout}`, { cause: error });
    });
    await until('the agent in step', async () => (await fleetblock('hosts')).stdout.includes(' synced ') || undefined);
  }, 600_000);

  afterAll(async () => {
    const steps = [
      () => agent('detach'),
      () => compose('down', '-v', '--timeout', '5', '--remove-orphans'),
      () => docker('image', 'rm', '-f', image),
      () => neighbour?.close(),
      () => inEngine('rm', '-rf', pins),
    ];
    // All of them, even if an earlier one fails: nothing may stay behind.
    for (const step of steps) await step()?.catch(() => undefined);
  });

  test('the image is small, and has its bill of materials', async () => {
    const size = await docker('image', 'inspect', '--format', '{{.Size}}', image);
    expect(Number(size.stdout)).toBeGreaterThan(50e6);
    expect(Number(size.stdout)).toBeLessThanOrEqual(200e6);
    const { stdout } = await compose('exec', '-T', 'controller', 'cat', '/usr/share/doc/fleetblock/sbom.cdx.json');
    const bom = Bom.parse(JSON.parse(stdout));
    const named = new Set(
      bom.components.map(({ group, name, version }) => `${group ? `${group}/` : ''}${name}@${version}`),
    );
    const lock = Lock.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
    const wanted = Object.entries(lock.packages)
      .filter(([path, { dev, optional, devOptional }]) => path !== '' && !dev && !optional && !devOptional)
      .map(([path, { version }]) => `${path.replace(/^.*node_modules\//, '')}@${version}`);
    expect(wanted.length).toBeGreaterThan(30);
    expect(wanted.filter((each) => !named.has(each))).toEqual([]);
    for (const name of ['node', 'libc6', 'libbpf1', 'busybox-static'])
      expect(
        bom.components.some((each) => each.name === name && each.version !== ''),
        name,
      ).toBe(true);
  });

  test('the controller is not root, and the agent has three capabilities', async () => {
    const controller = await compose('exec', '-T', 'controller', 'id', '-u');
    expect(controller.stdout).toBe('1000');
    const status = await compose('exec', '-T', 'agent', 'grep', '^CapBnd', '/proc/1/status');
    const [, mask] = status.stdout.split('\t');
    expect(BigInt(`0x${mask}`)).toBe((1n << 39n) | (1n << 38n) | (1n << 12n)); // CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN
  });

  test('a block drops real packets and is proven', async () => {
    expect(await pings(blocked)).toBe(true);
    const { stdout } = await fleetblock('block', blocked, '--all-hosts');
    expect(stdout).toMatch(/^blocked 192\.168\.1\.100\/32 on 1\/1 hosts in \d+ ms \(revision \d+\)$/m);
    expect(await pings(blocked)).toBe(false);
    expect(await pings(bystander)).toBe(true);
  });

  test('faults row 109: who logs in from the image can use what it made', async () => {
    const token = await fleetblock('operator', 'token', 'alice', '--role', 'operator');
    const alice = (...words: string[]) =>
      execa(
        'docker',
        [
          'compose',
          'exec',
          '-T',
          '-e',
          'FLEETBLOCK_CONFIG=/var/lib/fleetblock/alice.yaml',
          'controller',
          'fleetblock',
          ...words,
        ],
        {
          cwd: root,
          env,
          input: token.stdout,
        },
      );
    const login = await alice('login', '127.0.0.1:7443', '--token-file', '-');
    expect(`${login.stdout}${login.stderr}`).toMatch(/logged in to \S+ as alice \(operator\)/);
    expect((await alice('hosts', '-o', 'json')).stdout).toContain('"synced"');
  });

  test('a killed agent still drops, and comes back to the same list', async () => {
    await compose('kill', 'agent');
    expect(await pings(blocked)).toBe(false);
    expect(await pings(bystander)).toBe(true);
    await compose('up', '-d', '--wait');
    expect(await pings(blocked)).toBe(false);
    const { stdout } = await fleetblock('unblock', blocked);
    expect(stdout).toContain('1/1 hosts');
    expect(await pings(blocked)).toBe(true);
  });

  test('health is asked of the programs: one that hangs is not healthy, nor an agent without its interface', async () => {
    await Promise.all([healthy('controller', 'healthy'), healthy('agent', 'healthy')]);
    await compose('kill', '-s', 'STOP', 'controller', 'agent');
    await Promise.all([healthy('controller', 'unhealthy'), healthy('agent', 'unhealthy')]);
    await compose('kill', '-s', 'CONT', 'controller', 'agent');
    await Promise.all([healthy('controller', 'healthy'), healthy('agent', 'healthy')]);
    await neighbour?.close();
    await healthy('agent', 'unhealthy');
    neighbour = await makeNeighbour(link, `${host}/24`, addresses);
    await healthy('agent', 'healthy');
  });

  test('down leaves the host blocking; detach and down leave nothing', async () => {
    await fleetblock('block', blocked, '--all-hosts');
    await compose('stop');
    expect(await pings(blocked)).toBe(false);
    await agent('detach');
    expect(await pings(blocked)).toBe(true);
    await expect(inEngine('ls', pins)).rejects.toThrow('No such file');
    await compose('down', '-v');
    const left = await docker('volume', 'ls', '-q', '--filter', `label=com.docker.compose.project=${unique}`);
    expect(left.stdout).toBe('');
  });
});
