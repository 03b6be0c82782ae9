// Maps and program through what happens to a host: restarts, upgrades, growth, the end of an agent.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DropEvent } from '../../../agent/datapath/datapath.ts';
import { DEFAULT_LIMITS, limitsOf } from '../../../agent/datapath/decision/limits.ts';
import { attachedProgram, XdpLink } from '../../../agent/datapath/libbpf/link.ts';
import { BpfObject } from '../../../agent/datapath/libbpf/object.ts';
import { detachXdp } from '../../../agent/datapath/pins/detach.ts';
import { inspectPins } from '../../../agent/datapath/pins/inspect.ts';
import { bootMs } from '../../../agent/host/boot-clock.ts';
import { buildFlood, indexOf, sleep, whyNoNetwork } from '../network.ts';
import { adding, tableOf } from '../tables-of.ts';
import { BLOCKED, Life, SMALL } from './life.ts';

describe.skipIf(whyNoNetwork() !== '')(`the life of the datapath ${whyNoNetwork()}`, () => {
  const life = Life.hooks();

  it('attaches, drops what it is told to, and nothing else', async () => {
    const datapath = await life().start();
    expect(datapath.interfaces()).toEqual([{ name: 'in0', index: indexOf('in0'), mode: 'native', problem: '' }]);
    expect(await life().passed(BLOCKED)).toBe(64);
    const table = tableOf(BLOCKED);
    expect(await datapath.apply(adding(BLOCKED), table)).toBeGreaterThan(0);
    await life().expectEnforced();
    expect(datapath.counters().droppedPackets).toBe(64n);
    expect(datapath.lookup(4, Uint8Array.of(198, 51, 100, 7)).verdict).toBe('drop');
    expect(datapath.memoryBytes).toBeGreaterThan(1_000_000);
  });

  it('faults row 1: a restart adopts what is pinned and repairs it, adds before removes', async () => {
    const first = await life().start();
    await first.apply(adding(BLOCKED), tableOf(BLOCKED));
    await first.closed();
    await life().expectEnforced();
    const program = attachedProgram(indexOf('in0')).programId;
    const second = await life().start();
    await life().expectEnforced();
    expect(attachedProgram(indexOf('in0')).programId).toBe(program);
    expect(await second.reconcile(tableOf(BLOCKED))).toBe(0);
    expect(await second.reconcile(tableOf(BLOCKED, '192.0.2.0/24'))).toBeGreaterThan(0);
    expect(await life().passed('192.0.2.200')).toBe(0);
    await life().expectEnforced();
  });

  it('faults row 2: an upgraded program takes over the maps in one step', async () => {
    const first = await life().start();
    await first.apply(adding(BLOCKED), tableOf(BLOCKED));
    await first.closed();
    const before = attachedProgram(indexOf('in0')).programId;
    const second = await life().start({ objectPath: life().upgradedObject() });
    expect(attachedProgram(indexOf('in0')).programId).not.toBe(before);
    await life().expectEnforced();
    expect(await second.reconcile(tableOf(BLOCKED))).toBe(0);
    expect(second.counters().droppedPackets).toBe(64n);
  });

  it('faults row 2: a program of another attach type is refused by the link, which keeps the old one', () => {
    const object = BpfObject.load(buildFlood());
    const link = XdpLink.create(object.program('flood'), indexOf('in0'), 'native');
    try {
      expect(() => link.update(object.program('witness'))).toThrow('EINVAL');
      expect(link.info().programId).toBe(object.program('flood').info.id);
    } finally {
      link.close();
      object.close();
    }
  });

  it('faults row 3: closing leaves everything enforced; only detach ends it, and says where', async () => {
    const datapath = await life().start();
    await datapath.apply(adding(BLOCKED), tableOf(BLOCKED));
    await datapath.closed();
    datapath.close();
    await life().expectEnforced();
    expect(inspectPins(life().pinDir)?.interfaces).toMatchObject([{ name: 'in0', mode: 'native' }]);
    expect(inspectPins(life().pinDir)?.counters?.droppedPackets).toBe(64n);
    expect(detachXdp(life().pinDir)).toEqual(['in0']);
    expect(await life().passed(BLOCKED)).toBe(64);
    expect(existsSync(life().pinDir)).toBe(false);
    expect(detachXdp(life().pinDir)).toEqual([]);
    expect(inspectPins(life().pinDir)).toBeUndefined();
  });

  it('grows without detaching: old maps enforce until the new ones are filled', async () => {
    const small = await life().start();
    await small.apply(adding(BLOCKED), tableOf(BLOCKED));
    await life().expectEnforced();
    await small.closed();
    const before = attachedProgram(indexOf('in0')).programId;
    const large = await life().start({ limits: { ...SMALL, v4Addresses: 100_000 } });
    expect(large.staged).toBe(true);
    expect(large.capacity).toBe(102_000);
    expect(attachedProgram(indexOf('in0')).programId).toBe(before);
    await life().expectEnforced();
    const many = Array.from({ length: 5000 }, (_, i) => `10.${i >> 8}.${i & 255}.1`);
    const table = tableOf(BLOCKED, ...many);
    expect(await large.reconcile(table)).toBeGreaterThan(0);
    expect(large.staged).toBe(false);
    expect(attachedProgram(indexOf('in0')).programId).not.toBe(before);
    await life().expectEnforced();
    expect(await life().passed('10.3.7.1')).toBe(0);
    // Totals go on.
    expect(large.counters().droppedPackets).toBe(64n * 4n);
    expect((await large.verify(table)).differences).toBe(0);
    await large.closed();
    const adopted = await life().start({ limits: { ...SMALL, v4Addresses: 100_000 } });
    expect(adopted.staged).toBe(false);
    expect(await adopted.reconcile(table)).toBe(0);
  });

  it('faults row 42: grows for IPv6 without detaching, to the capacity that the refusal names', async () => {
    const small = await life().start({ limits: limitsOf(1000) });
    await small.apply(adding(BLOCKED), tableOf(BLOCKED));
    const many = Array.from({ length: 2000 }, (_, i) => `2001:db8:${i.toString(16)}::/48`);
    const refusal = small.apply(adding(...many), tableOf(BLOCKED, ...many));
    await expect(refusal).rejects.toMatchObject({
      code: 'CAPACITY',
      message: expect.stringMatching(/--capacity 2000 /),
    });
    await life().expectEnforced();
    await small.closed();
    const large = await life().start({ limits: limitsOf(2000) });
    expect(large.staged).toBe(true);
    await life().expectEnforced();
    await large.reconcile(tableOf(BLOCKED, ...many));
    expect(large.staged).toBe(false);
    await life().expectEnforced();
    expect((await large.verify(tableOf(BLOCKED, ...many))).differences).toBe(0);
  });

  it('a change of capacity that is cut short before the swap leaves the old maps enforced', async () => {
    const small = await life().start();
    await small.apply(adding(BLOCKED), tableOf(BLOCKED));
    await small.closed();
    const large = await life().start({ limits: DEFAULT_LIMITS });
    expect(large.staged).toBe(true);
    await large.closed();
    await life().expectEnforced();
    const again = await life().start();
    expect(again.staged).toBe(false);
    expect(await again.reconcile(tableOf(BLOCKED))).toBe(0);
    expect(existsSync(join(life().pinDir, 'staged-v1'))).toBe(false);
  });

  it('reports drops while events are on, and only then', async () => {
    const datapath = await life().start();
    await datapath.apply(adding(BLOCKED), tableOf(BLOCKED));
    const heard: DropEvent[] = [];
    const listener = datapath.listen((event) => heard.push(event));
    expect(await life().probe.passed('out0', 'in0', BLOCKED, 3)).toBe(0);
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
    expect(await life().passed(BLOCKED)).toBe(0);
    listener.read();
    expect(heard).toHaveLength(3);
    expect(await datapath.topSources(1, 0)).toMatchObject([{ family: 4, address: Uint8Array.of(198, 51, 100, 7) }]);
  });

  it('refuses a second agent on the same pins, and detach while an agent runs', async () => {
    await life().start();
    await expect(life().start()).rejects.toThrow(`(process ${process.pid}) has ${life().pinDir}: stop it first`);
    expect(() => detachXdp(life().pinDir)).toThrow('stop it first');
  });

  it('names the fix when it is asked for the impossible', async () => {
    await expect(life().start({ interfaces: [] })).rejects.toThrow('--interface IF');
    await expect(life().start({ interfaces: ['no/name'] })).rejects.toThrow('"no/name" cannot be the name');
    await expect(life().start({ objectPath: '/nonexistent.o' })).rejects.toThrow('make -C bpf');
  });

  it('closing lets a running change finish', async () => {
    const datapath = await life().start();
    const many = Array.from({ length: 250 }, (_, i) => `10.${i}.0.0/16`);
    const change = datapath.apply(adding(BLOCKED, ...many), tableOf(BLOCKED, ...many));
    await Promise.resolve();
    datapath.close();
    await expect(change).resolves.toBeGreaterThan(0);
    await datapath.closed();
    await sleep(5);
    await life().expectEnforced();
  });
});
