// `detach` from some interfaces: the others and the maps stay, and packets show it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { detachInterfaces, detachXdp } from '../../../agent/datapath/pins/detach.ts';
import { lockDirectory } from '../../../agent/datapath/pins/directory-lock.ts';
import { inspectPins } from '../../../agent/datapath/pins/inspect.ts';
import { openXdpDatapath } from '../../../agent/datapath/xdp-datapath.ts';
import { storeEnrollment } from '../../../agent/identity/enrollment.ts';
import { readDetachedMark } from '../../../agent/local/detached-mark.ts';
import { agentCommand } from '../../agent/real-agent.ts';
import { welcome } from '../../agent/reference.ts';
import { ScriptedController } from '../../agent/tls-controller.ts';
import { freshPinDir, ip, makePair, PrivateNetwork, quiet, whyNoNetwork } from '../network.ts';
import { tableOf } from '../tables-of.ts';
import { Probe } from '../traffic/probe.ts';

const BLOCKED = '198.51.100.7';

describe.skipIf(whyNoNetwork() !== '')(`detach from an interface ${whyNoNetwork()}`, () => {
  let network: PrivateNetwork;
  let probe: Probe;
  let pinDir: string;

  beforeEach(async () => {
    network = PrivateNetwork.enter();
    probe = new Probe();
    pinDir = freshPinDir();
    for (const n of ['0', '1']) {
      makePair(`in${n}`, `out${n}`);
      probe.watch(`in${n}`);
    }
    await (await open()).closed();
  });

  afterEach(() => {
    detachXdp(pinDir);
    probe.close();
    network.leave();
  });

  async function open(...interfaces: string[]) {
    const datapath = await openXdpDatapath({
      pinDir,
      interfaces: interfaces.length > 0 ? interfaces : ['in0', 'in1'],
      limits: { v4Addresses: 1000, v6Addresses: 1000, prefixes: 1000 },
      logger: quiet,
    });
    await datapath.reconcile(tableOf(BLOCKED));
    return datapath;
  }

  const passed = async () => [await probe.passed('out0', 'in0', BLOCKED), await probe.passed('out1', 'in1', BLOCKED)];

  it('takes off what is named and nothing else', async () => {
    expect(await passed()).toEqual([0, 0]);
    expect(detachInterfaces(pinDir, ['in1'])).toEqual(['in0']);
    expect(await passed()).toEqual([0, 64]);
    expect(inspectPins(pinDir)?.interfaces.map(({ name }) => name)).toEqual(['in0']);
    // The maps are kept when the last one goes, and enforced again by the next agent.
    expect(detachInterfaces(pinDir, ['in0'])).toEqual([]);
    expect(await passed()).toEqual([64, 64]);
    expect(inspectPins(pinDir)?.counters?.droppedPackets).toBe(192n);
    const again = await open();
    expect(await passed()).toEqual([0, 0]);
    await again.closed();
  });

  it('takes off none when one of them is not attached, and says what is', async () => {
    expect(() => detachInterfaces(pinDir, ['in1', 'eth7'])).toThrow(
      'not attached to eth7: what is attached to: in0, in1',
    );
    expect(await passed()).toEqual([0, 0]);
  });

  it('knows an interface by its present name, and by the one it had when it was attached', async () => {
    ip('link', 'set', 'in1', 'down');
    ip('link', 'set', 'in1', 'name', 'lan1');
    ip('link', 'set', 'lan1', 'up');
    expect(detachInterfaces(pinDir, ['lan1'])).toEqual(['in0']);
    ip('link', 'set', 'in0', 'down');
    ip('link', 'set', 'in0', 'name', 'wan0');
    expect(detachInterfaces(pinDir, ['in0'])).toEqual([]);
  });

  it('is refused while an agent runs', async () => {
    const datapath = await open();
    expect(() => detachInterfaces(pinDir, ['in1'])).toThrow('stop it first');
    await datapath.closed();
  });

  it('as a command: the interfaces of the service do not narrow it, the flag does', async () => {
    const stateDir = mkdtempSync(join(tmpdir(), 'fleetblock-detach-'));
    const shared = ['--state-dir', stateDir, '--pin-dir', pinDir];
    const env = { FLEETBLOCK_INTERFACE: 'in0' };
    const one = await agentCommand(['detach', ...shared, '--interface', 'in1'], env);
    expect(one).toMatchObject({ code: 0, stdout: expect.stringContaining('still enforcing on in0') });
    expect(await passed()).toEqual([0, 64]);
    const wrong = await agentCommand(['detach', ...shared, '--interface', 'in1'], env);
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('not attached to in1') });
    const all = await agentCommand(['detach', ...shared], env);
    expect(all).toMatchObject({ code: 0, stdout: 'detached from in0: this host enforces nothing any more\n' });
    expect(await passed()).toEqual([64, 64]);
    expect(inspectPins(pinDir)).toBeUndefined();
    rmSync(stateDir, { recursive: true });
  });

  it('faults row 52: without the identity, or while an agent uses it, it says that the fleet does not know of it', async () => {
    const stateDir = mkdtempSync(join(tmpdir(), 'fleetblock-detach-'));
    const words = ['detach', '--pin-dir', pinDir, '--state-dir'];
    const elsewhere = await agentCommand([...words, join(stateDir, 'none'), '--interface', 'in1']);
    expect(elsewhere).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/the fleet does not know of it .*--state-dir/),
    });
    const unlock = lockDirectory(stateDir, 'it is told nothing');
    const used = await agentCommand([...words, stateDir]);
    unlock();
    expect(used).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/the fleet does not know of it .*another fleetblock-agent/),
    });
    rmSync(stateDir, { recursive: true });
  });

  it('faults row 52: detach is reported to the controller; if that fails, it works anyway, says so and leaves a mark', async () => {
    const controller = await ScriptedController.start();
    const stateDir = mkdtempSync(join(tmpdir(), 'fleetblock-detach-'));
    try {
      storeEnrollment(stateDir, controller.enrollment());
      const words = ['detach', '--state-dir', stateDir, '--pin-dir', pinDir];
      const first = agentCommand([...words, '--interface', 'in1']);
      const connection = await controller.connection();
      const { hello } = await connection.next();
      expect(hello?.detached).toMatchObject({ interfaces: ['in1'], everything: false, leaving: true });
      expect(hello?.interfaces).toMatchObject([{ name: 'in0', mode: 'native' }]);
      await connection.push(welcome('e1'));
      expect(await first).toMatchObject({ code: 0, stderr: expect.stringContaining('the controller was told') });
      expect(readDetachedMark(stateDir)).toBeUndefined();
      controller.stop();
      const second = await agentCommand(words);
      expect(second).toMatchObject({ code: 0, stderr: expect.stringContaining('the fleet does not know of it') });
      expect(second.stdout).toContain('this host enforces nothing any more');
      expect(readDetachedMark(stateDir)).toMatchObject({ interfaces: ['in0'], everything: true });
    } finally {
      controller.stop();
      rmSync(stateDir, { recursive: true });
    }
  });
});
