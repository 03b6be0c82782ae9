// An agent that is told no interface: it finds those of the default routes, keeps them, and waits for the first where the network may
// come later than the agent.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { detachXdp } from '../../agent/datapath/pins/detach.ts';
import { storeEnrollment } from '../../agent/identity/enrollment.ts';
import { patience } from '../../lab/patience.ts';
import { freshPinDir, ip, makePair, PrivateNetwork, whyNoNetwork } from '../datapath/network.ts';
import { agentCommand, RealAgent } from './real-agent.ts';
import { ScriptedController } from './tls-controller.ts';

const why = whyNoNetwork();

describe.skipIf(why !== '')(`interfaces that nobody has named ${why}`, () => {
  let network: PrivateNetwork;
  let controller: ScriptedController;
  let directory: string;
  let stateDir: string;
  let pinDir: string;
  let agent: RealAgent | undefined;

  beforeEach(async () => {
    network = PrivateNetwork.enter();
    for (const n of [0, 1]) {
      makePair(`in${n}`, `out${n}`);
      ip('addr', 'add', `10.5.${n}.1/24`, 'dev', `in${n}`);
    }
    pinDir = freshPinDir();
    directory = mkdtempSync(join(tmpdir(), 'fleetblock-facing-'));
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

  const places = () => ['--state-dir', stateDir, '--pin-dir', pinDir];
  const routeBy = (n: number) => ip('route', 'add', 'default', 'via', `10.5.${n}.2`, 'metric', String(n + 1));
  /** Names of the interfaces that the program is on. */
  async function attached(): Promise<string[]> {
    const { stdout } = await agentCommand(['status', ...places(), '-o', 'json']);
    const { interfaces }: { interfaces: { name: string; mode: string }[] } = JSON.parse(stdout);
    return interfaces.filter(({ mode }) => mode === 'native').map(({ name }) => name);
  }
  const until = (names: string[]) =>
    vi.waitFor(async () => expect(await attached()).toEqual(names), { timeout: patience(60_000), interval: 500 });

  it('are those of the default routes, also of one that comes later, and stay so without a route', async () => {
    routeBy(0);
    agent = new RealAgent({ stateDir, pinDir });
    await agent.logged('"enforcing"');
    expect(await attached()).toEqual(['in0']);
    routeBy(1);
    await until(['in0', 'in1']);
    await agent.stop();
    detachXdp(pinDir);
    ip('route', 'del', 'default');
    ip('route', 'del', 'default');

    agent = new RealAgent({ stateDir, pinDir });
    await agent.logged('"enforcing"');
    expect(await attached()).toEqual(['in0', 'in1']);
  });

  it('are waited for when the agent may, and otherwise asked for by name', async () => {
    expect(await agentCommand(['run', ...places()])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no default route to choose the interfaces by: name those that face the network'),
    });
    agent = new RealAgent({ stateDir, pinDir, args: ['--wait-for-interface'] });
    await agent.logged('waiting for a default route');
    routeBy(0);
    await agent.logged('"enforcing"');
    expect(await attached()).toEqual(['in0']);
  });
});
