// Links, maps and program through what happens to a host: restarts, upgrades, interfaces that go, come and change.
import { spawn } from 'node:child_process';
import { appendFileSync, copyFileSync, existsSync, mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bootMs } from '../../agent/boot-clock.ts';
import type { DropEvent, InterfaceState } from '../../agent/datapath/datapath.ts';
import { DEFAULT_LIMITS, type Limits } from '../../agent/datapath/decision/limits.ts';
import { detachXdp } from '../../agent/datapath/detach.ts';
import { inspectPins } from '../../agent/datapath/inspect.ts';
import { attachedProgram, XdpLink } from '../../agent/datapath/libbpf/link.ts';
import { BpfObject } from '../../agent/datapath/libbpf/object.ts';
import { packagedObject } from '../../agent/datapath/platform.ts';
import { openXdpDatapath, type XdpDatapath, type XdpDatapathOptions } from '../../agent/datapath/xdp-datapath.ts';
import {
  buildFlood,
  freshPinDir,
  indexOf,
  ip,
  kernelHas,
  makePair,
  PrivateNetwork,
  quiet,
  run,
  sleep,
  until,
  whyNoNetwork,
} from './network.ts';
import { Probe } from './probe.ts';
import { adding, tableOf } from './tables-of.ts';

const BLOCKED = '198.51.100.7';
const CLEAN = '203.0.113.9';
const SMALL: Limits = { v4Addresses: 1000, v6Addresses: 1000, prefixes: 1000 };

describe.skipIf(whyNoNetwork() !== '')(`the life of the datapath ${whyNoNetwork()}`, () => {
  let network: PrivateNetwork;
  let probe: Probe;
  let scratch: string;
  let pinDir: string;
  let open: XdpDatapath[] = [];
  let changes: InterfaceState[][] = [];

  beforeAll(() => {
    network = PrivateNetwork.enter();
    probe = new Probe();
    scratch = mkdtempSync(join(tmpdir(), 'fblife-'));
  });

  beforeEach(() => {
    pinDir = freshPinDir();
    changes = [];
    pair();
  });

  afterEach(async () => {
    for (const each of open) await each.closed();
    open = [];
    detachXdp(pinDir);
    expect(existsSync(pinDir)).toBe(false);
    for (const name of ['in0', 'renamed0']) if (ip('-br', 'link').includes(name)) ip('link', 'del', name);
  });

  afterAll(() => {
    probe.close();
    rmSync(scratch, { recursive: true, force: true });
    network.leave();
  });

  function pair(): void {
    makePair('in0', 'out0');
    probe.watch('in0');
  }

  async function start(options: Partial<XdpDatapathOptions> = {}): Promise<XdpDatapath> {
    const datapath = await openXdpDatapath({
      pinDir,
      interfaces: ['in0'],
      limits: SMALL,
      logger: quiet,
      onInterfaceChange: (states) => changes.push(states),
      ...options,
    });
    open.push(datapath);
    return datapath;
  }

  /** The same program from another object file: what an upgrade brings. */
  function upgradedObject(): string {
    const path = join(scratch, `upgrade-${Math.random()}.bpf.o`);
    copyFileSync(packagedObject(), path);
    appendFileSync(path, 'x');
    return path;
  }

  const passed = (source: string) => probe.passed('out0', 'in0', source);

  async function expectEnforced(): Promise<void> {
    expect(await passed(BLOCKED)).toBe(0);
    expect(await passed(CLEAN)).toBe(64);
  }

  it('attaches, drops what it is told to, and nothing else', async () => {
    const datapath = await start();
    expect(datapath.interfaces()).toEqual([{ name: 'in0', index: indexOf('in0'), mode: 'native', problem: '' }]);
    expect(await passed(BLOCKED)).toBe(64);
    const table = tableOf(BLOCKED);
    expect(await datapath.apply(adding(BLOCKED), table)).toBeGreaterThan(0);
    await expectEnforced();
    expect(datapath.counters().droppedPackets).toBe(64n);
    expect(datapath.lookup(4, Uint8Array.of(198, 51, 100, 7)).verdict).toBe('drop');
    expect(datapath.memoryBytes).toBeGreaterThan(1_000_000);
  });

  it('faults row 1: a restart adopts what is pinned and repairs it, adds before removes', async () => {
    const first = await start();
    await first.apply(adding(BLOCKED), tableOf(BLOCKED));
    await first.closed();
    await expectEnforced();
    const program = attachedProgram(indexOf('in0')).programId;
    const second = await start();
    await expectEnforced();
    expect(attachedProgram(indexOf('in0')).programId).toBe(program);
    expect(await second.reconcile(tableOf(BLOCKED))).toBe(0);
    expect(await second.reconcile(tableOf(BLOCKED, '192.0.2.0/24'))).toBeGreaterThan(0);
    expect(await passed('192.0.2.200')).toBe(0);
    await expectEnforced();
  });

  it('faults row 2: an upgraded program takes over the maps in one step', async () => {
    const first = await start();
    await first.apply(adding(BLOCKED), tableOf(BLOCKED));
    await first.closed();
    const before = attachedProgram(indexOf('in0')).programId;
    const second = await start({ objectPath: upgradedObject() });
    expect(attachedProgram(indexOf('in0')).programId).not.toBe(before);
    await expectEnforced();
    expect(await second.reconcile(tableOf(BLOCKED))).toBe(0);
    expect(second.counters().droppedPackets).toBe(64n);
  });

  it('faults row 2: a program of another attach type is refused by the link, which keeps the old one', () => {
    const { path, remove } = buildFlood();
    const object = BpfObject.load(path);
    const link = XdpLink.create(object.program('flood'), indexOf('in0'), 'native');
    try {
      expect(() => link.update(object.program('witness'))).toThrow('EINVAL');
      expect(link.info().programId).toBe(object.program('flood').info.id);
    } finally {
      link.close();
      object.close();
      remove();
    }
  });

  it('faults row 3: closing leaves everything enforced; only detach ends it, and says where', async () => {
    const datapath = await start();
    await datapath.apply(adding(BLOCKED), tableOf(BLOCKED));
    await datapath.closed();
    datapath.close();
    await expectEnforced();
    expect(inspectPins(pinDir)?.interfaces).toMatchObject([{ name: 'in0', mode: 'native' }]);
    expect(inspectPins(pinDir)?.counters?.droppedPackets).toBe(64n);
    expect(detachXdp(pinDir)).toEqual(['in0']);
    expect(await passed(BLOCKED)).toBe(64);
    expect(existsSync(pinDir)).toBe(false);
    expect(detachXdp(pinDir)).toEqual([]);
    expect(inspectPins(pinDir)).toBeUndefined();
  });

  it('faults row 4: still drops after the interface was down and up, and after it was renamed', async () => {
    const datapath = await start();
    await datapath.apply(adding(BLOCKED), tableOf(BLOCKED));
    ip('link', 'set', 'in0', 'down');
    ip('link', 'set', 'in0', 'up');
    await expectEnforced();
    ip('link', 'set', 'in0', 'down');
    ip('link', 'set', 'in0', 'name', 'renamed0');
    ip('link', 'set', 'renamed0', 'up');
    expect(await probe.passed('out0', 'renamed0', BLOCKED)).toBe(0);
    expect(await probe.passed('out0', 'renamed0', CLEAN)).toBe(64);
    await until(() => changes.length > 1, 1000, 'the renaming is noticed');
    expect(changes.at(-1)).toMatchObject([{ name: 'in0', index: indexOf('renamed0'), mode: 'native' }]);
    expect(changes.at(-1)?.[0]?.problem).toContain('renamed to renamed0');
    await datapath.closed();
    const again = await start({ interfaces: ['renamed0'] });
    expect(again.interfaces()).toMatchObject([{ name: 'renamed0', mode: 'native', problem: '' }]);
  });

  it('faults row 5: an interface that is deleted and made again is attached within 100 ms', async () => {
    const datapath = await start();
    await datapath.apply(adding(BLOCKED), tableOf(BLOCKED));
    for (let round = 0; round < 5; round++) {
      ip('link', 'del', 'in0');
      await until(() => datapath.interfaces()[0]?.mode === 'none', 1000, 'the removal is noticed');
      expect(datapath.interfaces()[0]?.problem).toContain('there is no interface in0');
      ip('link', 'add', 'in0', 'type', 'veth', 'peer', 'name', 'out0');
      expect(await until(() => datapath.interfaces()[0]?.mode === 'native', 1000, 'it is attached')).toBeLessThan(100);
      expect(attachedProgram(indexOf('in0')).programId).toBeGreaterThan(0);
    }
    for (const each of ['in0', 'out0']) ip('link', 'set', each, 'up');
    run('ethtool', '-K', 'in0', 'gro', 'on');
    probe.watch('in0');
    await expectEnforced();
  });

  it('faults row 5: what no event told of is found by the audit', async () => {
    const datapath = await start({ auditMs: 100 });
    // Behind the agent's back, as a link's removal makes no event that names the interface.
    const links = join(pinDir, 'links', 'in0');
    expect(existsSync(links)).toBe(true);
    run('bpftool', 'link', 'detach', 'pinned', links);
    expect(attachedProgram(indexOf('in0')).programId).toBe(0);
    await until(() => attachedProgram(indexOf('in0')).programId !== 0, 1000, 'the audit attaches again');
    expect(datapath.interfaces()).toMatchObject([{ name: 'in0', mode: 'native' }]);
  });

  it('waits for an interface that does not exist yet', async () => {
    const datapath = await start({ interfaces: ['in0', 'late0'] });
    expect(datapath.interfaces()[1]).toEqual({
      name: 'late0',
      index: 0,
      mode: 'none',
      problem: 'there is no interface late0: it is attached when it appears',
    });
    makePair('late0', 'late1');
    await until(() => datapath.interfaces()[1]?.mode === 'native', 1000, 'late0 is attached');
    ip('link', 'del', 'late0');
  });

  it('keeps enforcing on an interface that is not configured any more, and says so', async () => {
    makePair('second0', 'second1');
    await (await start({ interfaces: ['in0', 'second0'] })).closed();
    const datapath = await start();
    expect(datapath.interfaces()).toMatchObject([
      { name: 'in0', mode: 'native', problem: '' },
      { name: 'second0', mode: 'native' },
    ]);
    expect(datapath.interfaces()[1]?.problem).toContain('not among the configured interfaces');
    ip('link', 'del', 'second0');
  });

  it('an interface that leaves for another network namespace keeps its program, and is known again when it comes back', async () => {
    const datapath = await start({ auditMs: 50 });
    await datapath.apply(adding(BLOCKED), tableOf(BLOCKED));
    const elsewhere = spawn('unshare', ['--net', 'sleep', '60'], { stdio: 'ignore' });
    try {
      const own = readlinkSync('/proc/self/ns/net');
      await until(() => readlinkSync(`/proc/${elsewhere.pid}/ns/net`) !== own, 5000, 'the other namespace');
      ip('link', 'set', 'in0', 'netns', `${elsewhere.pid}`);
      await until(() => datapath.interfaces().length === 2, 1000, 'the leaving is noticed');
      expect(datapath.interfaces()[0]).toMatchObject({ name: 'in0', index: 0, mode: 'none' });
      expect(datapath.interfaces()[1]?.problem).toContain('another network namespace, where packets are still dropped');
      run('nsenter', `--net=/proc/${elsewhere.pid}/ns/net`, 'ip', 'link', 'set', 'in0', 'netns', `${process.pid}`);
      await until(() => datapath.interfaces()[0]?.mode === 'native', 1000, 'the return is noticed');
      expect(datapath.interfaces()).toMatchObject([{ name: 'in0', problem: '' }]);
    } finally {
      elsewhere.kill('SIGKILL');
    }
    ip('link', 'set', 'in0', 'up');
    expect(await passed(BLOCKED)).toBe(0);
  });

  it('faults row 6: another XDP program is never evicted, and is named', async () => {
    const { path, remove } = buildFlood();
    const other = BpfObject.load(path);
    const link = XdpLink.create(other.program('flood'), indexOf('in0'), 'native');
    try {
      for (const mode of ['auto', 'native', 'generic'] as const) {
        const datapath = await start({ mode });
        const [state] = datapath.interfaces();
        expect(state).toMatchObject({ name: 'in0', mode: 'none' });
        expect(state?.problem).toContain(`id ${other.program('flood').info.id} (flood), native`);
        expect(attachedProgram(indexOf('in0')).programId).toBe(other.program('flood').info.id);
        await datapath.closed();
      }
      const datapath = await start({ auditMs: 50 });
      link.detach();
      await until(() => datapath.interfaces()[0]?.mode === 'native', 1000, 'attached once the other one has left');
    } finally {
      link.close();
      other.close();
      remove();
    }
  });

  it('faults row 7: without native XDP it falls back to generic and says so', async () => {
    ip('link', 'add', 'link', 'in0', 'name', 'mac0', 'type', 'macvlan', 'mode', 'bridge');
    ip('link', 'set', 'mac0', 'up');
    probe.watch('mac0');
    const datapath = await start({ interfaces: ['mac0'] });
    const [state] = datapath.interfaces();
    expect(state).toMatchObject({ name: 'mac0', mode: 'generic' });
    expect(state?.problem).toContain('Underlying driver does not support XDP in native mode');
    await datapath.apply(adding(BLOCKED), tableOf(BLOCKED));
    expect(await probe.passed('out0', 'mac0', BLOCKED)).toBe(0);
    expect(await probe.passed('out0', 'mac0', CLEAN)).toBe(64);
    await datapath.closed();
    // The mode stays generic across restarts, and stays reported.
    const again = await start({ interfaces: ['mac0'] });
    expect(again.interfaces()).toMatchObject([{ name: 'mac0', mode: 'generic' }]);
    expect(again.interfaces()[0]?.problem).toContain('generic mode');
    await again.closed();
    const native = await start({ interfaces: ['mac0'], mode: 'native' });
    expect(native.interfaces()[0]).toMatchObject({ mode: 'generic' });
    expect(native.interfaces()[0]?.problem).toContain('native mode is refused');
    expect(await probe.passed('out0', 'mac0', BLOCKED)).toBe(0);
  });

  it('faults row 7: the mode changes only on command', async () => {
    const generic = await start({ mode: 'generic' });
    expect(generic.interfaces()).toMatchObject([{ mode: 'generic', problem: '' }]);
    await generic.apply(adding(BLOCKED), tableOf(BLOCKED));
    await expectEnforced();
    await generic.closed();
    const auto = await start();
    expect(auto.interfaces()).toMatchObject([{ mode: 'generic' }]);
    await auto.closed();
    const native = await start({ mode: 'native' });
    expect(native.interfaces()).toMatchObject([{ mode: 'native', problem: '' }]);
    await expectEnforced();
  });

  it('attaches natively to an interface with MTU 9000', async () => {
    for (const each of ['in0', 'out0']) ip('link', 'set', each, 'mtu', '9000');
    const datapath = await start();
    expect(datapath.interfaces()).toMatchObject([{ mode: 'native', problem: '' }]);
    await datapath.apply(adding(BLOCKED), tableOf(BLOCKED));
    await expectEnforced();
  });

  it('grows without detaching: old maps enforce until the new ones are filled', async () => {
    const small = await start();
    await small.apply(adding(BLOCKED), tableOf(BLOCKED));
    await expectEnforced();
    await small.closed();
    const before = attachedProgram(indexOf('in0')).programId;
    const large = await start({ limits: { ...SMALL, v4Addresses: 100_000 } });
    expect(large.staged).toBe(true);
    expect(large.capacity).toBe(102_000);
    expect(attachedProgram(indexOf('in0')).programId).toBe(before);
    await expectEnforced();
    const many = Array.from({ length: 5000 }, (_, i) => `10.${i >> 8}.${i & 255}.1`);
    const table = tableOf(BLOCKED, ...many);
    expect(await large.reconcile(table)).toBeGreaterThan(0);
    expect(large.staged).toBe(false);
    expect(attachedProgram(indexOf('in0')).programId).not.toBe(before);
    await expectEnforced();
    expect(await passed('10.3.7.1')).toBe(0);
    // Totals go on.
    expect(large.counters().droppedPackets).toBe(64n * 4n);
    expect((await large.verify(table)).differences).toBe(0);
    await large.closed();
    const adopted = await start({ limits: { ...SMALL, v4Addresses: 100_000 } });
    expect(adopted.staged).toBe(false);
    expect(await adopted.reconcile(table)).toBe(0);
  });

  it('a change of capacity that is cut short before the swap leaves the old maps enforced', async () => {
    const small = await start();
    await small.apply(adding(BLOCKED), tableOf(BLOCKED));
    await small.closed();
    const large = await start({ limits: DEFAULT_LIMITS });
    expect(large.staged).toBe(true);
    await large.closed();
    await expectEnforced();
    const again = await start();
    expect(again.staged).toBe(false);
    expect(await again.reconcile(tableOf(BLOCKED))).toBe(0);
    expect(existsSync(join(pinDir, 'staged-v1'))).toBe(false);
  });

  it('tells of drops while somebody listens, and only then', async () => {
    const datapath = await start();
    await datapath.apply(adding(BLOCKED), tableOf(BLOCKED));
    const heard: DropEvent[] = [];
    const listener = datapath.listen((event) => heard.push(event));
    expect(await probe.passed('out0', 'in0', BLOCKED, 3)).toBe(0);
    expect(heard).toEqual([]);
    listener.read();
    expect(heard).toMatchObject(
      Array.from({ length: 3 }, () => ({
        address: Uint8Array.of(198, 51, 100, 7),
        interfaceIndex: indexOf('in0'),
        packets: 1,
        packetBytes: 64,
        monitored: false,
      })),
    );
    expect(Math.abs(bootMs() - (heard[0]?.bootMs ?? 0))).toBeLessThan(1000);
    listener.close();
    await sleep(20);
    expect(await passed(BLOCKED)).toBe(0);
    listener.read();
    expect(heard).toHaveLength(3);
    expect(await datapath.topSources(1)).toMatchObject([{ family: 4, address: Uint8Array.of(198, 51, 100, 7) }]);
  });

  it('refuses a second agent on the same pins, and detach while an agent runs', async () => {
    await start();
    await expect(start()).rejects.toThrow(`(process ${process.pid}) has ${pinDir}: stop it first`);
    expect(() => detachXdp(pinDir)).toThrow('stop it first');
  });

  it('names the fix when it is asked for the impossible', async () => {
    await expect(start({ interfaces: [] })).rejects.toThrow('--interface IF');
    await expect(start({ interfaces: ['no/name'] })).rejects.toThrow('"no/name" cannot be the name');
    await expect(start({ objectPath: '/nonexistent.o' })).rejects.toThrow('make -C bpf');
  });

  it('closing lets a running change finish', async () => {
    const datapath = await start();
    const many = Array.from({ length: 250 }, (_, i) => `10.${i}.0.0/16`);
    const change = datapath.apply(adding(BLOCKED, ...many), tableOf(BLOCKED, ...many));
    await Promise.resolve();
    datapath.close();
    await expect(change).resolves.toBeGreaterThan(0);
    await datapath.closed();
    await sleep(5);
    await expectEnforced();
  });

  // Device kinds that not every kernel has. Where one is missing there is nothing to test it on.
  if (whyNoNetwork() === '') optionalDevices();

  function optionalDevices(): void {
    const has = (() => {
      const inside = PrivateNetwork.enter();
      const found = { bond: kernelHas('bond'), vlan: kernelHas('bridge') && vlanDevices() };
      inside.leave();
      return found;
    })();
    if (!has.bond) process.stderr.write('lifecycle.test.ts: this kernel has no bonding: not tested on a bond\n');
    if (!has.vlan) process.stderr.write('lifecycle.test.ts: this kernel has no 802.1Q devices: not tested on one\n');
    if (has.bond)
      it('attaches to a bond, natively', async () => {
        ip('link', 'add', 'bond0', 'type', 'bond', 'mode', 'active-backup');
        ip('link', 'set', 'in0', 'down');
        ip('link', 'set', 'in0', 'master', 'bond0');
        ip('link', 'set', 'bond0', 'up');
        const datapath = await start({ interfaces: ['bond0'] });
        expect(datapath.interfaces()).toMatchObject([{ name: 'bond0', mode: 'native', problem: '' }]);
        ip('link', 'del', 'bond0');
      });
    if (has.vlan)
      it('attaches to a VLAN device, generically, though its name has a dot', async () => {
        ip('link', 'add', 'link', 'in0', 'name', 'in0.100', 'type', 'vlan', 'id', '100');
        const datapath = await start({ interfaces: ['in0.100'] });
        expect(datapath.interfaces()).toMatchObject([{ name: 'in0.100', mode: 'generic' }]);
      });
  }

  function vlanDevices(): boolean {
    try {
      ip('link', 'add', 'probe0', 'type', 'bridge');
      ip('link', 'add', 'link', 'probe0', 'name', 'probe1', 'type', 'vlan', 'id', '5');
      return true;
    } catch {
      return false;
    } finally {
      ip('link', 'del', 'probe0');
    }
  }
});
