// Interfaces whose packets have no Ethernet header: the kernel would attach the program, which could read no address there.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isEthernet, linkType } from '../../../agent/datapath/interfaces/link-type.ts';
import { attachedProgram, XdpLink } from '../../../agent/datapath/libbpf/link.ts';
import { detachXdp } from '../../../agent/datapath/pins/detach.ts';
import { linksDirectory, listSets } from '../../../agent/datapath/pins/pin-sets.ts';
import { openPinnedProgram, pin } from '../../../agent/datapath/pins/pins.ts';
import { openXdpDatapath } from '../../../agent/datapath/xdp-datapath.ts';
import { storeEnrollment } from '../../../agent/identity/enrollment.ts';
import { RealAgent } from '../../agent/real-agent.ts';
import { ScriptedController } from '../../agent/tls-controller.ts';
import { freshPinDir, indexOf, ip, makePair, PrivateNetwork, quiet, whyNoNetwork } from '../network.ts';

describe.skipIf(whyNoNetwork() !== '')(`link types ${whyNoNetwork()}`, () => {
  let network: PrivateNetwork;
  let pinDir: string;

  beforeEach(() => {
    network = PrivateNetwork.enter();
    pinDir = freshPinDir();
    makePair('in0', 'out0');
    ip('tuntap', 'add', 'mode', 'tun', 'name', 'tun0');
    ip('link', 'set', 'tun0', 'up');
  });

  afterEach(() => {
    detachXdp(pinDir);
    network.leave();
  });

  const open = (...interfaces: string[]) =>
    openXdpDatapath({
      pinDir,
      interfaces,
      limits: { v4Addresses: 1000, v6Addresses: 1000, prefixes: 1000 },
      logger: quiet,
    });

  it('knows Ethernet from bare IP', () => {
    expect(['in0', 'lo', 'tun0'].map((name) => isEthernet(linkType(name)))).toEqual([true, true, false]);
    expect(() => linkType('none0')).toThrow('ENODEV');
  });

  it('attaches nothing where packets have no Ethernet header, says why, and serves the others', async () => {
    const datapath = await open('tun0', 'in0');
    expect(datapath.interfaces()).toMatchObject([
      { name: 'tun0', mode: 'none', problem: expect.stringContaining('no Ethernet header (link type 65534') },
      { name: 'in0', mode: 'native', problem: '' },
    ]);
    expect(attachedProgram(indexOf('tun0')).programId).toBe(0);
    await datapath.closed();
  });

  it('never counts as enforcing what an agent that did not know has attached there, and takes nothing off by itself', async () => {
    await (await open('in0')).closed();
    const [set] = listSets(pinDir);
    const digest = set?.programs[0]?.digest ?? '';
    const program = openPinnedProgram(join(set?.path ?? '', `program-${digest}`), 'fleetblock');
    if (!program) throw new Error('no pinned program');
    const link = XdpLink.create(program, indexOf('tun0'), 'generic');
    pin(link.fd, join(linksDirectory(pinDir), 'tun0'));
    link.close();
    program.close();
    const datapath = await open('in0', 'tun0');
    expect(datapath.interfaces()).toMatchObject([
      { name: 'in0', mode: 'native', problem: '' },
      { name: 'tun0', mode: 'none', problem: expect.stringContaining('nothing is dropped: packets of tun0') },
    ]);
    expect(attachedProgram(indexOf('tun0')).programId).not.toBe(0);
    await datapath.closed();
  });

  it('faults row 139: an agent logs at its start on which interfaces it drops, and why on others it does not', async () => {
    const controller = await ScriptedController.start();
    const stateDir = mkdtempSync(join(tmpdir(), 'fleetblock-link-type-'));
    storeEnrollment(stateDir, controller.enrollment());
    const agent = new RealAgent({ stateDir, pinDir, interfaces: 'in0,tun0,none0', args: ['--wait-for-interface'] });
    try {
      await agent.logged('"enforcing"');
      expect(agent.log).toMatch(/"level":30,.*"interfaces":\["in0"\],"msg":"enforcing"/);
      expect(agent.log).toMatch(/"level":40,.*"interface":"tun0",.*no Ethernet header/);
      expect(agent.log).toMatch(/"level":40,.*"interface":"none0",.*there is no interface none0/);
    } finally {
      await agent.stop();
      controller.stop();
      rmSync(stateDir, { recursive: true });
    }
  });
});
