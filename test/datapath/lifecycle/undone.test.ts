// What other programs undo: pins removed, links detached, programs swapped, maps changed. All of it is detected, repaired
// and told, with how long it lasted at most.
import { existsSync, mkdirSync, readdirSync, rmSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Lapse } from '../../../agent/datapath/datapath.ts';
import { BITS, CONTROL, LAYOUT_VERSION, MAPS, RULE } from '../../../agent/datapath/decision/layout.ts';
import { attachedProgram, XdpLink } from '../../../agent/datapath/libbpf/link.ts';
import type { LibbpfMap } from '../../../agent/datapath/libbpf/map.ts';
import { BpfObject } from '../../../agent/datapath/libbpf/object.ts';
import { inspectPins } from '../../../agent/datapath/pins/inspect.ts';
import { openAnyMap, openPinnedLink, pin } from '../../../agent/datapath/pins/pins.ts';
import { trieKey } from '../../../agent/datapath/tables/rule-codec.ts';
import type { XdpDatapath } from '../../../agent/datapath/xdp-datapath.ts';
import { buildFlood, indexOf, run, until, whyNoNetwork } from '../network.ts';
import { adding, tableOf } from '../tables-of.ts';
import { BLOCKED, Life } from './life.ts';

const PATIENCE_MS = 30_000;
const SET = `v${LAYOUT_VERSION}`;

describe.skipIf(whyNoNetwork() !== '')(`what is undone behind the agent's back ${whyNoNetwork()}`, () => {
  const life = Life.hooks();
  let lapses: Lapse[];

  beforeEach(() => {
    lapses = [];
  });

  const start = async (): Promise<XdpDatapath> => {
    const datapath = await life().start({ onLapse: (lapse) => lapses.push(lapse), auditMs: 100 });
    await datapath.reconcile(tableOf(BLOCKED));
    return datapath;
  };
  const pinned = (): string[] =>
    ['', 'links', SET, join(SET, 'maps')].flatMap((each) => readdirSync(join(life().pinDir, each))).sort();
  const map = (name: string): LibbpfMap => {
    const opened = openAnyMap(join(life().pinDir, SET, 'maps', name));
    if (!opened) throw new Error(`no map ${name}`);
    return opened;
  };

  it('faults row 47: removed pins, even with their directory, are restored and outlive the agent', async () => {
    const datapath = await start();
    const before = pinned();
    rmSync(life().pinDir, { recursive: true });
    await until(() => lapses.length > 0, PATIENCE_MS, 'the removal is reported');
    expect(lapses[0]).toMatchObject({ kind: 'repaired' });
    expect(lapses[0]?.atMostMs).toBeGreaterThan(0);
    expect(lapses[0]?.text).toContain('removed');
    expect(pinned()).toEqual(before);
    expect(datapath.problem).toBe('');
    // The directory is another one: it is locked as the one before was.
    await expect(life().start()).rejects.toThrow('another fleetblock-agent');
    await datapath.closed();
    await life().expectEnforced();
    expect(inspectPins(life().pinDir)?.interfaces).toMatchObject([{ name: 'in0', mode: 'native' }]);
  });

  it('faults row 47: what is missing when the agent stops is restored first', async () => {
    const datapath = await life().start({ auditMs: 3_600_000 });
    await datapath.reconcile(tableOf(BLOCKED));
    for (const each of ['links/in0', 'held', `${SET}/maps/${MAPS.v4Index}`]) unlinkSync(join(life().pinDir, each));
    await datapath.closed();
    await life().expectEnforced();
  });

  it('faults row 47: a pin that names something else is replaced; while that cannot be, there is a problem', async () => {
    const datapath = await start();
    const path = join(life().pinDir, SET, 'maps', MAPS.v4Exact);
    const [own, foreign] = [map(MAPS.v4Exact), map(MAPS.v4Allowed)];
    unlinkSync(path);
    pin(foreign.fd, path);
    await until(() => lapses.length > 0, PATIENCE_MS, 'the foreign pin is replaced');
    const now = map(MAPS.v4Exact);
    expect(now.info.id).toBe(own.info.id);
    unlinkSync(path);
    mkdirSync(path);
    await until(() => datapath.problem !== '', PATIENCE_MS, 'the problem is shown');
    expect(datapath.problem).toContain('enforcement would end with this agent');
    expect(datapath.checkPins()).toBe(false);
    rmSync(path, { recursive: true });
    await until(() => datapath.problem === '', PATIENCE_MS, 'it is pinned again');
    for (const each of [own, foreign, now]) each.close();
  });

  it('faults row 48: a link that is detached is attached again as the kernel says so, and told as such', async () => {
    let toldMs = 0;
    const onLapse = (lapse: Lapse) => {
      toldMs = performance.now();
      lapses.push(lapse);
    };
    const datapath = await life().start({ onLapse, auditMs: 3_600_000 });
    await datapath.reconcile(tableOf(BLOCKED));
    for (let round = 1; round <= 5; round++) {
      run('bpftool', 'link', 'detach', 'pinned', join(life().pinDir, 'links', 'in0'));
      const sinceMs = performance.now();
      await until(() => lapses.length === round, PATIENCE_MS, 'the detachment is reported');
      expect(attachedProgram(indexOf('in0')).programId).toBeGreaterThan(0);
      expect(lapses.at(-1)?.atMostMs).toBeGreaterThanOrEqual(toldMs - sinceMs);
    }
    for (const lapse of lapses) {
      expect(lapse).toMatchObject({
        kind: 'unprotected',
        text: expect.stringContaining('in0: the program was detached'),
      });
    }
    // Not by the look every 10 s, which bounds a lapse by its period.
    expect(Math.min(...lapses.map(({ atMostMs }) => atMostMs))).toBeLessThan(10_000);
    expect(datapath.interfaces()).toMatchObject([{ name: 'in0', mode: 'native', problem: '' }]);
    expect(existsSync(join(life().pinDir, 'links', 'in0'))).toBe(true);
    await life().expectEnforced();
  });

  it('faults row 48: a link that was given another program gets its own back', async () => {
    await start();
    const object = BpfObject.load(buildFlood());
    const link = openPinnedLink(join(life().pinDir, 'links', 'in0'));
    try {
      const own = link?.info().programId;
      link?.update(object.program('flood'));
      await until(() => lapses.length > 0, PATIENCE_MS, 'the swap is reported');
      expect(link?.info().programId).toBe(own);
      expect(lapses).toMatchObject([{ kind: 'unprotected', text: expect.stringContaining('swapped for another') }]);
    } finally {
      link?.close();
      object.close();
    }
  });

  it('faults row 48: where another program took the place, the interface says so until it is free', async () => {
    const datapath = await start();
    const object = BpfObject.load(buildFlood());
    const own = openPinnedLink(join(life().pinDir, 'links', 'in0'));
    own?.detach();
    const other = XdpLink.create(object.program('flood'), indexOf('in0'), 'native');
    try {
      await until(() => datapath.interfaces()[0]?.mode === 'none', PATIENCE_MS, 'it is not attached');
      expect(datapath.interfaces()[0]?.problem).toContain('another XDP program is attached');
      expect(lapses).toEqual([]);
      other.detach();
      await until(() => lapses.length > 0, PATIENCE_MS, 'it is attached again');
      expect(lapses).toMatchObject([{ kind: 'unprotected' }]);
      await life().expectEnforced();
    } finally {
      own?.close();
      other.close();
      object.close();
    }
  });

  it('faults row 49: a glance finds every kind of change to the maps, and nothing after the repair', async () => {
    const datapath = await start();
    const table = tableOf(BLOCKED, '192.0.2.0/24', '2001:db8::1', '2001:db8:1::/48');
    table.v4.set(Uint8Array.of(203, 0, 113, 1), 0, 32, 0, 4e9);
    await datapath.reconcile(table);
    expect(await datapath.glance()).toBe(0);
    const key = (...bytes: number[]) => Uint8Array.from(bytes);
    const zeroFirst =
      (name: string, from = 0) =>
      () => {
        const changed = map(name);
        const words = new Uint32Array(changed.memory());
        const at = words.findIndex((word, i) => i * 4 >= from && word !== 0);
        words[at] = 0;
        changed.close();
      };
    const edit = (name: string, work: (map: LibbpfMap) => void) => () => {
      const changed = map(name);
      work(changed);
      changed.close();
    };
    const v6 = key(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    const changes: Record<string, () => void> = {
      index: zeroFirst(MAPS.v4Index),
      arena: zeroFirst(MAPS.v4Arena, 4096),
      front: zeroFirst(MAPS.bits, BITS.v4Front),
      'IPv6 front': zeroFirst(MAPS.bits, BITS.v6Front32),
      control: zeroFirst(MAPS.bits),
      'control, whether the summary is asked': edit(MAPS.bits, (changed) => {
        const words = new Uint32Array(changed.memory());
        words[CONTROL.v4Sparse] = 1 - (words[CONTROL.v4Sparse] ?? 0);
      }),
      'entry deleted': edit(MAPS.v6Exact, (changed) => expect(changed.delete(v6)).toBe(true)),
      'entry that ends deleted': edit(MAPS.v4Exact, (changed) =>
        expect(changed.delete(key(203, 0, 113, 1))).toBe(true),
      ),
      'entry made to end': edit(MAPS.v6Exact, (changed) => {
        const value = changed.lookup(v6);
        value?.set(key(1), 0);
        if (value) changed.update(v6, value);
      }),
      "prefix's length changed": edit(MAPS.v6Prefixes, (changed) => {
        const prefix = trieKey(key(0x20, 1, 0xd, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 48);
        const value = changed.lookup(prefix);
        value?.set(key(47), RULE.length);
        if (value) changed.update(prefix, value);
      }),
      'entry added': edit(MAPS.v6Exact, (changed) => {
        const value = changed.lookup(v6);
        if (value) changed.update(key(...v6.subarray(0, 15), 2), value);
      }),
    };
    for (const [what, change] of Object.entries(changes)) {
      change();
      expect(await datapath.glance(), what).toBeGreaterThan(0);
      expect(await datapath.reconcile(table), what).toBeGreaterThan(0);
      expect(await datapath.glance(), what).toBe(0);
    }
    await life().expectEnforced();
  });

  it("faults row 49: the agent's own changes are none, and do not hide one beside them", async () => {
    const datapath = await start();
    const held = tableOf(BLOCKED);
    for (let i = 0; i < 300; i++) {
      const address = `198.51.${100 + (i % 50)}.${i % 256}`;
      const change = adding(address);
      held.addLeft(change.adds, 0);
      await datapath.apply(change, held);
      if (i % 50 === 0) expect(await datapath.glance()).toBe(0);
    }
    expect(await datapath.glance()).toBe(0);
    const index = map(MAPS.v4Index);
    const words = new Uint32Array(index.memory());
    const at = words.findIndex((word) => word !== 0);
    words[at] = 0;
    // A change of another block in the same 4 KiB.
    const change = adding('198.52.100.1');
    held.addLeft(change.adds, 0);
    await datapath.apply(change, held);
    expect(await datapath.glance()).toBeGreaterThan(0);
    index.close();
  });
});
