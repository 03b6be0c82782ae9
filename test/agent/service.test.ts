// The agent as its unit runs it: the system calls and sockets that it really uses against those that the unit allows, and who may talk
// to it on its host.
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { detachXdp } from '../../agent/datapath/pins/detach.ts';
import { storeEnrollment } from '../../agent/identity/enrollment.ts';
import { freshPinDir, makePair, PrivateNetwork, whyNoNetwork } from '../datapath/network.ts';
import { agentCommand, RealAgent } from './real-agent.ts';
import { entry, ReferenceView, welcome } from './reference.ts';
import { ScriptedController } from './tls-controller.ts';

const UNIT = readFileSync(
  fileURLToPath(new URL('../../deploy/systemd/fleetblock-agent.service', import.meta.url)),
  'utf8',
);

function has(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

const missing = ['strace', 'systemd-analyze', 'setpriv'].filter((command) => !has(command));
const why = whyNoNetwork() || (missing.length > 0 ? `needs ${missing.join(', ')}` : '');

/** Values of a key of the unit, in order. */
function settings(key: string): string[][] {
  return [...UNIT.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value.split(/\s+/));
}

/** System calls of a group, or the one named. */
function expand(name: string): string[] {
  if (!name.startsWith('@')) return [name];
  const text = execFileSync('systemd-analyze', ['syscall-filter', name], { encoding: 'utf8' });
  const members = text
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
  return members.filter((member) => member !== '' && !member.startsWith('#')).flatMap(expand);
}

/** The first line allows, later ones with a tilde take away (systemd.exec(5)). */
function allowedCalls(): Set<string> {
  const allowed = new Set<string>();
  for (const words of settings('SystemCallFilter')) {
    const deny = words[0]?.startsWith('~') ?? false;
    for (const call of words.flatMap((word) => expand(word.replace('~', ''))))
      if (deny) allowed.delete(call);
      else allowed.add(call);
  }
  return allowed;
}

describe.skipIf(why !== '')(`the agent as a service ${why}`, () => {
  let network: PrivateNetwork;
  let controller: ScriptedController;
  let directory: string;
  let stateDir: string;
  let pinDir: string;
  let agent: RealAgent | undefined;

  beforeEach(async () => {
    network = PrivateNetwork.enter();
    makePair('in0', 'out0');
    pinDir = freshPinDir();
    directory = mkdtempSync(join(tmpdir(), 'fleetblock-service-'));
    stateDir = join(directory, 'state');
    mkdirSync(stateDir, { mode: 0o700 });
    controller = await ScriptedController.start();
    storeEnrollment(stateDir, controller.enrollment());
  });

  afterEach(async () => {
    await agent?.stop('SIGKILL');
    controller.stop();
    detachXdp(pinDir);
    rmSync(directory, { recursive: true, force: true });
    network.leave();
  });

  /** A life of an agent: started, given a list and changes, asked, stopped; `end` is how. */
  async function live(prefix: readonly string[], end: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const view = new ReferenceView('e1', 4n);
    view.change(Array.from({ length: 3000 }, (_, i) => entry(`10.${i >> 8}.${i & 255}.1`)));
    agent = new RealAgent({
      ...{ stateDir, pinDir, interfaces: 'in0', prefix },
      args: ['--audit-interval', '1s'],
      env: { NOTIFY_SOCKET: '@fleetblock-test', WATCHDOG_USEC: '500000' },
    });
    const connection = await controller.connection();
    await connection.next();
    await connection.push(welcome('e1', { statusIntervalMs: 200 }), ...view.snapshot(1000));
    expect((await connection.next()).ack).toMatchObject({ revision: '5' });
    await connection.push({ dropWatch: { intervalMs: 100, rows: 10 } });
    await connection.push(
      view.change([
        entry('192.0.2.1', { ttlMs: 60_000 }),
        entry('2001:db8::/32'),
        entry('10.9.0.0/16', { action: 'allow' }),
      ]),
    );
    expect((await connection.next()).ack).toMatchObject({ revision: '6' });
    expect(await agentCommand(['status', '--state-dir', stateDir, '--pin-dir', pinDir])).toMatchObject({ code: 0 });
    // An audit and the flush of the record pass by.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    await agent.stop(end);
  }

  it('uses no system call and no kind of socket that the unit forbids', async () => {
    const trace = join(directory, 'trace');
    // -D: the agent is our child, and gets our signals.
    const strace = ['strace', '-D', '-f', '-ff', '-qq', '-o', trace];
    await live(strace);
    // Once more: adopted maps and the record are another way through.
    agent = new RealAgent({ stateDir, pinDir, interfaces: 'in0', prefix: strace });
    const { hello } = await (await controller.connection()).next();
    expect(hello).toMatchObject({ revision: '6' });
    await agent.stop();
    const text = readdirSync(directory)
      .filter((name) => name.startsWith('trace'))
      .map((name) => readFileSync(join(directory, name), 'utf8'))
      .join('');
    const used = new Set([...text.matchAll(/^([a-z0-9_]+)\(/gm)].map(([, call = '']) => call));
    expect(used.size).toBeGreaterThan(40);
    expect(used).toContain('bpf');
    const allowed = allowedCalls();
    expect([...used].filter((call) => !allowed.has(call)).sort()).toEqual([]);
    const families = new Set([...text.matchAll(/^socket\((AF_[A-Z0-9]+)/gm)].map(([, family = '']) => family));
    expect([...families].sort()).toEqual(
      (settings('RestrictAddressFamilies')[0] ?? []).sort().filter((f) => families.has(f)),
    );
    expect([...families]).toContain('AF_NETLINK');
    // What makes the check one: calls that an agent has no business with are not allowed.
    for (const call of ['ptrace', 'init_module', 'setuid', 'mount', 'keyctl', 'reboot'])
      expect(allowed.has(call)).toBe(false);
  });

  it('faults row 53: answers on its socket to its owner alone', async () => {
    await live([], 'SIGKILL');
    agent = new RealAgent({ stateDir, pinDir, interfaces: 'in0' });
    await agent.logged('"enforcing"');
    const status = ['status', '--state-dir', stateDir, '--pin-dir', pinDir, '-o', 'json'];
    const mine = await agentCommand(status);
    expect(JSON.parse(mine.stdout)).toMatchObject({ running: true, revision: 6, entries: 3003 });
    // The socket of the agent that was killed is replaced, and no other user can reach it.
    expect(statSync(join(stateDir, 'agent.sock')).isSocket()).toBe(true);
    expect(statSync(join(stateDir, 'agent.sock')).mode & 0o777).toBe(0o600);
    expect(statSync(stateDir).mode & 0o077).toBe(0);
    chmodSync(directory, 0o755);
    // Another user, who may read whatever leads to the program and to the socket: it is the socket itself that is closed to it.
    const user = ['--reuid=65534', '--regid=65534', '--clear-groups'];
    const reader = ['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search'];
    const other = await agentCommand(status, {}, ['setpriv', ...user, ...reader]);
    expect(other.code).toBe(1);
    expect(other.stdout).toBe('');
    expect(other.stderr).toContain('run this as root');
  });

  it('faults row 53: is not run on a state directory that others may write to, and touches nothing then', async () => {
    chmodSync(stateDir, 0o777);
    const before = readdirSync(stateDir);
    agent = new RealAgent({ stateDir, pinDir, interfaces: 'in0' });
    await agent.logged(`chmod 700 ${stateDir}`, 30_000);
    await once(agent.process, 'close');
    expect(readdirSync(stateDir)).toEqual(before);
    expect(existsSync(pinDir)).toBe(false);
  });

  it('is one of a state directory: a second one is refused by name, and the first goes on answering', async () => {
    agent = new RealAgent({ stateDir, pinDir, interfaces: 'in0' });
    await agent.logged('"enforcing"');
    const pid = agent.process.pid;
    const second = await agentCommand([
      'run',
      '--state-dir',
      stateDir,
      '--pin-dir',
      `${pinDir}-2`,
      '--interface',
      'in0',
    ]);
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining(`process ${pid}`) });
    const status = await agentCommand(['status', '--state-dir', stateDir, '--pin-dir', pinDir, '-o', 'json']);
    expect(JSON.parse(status.stdout)).toMatchObject({ running: true, interfaces: [{ name: 'in0', mode: 'native' }] });
    await agent.stop();
    const after = await agentCommand(['status', '--state-dir', stateDir, '--pin-dir', pinDir, '-o', 'json']);
    expect(JSON.parse(after.stdout)).toMatchObject({ running: false, interfaces: [{ name: 'in0', mode: 'native' }] });
  });
});
