// A host boots while its controller is down and no name server answers: what its record says is in the kernel before there is a
// network, and the controller is found again by the address that it had.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { detachXdp } from '../../agent/datapath/pins/detach.ts';
import { storeEnrollment } from '../../agent/identity/enrollment.ts';
import { RealAgent } from '../agent/real-agent.ts';
import { entry, ReferenceView, welcome } from '../agent/reference.ts';
import { ScriptedController } from '../agent/tls-controller.ts';
import { freshPinDir, ip, makePair, PrivateNetwork, until, whyNoNetwork } from '../datapath/network.ts';
import { Probe } from '../datapath/traffic/probe.ts';
import { NotifySocket } from '../systemd/notify-socket.ts';

const BLOCKED = '198.51.100.7';
const CLEAN = '203.0.113.9';

describe.skipIf(whyNoNetwork() !== '')(`a host that boots ${whyNoNetwork()}`, () => {
  let network: PrivateNetwork;
  let probe: Probe;
  let controller: ScriptedController;
  let directory: string;
  let stateDir: string;
  let pinDir: string;
  let notify: NotifySocket;
  let agent: RealAgent | undefined;

  beforeEach(async () => {
    network = PrivateNetwork.enter();
    probe = new Probe();
    pinDir = freshPinDir();
    directory = mkdtempSync(join(tmpdir(), 'fleetblock-boot-'));
    stateDir = join(directory, 'state');
    mkdirSync(stateDir, { mode: 0o700 });
    notify = new NotifySocket(join(directory, 'notify'));
    controller = await ScriptedController.start();
    // By a name, as hosts have it.
    storeEnrollment(stateDir, { ...controller.enrollment(), controller: `controller.lab:${controller.port}` });
  });

  afterEach(async () => {
    await agent?.stop('SIGKILL');
    controller.stop();
    notify.close();
    detachXdp(pinDir);
    rmSync(directory, { recursive: true, force: true });
    probe.close();
    network.leave();
  });

  /** With these names and no name server. */
  function start(hosts: string): RealAgent {
    const file = join(directory, 'hosts');
    writeFileSync(file, hosts);
    agent = new RealAgent({
      stateDir,
      pinDir,
      interfaces: 'in0',
      prefix: ['unshare', '-m', 'sh', '-c', 'mount --bind "$0" /etc/hosts && exec "$@"', file],
      args: ['--wait-for-interface'],
      env: { NOTIFY_SOCKET: notify.path, WATCHDOG_USEC: '400000' },
    });
    return agent;
  }

  /** What the agent should do, or what it has said instead. */
  async function within<T>(what: string, promise: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const fail = () =>
        reject(new Error(`not in 30 s: ${what}; running: ${agent?.running}; it has logged:\n${agent?.log}`));
      timer = setTimeout(fail, 30_000);
    });
    return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
  }

  it('faults row 15: blocks with its record before the network is used, although controller and name server are away', async () => {
    const view = new ReferenceView('e1', 4n);
    view.change([entry(BLOCKED)]);
    makePair('in0', 'out0');
    start('127.0.0.1 controller.lab\n');
    const first = await within('a stream', controller.connection());
    await within('its hello', first.next());
    await within('room on the stream', first.push(welcome('e1'), ...view.snapshot()));
    expect((await within('its ack', first.next())).ack).toMatchObject({ revision: '5' });
    await until(() => notify.received().includes('READY=1'), 10_000, 'READY=1');
    await within('its end', agent?.stop() ?? Promise.resolve());
    expect(notify.received()).toContain('STOPPING=1\nSTATUS=stopping');

    // What a reboot leaves: no maps, no links, no interface, no one who answers.
    controller.stop();
    detachXdp(pinDir);
    ip('link', 'del', 'in0');
    const before = notify.received().length;
    start('127.0.0.1 localhost\n');
    await until(() => notify.received().slice(before).includes('READY=1'), 20_000, 'READY=1');
    // The interface comes after that, and the first packets that it takes are judged.
    makePair('in0', 'out0');
    probe.watch('in0');
    await until(() => ip('-d', 'link', 'show', 'in0').includes('prog/xdp'), 60_000, 'the program on the interface');
    expect(await probe.passed('out0', 'in0', BLOCKED)).toBe(0);
    expect(await probe.passed('out0', 'in0', CLEAN)).toBe(64);
    await agent?.logged('not connected to the controller');

    // The controller is back, its name still does not resolve: it is found where it was.
    await controller.listen();
    const second = await within('a stream to where the controller was', controller.connection());
    expect((await within('its hello', second.next())).hello).toMatchObject({ storeEpoch: 'e1', revision: '5' });
    // And the watchdog of the unit is fed all the while.
    const fed = () => notify.received().filter((text) => text.startsWith('WATCHDOG=1'));
    await until(() => fed().length > 2, 60_000, 'WATCHDOG=1');
    expect(fed().at(-1)).toMatch(/\nSTATUS=1 entries at revision 5 on in0; (not )?connected to controller\.lab/);
  });
});
