// docker-compose.yml as an operator runs it, against a real engine: what `fleetblock block` says is what a packet meets.
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

const env = {
  COMPOSE_PROJECT_NAME: unique,
  COMPOSE_ANSI: 'never',
  BUILDKIT_PROGRESS: 'plain',
  FLEETBLOCK_IMAGE: image,
  FLEETBLOCK_PUBLISH: `127.0.0.1:${port}`,
  FLEETBLOCK_CONTROLLER: `127.0.0.1:${port}`,
  FLEETBLOCK_INTERFACE: link,
  FLEETBLOCK_PIN_NAME: unique,
};

const docker = (...args: string[]) => execa('docker', args, { cwd: root, env, stdin: 'ignore' });
const compose = (...args: string[]) => docker('compose', ...args);
const fleetblock = (...args: string[]) => compose('exec', '-T', 'controller', 'fleetblock', ...args);
const agent = (...args: string[]) => compose('run', '--rm', '-T', '--no-deps', 'agent', ...args);

const reason = await whyNoEngine();

describe.skipIf(reason)(`containers${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let neighbour: Neighbour | undefined;
  const pings = async (source: string) => neighbour?.reaches(source, host);

  beforeAll(async () => {
    neighbour = await makeNeighbour(link, `${host}/24`, [`${blocked}/24`, `${bystander}/24`]);
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
