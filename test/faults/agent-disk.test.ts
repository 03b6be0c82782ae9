// An agent whose disk is full, with a restart in between: the kernel keeps its entries, and the fleet shows the problem.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { detachXdp } from '../../agent/datapath/pins/detach.ts';
import { storeEnrollment } from '../../agent/identity/enrollment.ts';
import { RealAgent } from '../agent/real-agent.ts';
import { entry, ReferenceView, welcome } from '../agent/reference.ts';
import { type AgentConnection, ScriptedController } from '../agent/tls-controller.ts';
import { freshPinDir, ip, makePair, PrivateNetwork, whyNoNetwork } from '../datapath/network.ts';
import { Probe } from '../datapath/traffic/probe.ts';

const OLD = '198.51.100.7';
const NEW = '198.51.100.8';
const CLEAN = '203.0.113.9';
/** More than what is left of the last page of a file. */
const MORE = Array.from({ length: 1500 }, (_, i) => entry(`10.${i >> 8}.${i & 255}.1`));
const BEHIND =
  'the kernel holds revision 6, the record on disk 5: the kernel keeps its entries until the controller sends the list';

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.skipIf(whyNoNetwork() !== '')(`an agent that cannot write ${whyNoNetwork()}`, () => {
  let network: PrivateNetwork;
  let probe: Probe;
  let controller: ScriptedController;
  let stateDir: string;
  let pinDir: string;
  let agent: RealAgent | undefined;

  beforeEach(async () => {
    network = PrivateNetwork.enter();
    probe = new Probe();
    makePair('in0', 'out0');
    probe.watch('in0');
    pinDir = freshPinDir();
    const base = mkdtempSync(join(tmpdir(), 'fleetblock-disk-'));
    stateDir = join(base, 'state');
    mkdirSync(stateDir, { mode: 0o700 });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=96k,mode=0700', 'tmpfs', stateDir]);
    controller = await ScriptedController.start();
    storeEnrollment(stateDir, controller.enrollment());
  });

  afterEach(async () => {
    await agent?.stop('SIGKILL');
    controller.stop();
    execFileSync('umount', [stateDir]);
    rmSync(join(stateDir, '..'), { recursive: true, force: true });
    detachXdp(pinDir);
    ip('link', 'del', 'in0');
    probe.close();
    network.leave();
  });

  function start(): RealAgent {
    agent = new RealAgent({ stateDir, pinDir, interfaces: 'in0' });
    return agent;
  }

  const passed = async () => ({
    old: await probe.passed('out0', 'in0', OLD),
    new: await probe.passed('out0', 'in0', NEW),
    clean: await probe.passed('out0', 'in0', CLEAN),
  });

  async function problems(connection: AgentConnection, wanted: (problems: readonly string[]) => boolean) {
    while (!wanted((await connection.nextStatus()).problems));
  }

  /** `spoil` makes the disk refuse what comes then, `mend` lets it take it again; `says` is how it is reported. */
  async function keepsItsMaps(spoil: () => void, mend: () => void, says: string): Promise<void> {
    const view = new ReferenceView('e1', 4n);
    view.change([entry(OLD)]);
    start();
    let connection = await controller.connection();
    await connection.next();
    await connection.push(welcome('e1', { statusIntervalMs: 200 }), ...view.snapshot());
    expect((await connection.next()).ack).toMatchObject({ revision: '5' });
    await agent?.stop();
    spoil();

    // In step from the record. What comes now is in the kernel, and so acked, but not in the record.
    start();
    connection = await controller.connection();
    expect((await connection.next()).hello).toMatchObject({ revision: '5' });
    await connection.push(welcome('e1', { statusIntervalMs: 200 }));
    await connection.push(view.change([entry(NEW), ...MORE], [entry(OLD)]));
    expect((await connection.next()).ack).toMatchObject({ revision: '6' });
    await problems(connection, (told) => told.some((text) => text.includes(says)));
    expect(await passed()).toEqual({ old: 64, new: 0, clean: 64 });
    await agent?.stop('SIGKILL');

    // The next one has only the older record, and no controller.
    controller.stop();
    await start().logged('the record of the list is not what the kernel holds');
    await agent?.logged('not connected to the controller');
    expect(await passed()).toEqual({ old: 64, new: 0, clean: 64 });

    // The controller is back and sends what it has; once there is room, the record is whole and all is well.
    await controller.listen();
    connection = await controller.connection();
    expect((await connection.next()).hello).toMatchObject({ storeEpoch: '', revision: '0' });
    await connection.push(welcome('e1', { statusIntervalMs: 200 }));
    await problems(connection, (told) => told.includes(BEHIND));
    await connection.push(...view.snapshot(1000));
    expect((await connection.next()).ack).toMatchObject({ revision: '6' });
    mend();
    await later(11_000);
    await connection.push(view.change([entry('198.51.100.9')]));
    expect((await connection.next()).ack).toMatchObject({ revision: '7' });
    await problems(connection, (told) => told.length === 0);
    await agent?.stop('SIGKILL');
    start();
    connection = await controller.connection();
    expect((await connection.next()).hello).toMatchObject({ storeEpoch: 'e1', revision: '7' });
    expect(await passed()).toEqual({ old: 64, new: 0, clean: 64 });
  }

  it('faults row 24: on a full disk keeps its maps, over a restart too, and says so', async () => {
    const ballast = join(stateDir, 'ballast');
    const fill = () => {
      for (let bytes = 96 * 1024; bytes > 0; bytes -= 1024)
        try {
          writeFileSync(ballast, Buffer.alloc(bytes));
          return;
        } catch {
          rmSync(ballast, { force: true });
        }
    };
    await keepsItsMaps(fill, () => rmSync(ballast), 'ENOSPC');
  });

  it('faults row 24: on a disk that went read-only keeps its maps, over a restart too, and says so', async () => {
    const remount = (how: string) => execFileSync('mount', ['-o', `remount,${how}`, stateDir]);
    await keepsItsMaps(
      () => remount('ro'),
      () => remount('rw'),
      'EROFS',
    );
  });
});
