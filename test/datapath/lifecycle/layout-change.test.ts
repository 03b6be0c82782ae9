// Upgrades and downgrades to a program whose maps have another layout: the old program enforces until the new maps are filled.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DatapathError } from '../../../agent/datapath/datapath.ts';
import { LAYOUT_VERSION, MAPS } from '../../../agent/datapath/decision/layout.ts';
import { mapSizes } from '../../../agent/datapath/decision/limits.ts';
import { Enforcement } from '../../../agent/datapath/enforcement.ts';
import { KernelError } from '../../../agent/datapath/kernel-map.ts';
import { GracePeriod } from '../../../agent/datapath/libbpf/grace-period.ts';
import { attachedProgram, XdpLink } from '../../../agent/datapath/libbpf/link.ts';
import { detachXdp } from '../../../agent/datapath/pins/detach.ts';
import { inspectPins } from '../../../agent/datapath/pins/inspect.ts';
import { openPinnedLink } from '../../../agent/datapath/pins/pins.ts';
import { packagedObject } from '../../../agent/datapath/platform.ts';
import { openTables } from '../../../agent/datapath/tables/open-tables.ts';
import { freshPinDir, indexOf, ip, makePair, PrivateNetwork, quiet, whyNoNetwork } from '../network.ts';
import { tableOf } from '../tables-of.ts';
import { Probe } from '../traffic/probe.ts';

const limits = { v4Addresses: 1000, v6Addresses: 1000, prefixes: 1000 };
const BLOCKED = '198.51.100.7';
/** Of a version before this one: the same maps stand for it. */
const OLDER = LAYOUT_VERSION - 1;

describe.skipIf(whyNoNetwork() !== '')(`another layout of the maps ${whyNoNetwork()}`, () => {
  let network: PrivateNetwork;
  let probe: Probe;
  let pinDir: string;
  let open: Enforcement[] = [];

  beforeAll(() => {
    network = PrivateNetwork.enter();
    probe = new Probe();
    for (const pair of [0, 1]) {
      makePair(`in${pair}`, `out${pair}`);
      probe.watch(`in${pair}`);
    }
  });

  beforeEach(() => {
    pinDir = freshPinDir();
  });

  afterEach(() => {
    for (const each of open) each.close();
    open = [];
    detachXdp(pinDir);
    expect(existsSync(pinDir)).toBe(false);
  });

  afterAll(() => {
    for (const pair of [0, 1]) ip('link', 'del', `in${pair}`);
    probe.close();
    network.leave();
  });

  /** What an agent of the version with that layout does at its start. */
  async function start(layout: number): Promise<Enforcement> {
    const enforcement = await Enforcement.open({
      pinDir,
      layout,
      objectPath: packagedObject(),
      programName: 'fleetblock',
      sizes: mapSizes(limits),
      carried: new Set([MAPS.counters]),
      interfaces: () => ['in0', 'in1'],
      mode: 'auto',
      logger: quiet,
      onChange: () => undefined,
      onLapse: () => undefined,
    });
    open.push(enforcement);
    return enforcement;
  }

  /** What it does once it knows what to enforce. */
  async function fill(enforcement: Enforcement): Promise<void> {
    const grace = new GracePeriod();
    const tables = await openTables(
      (name) => {
        const map = enforcement.set.maps.get(name);
        if (!map) throw new Error(name);
        return map;
      },
      { limits, gracePeriod: () => grace.wait(), onError: () => undefined },
    );
    await tables.reconcile(tableOf(BLOCKED));
    await tables.close();
    grace.close();
  }

  async function expectEnforced(): Promise<void> {
    for (const pair of [0, 1]) {
      expect(await probe.passed(`out${pair}`, `in${pair}`, BLOCKED)).toBe(0);
      expect(await probe.passed(`out${pair}`, `in${pair}`, '203.0.113.9')).toBe(64);
    }
  }

  const programOf = (name: string) => attachedProgram(indexOf(name)).programId;
  const directories = () => readdirSync(pinDir).sort();

  it('an upgrade and a downgrade again: enforced at every step, old maps removed at the end of each', async () => {
    let running = await start(OLDER);
    expect(running.set.origin).toBe('fresh');
    await fill(running);
    await expectEnforced();
    for (const [from, to] of [
      [OLDER, LAYOUT_VERSION],
      [LAYOUT_VERSION, OLDER],
    ] as const) {
      running.close();
      const before = programOf('in0');
      const next = await start(to);
      expect([next.set.origin, next.staged]).toEqual(['staged', true]);
      expect(directories()).toEqual(['links', `staged-v${to}`, `v${from}`]);
      expect(programOf('in0')).toBe(before);
      await expectEnforced();
      await fill(next);
      expect(programOf('in0')).toBe(before);
      next.enforce();
      expect(directories()).toEqual(['links', `v${to}`]);
      for (const name of ['in0', 'in1']) expect(programOf(name)).toBe(next.set.program.info.id);
      await expectEnforced();
      // Only this version's counters can be read.
      expect(inspectPins(pinDir)?.counters === undefined).toBe(to !== LAYOUT_VERSION);
      running = next;
    }
  });

  it('a link that cannot be swapped: the new maps are not taken for enforced, and the next try finishes', async () => {
    const old = await start(OLDER);
    await fill(old);
    old.close();
    const next = await start(LAYOUT_VERSION);
    await fill(next);
    const update = XdpLink.prototype.update;
    let failures = 1;
    const spy = vi.spyOn(XdpLink.prototype, 'update').mockImplementation(function (this: XdpLink, program) {
      if (failures-- > 0) throw new KernelError('ENOMEM', 'cannot swap the program: ENOMEM');
      update.call(this, program);
    });
    try {
      expect(() => next.enforce()).toThrow(DatapathError);
      expect(next.staged).toBe(true);
      expect(next.states().map(({ problem }) => problem.includes('older one is still dropping'))).toEqual([
        true,
        false,
      ]);
      expect(directories()).toEqual(['links', `staged-v${LAYOUT_VERSION}`, `v${OLDER}`]);
      await expectEnforced();
      next.enforce();
    } finally {
      spy.mockRestore();
    }
    expect(next.staged).toBe(false);
    expect(next.states().map(({ problem }) => problem.includes('older one is still dropping'))).toEqual([false, false]);
    expect(directories()).toEqual(['links', `v${LAYOUT_VERSION}`]);
    for (const name of ['in0', 'in1']) expect(programOf(name)).toBe(next.set.program.info.id);
    await expectEnforced();
  });

  it('a crash after one link was swapped: the next start takes the new maps for both', async () => {
    const old = await start(OLDER);
    await fill(old);
    old.close();
    const next = await start(LAYOUT_VERSION);
    await fill(next);
    // As a crash in the middle of the swap leaves it: one link on the new program, the other on the old one, no renaming.
    const swapped = openPinnedLink(join(pinDir, 'links/in0'));
    swapped?.update(next.set.program);
    swapped?.close();
    next.close();
    expect(directories()).toEqual(['links', `staged-v${LAYOUT_VERSION}`, `v${OLDER}`]);
    expect(programOf('in0')).not.toBe(programOf('in1'));
    await expectEnforced();
    const again = await start(LAYOUT_VERSION);
    expect(again.set.origin).toBe('adopted');
    expect(directories()).toEqual(['links', `v${LAYOUT_VERSION}`]);
    expect(programOf('in0')).toBe(programOf('in1'));
    await expectEnforced();
  });

  it('a crash while the new maps were filled: they go, and the next start begins again', async () => {
    const old = await start(OLDER);
    await fill(old);
    old.close();
    (await start(LAYOUT_VERSION)).close();
    expect(directories()).toEqual(['links', `staged-v${LAYOUT_VERSION}`, `v${OLDER}`]);
    await expectEnforced();
    expect((await start(OLDER)).set.origin).toBe('adopted');
    expect(directories()).toEqual(['links', `v${OLDER}`]);
    await expectEnforced();
  });
});
