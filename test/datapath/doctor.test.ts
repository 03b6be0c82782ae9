// What the doctor expects of an interface is what attaching to it then does.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { examine } from '../../agent/datapath/doctor/doctor.ts';
import { XdpLink } from '../../agent/datapath/libbpf/link.ts';
import { BpfObject } from '../../agent/datapath/libbpf/object.ts';
import { detachXdp } from '../../agent/datapath/pins/detach.ts';
import { pinnedPrograms } from '../../agent/datapath/pins/inspect.ts';
import { openXdpDatapath } from '../../agent/datapath/xdp-datapath.ts';
import {
  buildFlood,
  freshPinDir,
  indexOf,
  ip,
  kernelHas,
  makePair,
  PrivateNetwork,
  quiet,
  whyNoNetwork,
} from './network.ts';

describe.skipIf(whyNoNetwork() !== '')(`doctor on real interfaces ${whyNoNetwork()}`, () => {
  let network: PrivateNetwork;
  const pinDir = freshPinDir();

  beforeAll(() => {
    network = PrivateNetwork.enter();
    makePair('veth0', 'veth1');
    makePair('jumbo0', 'jumbo1');
    for (const each of ['jumbo0', 'jumbo1']) ip('link', 'set', each, 'mtu', '9000');
    makePair('port0', 'port1');
    ip('link', 'add', 'bridge0', 'type', 'bridge');
    ip('link', 'set', 'port0', 'master', 'bridge0');
    ip('link', 'add', 'link', 'veth0', 'name', 'mac0', 'type', 'macvlan', 'mode', 'bridge');
    ip('link', 'add', 'ifb0', 'type', 'ifb');
    ip('tuntap', 'add', 'mode', 'tap', 'name', 'tap0');
    for (const each of ['bridge0', 'mac0', 'ifb0', 'tap0']) ip('link', 'set', each, 'up');
  });

  afterEach(() => {
    detachXdp(pinDir);
  });

  afterAll(() => network.leave());

  const start = (...interfaces: string[]) =>
    openXdpDatapath({
      pinDir,
      interfaces,
      limits: { v4Addresses: 1000, v6Addresses: 1000, prefixes: 1000 },
      logger: quiet,
    });

  const troubles = async (name: string) => {
    const report = await examine([name], () => pinnedPrograms(pinDir));
    const findings = report.interfaces[0]?.findings ?? [];
    const notOk = findings.filter(({ severity }) => severity !== 'ok').map(({ check }) => check);
    return { mode: report.interfaces[0]?.expectedMode, notOk, findings };
  };

  it('finds this machine fit', async () => {
    const { host, healthy } = await examine([], () => new Set());
    expect(host.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(host.find(({ check }) => check === 'program')?.severity).toBe('ok');
    expect(healthy).toBe(true);
  });

  it('a bridge that was attached before its port keeps the port open, and doctor says what to do', async () => {
    const bridge = await start('bridge0');
    const expected = await troubles('port0');
    expect([expected.mode, expected.notOk]).toEqual(['none', ['bridge']]);
    expect(expected.findings.find(({ check }) => check === 'bridge')?.fix).toContain('--interface port0,bridge0');
    await bridge.closed();
    const both = await start('bridge0', 'port0');
    expect(both.interfaces()).toMatchObject([{ mode: 'generic' }, { name: 'port0', mode: 'none' }]);
    expect(both.interfaces()[1]?.problem).toContain('packets that come in by port0 may pass');
    await both.closed();
    detachXdp(pinDir);
    const ordered = await start('port0', 'bridge0');
    expect(ordered.interfaces()).toMatchObject([{ mode: 'native' }, { mode: 'generic' }]);
    await ordered.closed();
    expect((await troubles('port0')).mode).toBe('native');
  });

  it('a bridge that is named before its port, and a macvlan of it before both, keep nothing open (faults row 133)', async () => {
    ip('link', 'add', 'link', 'bridge0', 'name', 'mac1', 'type', 'macvlan', 'mode', 'bridge');
    const named = ['mac1', 'bridge0', 'veth0', 'port0'];
    const datapath = await start(...named);
    expect(datapath.interfaces().map(({ name, mode, problem }) => [name, mode, problem.slice(0, 12)])).toEqual(
      named.map((name) =>
        ['mac1', 'bridge0'].includes(name) ? [name, 'generic', 'generic mode'] : [name, 'native', ''],
      ),
    );
    await datapath.closed();
    // What is attached already is not taken off for what is named first later.
    const again = await start('port0', 'bridge0');
    expect(again.interfaces().slice(0, 2)).toMatchObject([{ mode: 'native' }, { mode: 'generic' }]);
    await again.closed();
    ip('link', 'del', 'mac1');
  });

  const devices: [string, string, string[]][] = [
    ['veth0', 'native', []],
    ['jumbo0', 'native', []],
    ['port0', 'native', []],
    ['tap0', 'native', []],
    ['bridge0', 'generic', ['driver']],
    ['mac0', 'generic', ['driver']],
    ['ifb0', 'generic', ['driver']],
    ['lo', 'generic', ['driver']],
  ];

  it.each(devices)('%s: expects %s, and attaching does so', async (name, mode, checks) => {
    const expected = await troubles(name);
    expect([expected.mode, expected.notOk]).toEqual([mode, checks]);
    const datapath = await start(name);
    expect(datapath.interfaces()).toMatchObject([{ name, mode }]);
    await datapath.closed();
    // Now that it is attached, the program on the hook is known as ours.
    const after = await troubles(name);
    expect(after.mode).toBe(mode);
    expect(after.findings.find(({ check }) => check === 'hook')?.text).toContain("fleetblock's own program");
  });

  it('sees that packets have no Ethernet header, where nothing is attached then', async () => {
    ip('tuntap', 'add', 'mode', 'tun', 'name', 'tun0');
    const { mode, notOk } = await troubles('tun0');
    expect([mode, notOk]).toEqual(['none', ['interface', 'link-type']]);
    const datapath = await start('tun0');
    expect(datapath.interfaces()).toMatchObject([{ name: 'tun0', mode: 'none' }]);
    await datapath.closed();
  });

  it('sees another program, which attaching then respects', async () => {
    const other = BpfObject.load(buildFlood());
    const link = XdpLink.create(other.program('flood'), indexOf('veth0'), 'native');
    try {
      const { mode, notOk, findings } = await troubles('veth0');
      expect([mode, notOk]).toEqual(['none', ['hook']]);
      expect(findings.find(({ check }) => check === 'hook')?.text).toContain('(flood)');
      const datapath = await start('veth0');
      expect(datapath.interfaces()).toMatchObject([{ mode: 'none' }]);
      await datapath.closed();
    } finally {
      link.close();
      other.close();
    }
  });

  it('sees an interface that is down, and one that is not there', async () => {
    ip('link', 'set', 'veth0', 'down');
    expect(await troubles('veth0')).toMatchObject({ mode: 'native', notOk: ['interface'] });
    expect(await troubles('none0')).toMatchObject({ mode: 'none', notOk: ['interface'] });
    // The first namespace's interfaces are not this one's, whatever /sys shows.
    expect(await troubles('eth0')).toMatchObject({ mode: 'none', notOk: ['interface'] });
  });

  const bonding = (() => {
    if (whyNoNetwork() !== '') return false;
    const inside = PrivateNetwork.enter();
    const has = kernelHas('bond');
    inside.leave();
    return has;
  })();
  if (!bonding) process.stderr.write('doctor.test.ts: this kernel has no bonding: not tested on a bond\n');
  else
    it('judges a bond by its members', async () => {
      ip('link', 'add', 'bond0', 'type', 'bond', 'mode', 'active-backup');
      ip('link', 'set', 'port1', 'down');
      ip('link', 'set', 'port1', 'master', 'bond0');
      expect(await troubles('bond0')).toMatchObject({ mode: 'native' });
      expect(await troubles('port1')).toMatchObject({ notOk: ['interface', 'bond'] });
    });
});
