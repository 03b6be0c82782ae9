// A long list of which all rows end: the kernel holds them one to one, and reading them back is dear.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LAYOUT_VERSION, MAPS } from '../../agent/datapath/decision/layout.ts';
import { limitsOf } from '../../agent/datapath/decision/limits.ts';
import type { LibbpfMap } from '../../agent/datapath/libbpf/map.ts';
import { openAnyMap } from '../../agent/datapath/pins/pins.ts';
import type { EntryTable } from '../../common/entries/entry-table.ts';
import { NO_ENTRIES, type PackedEntries } from '../../common/entries/packed.ts';
import { BLOCKED, Life } from './lifecycle/life.ts';
import { whyNoNetwork } from './network.ts';
import { tableOf } from './tables-of.ts';

const ROWS = 100_000;
const ENDS_MS = 4e9;

/** `count` /32s from the `from`th on. */
function ending(from: number, count: number, ttlMs: number): PackedEntries<'left'> {
  const addresses = new Uint8Array(count * 4);
  for (let i = 0; i < count; i++) new DataView(addresses.buffer).setUint32(i * 4, 0x0a000000 + (from + i) * 3);
  const columns = { lengths: new Uint8Array(count).fill(32), flags: new Uint8Array(count) };
  return { ...NO_ENTRIES, v4: { count, addresses, ...columns, timesMs: new Float64Array(count).fill(ttlMs) } };
}

function listed(rows: number): EntryTable<'boot'> {
  const table = tableOf(BLOCKED);
  table.addLeft(ending(0, rows, ENDS_MS), 0);
  return table;
}

describe.skipIf(whyNoNetwork() !== '')(`rows that end ${whyNoNetwork()}`, () => {
  const life = Life.hooks();
  const opened = (name: string): LibbpfMap => {
    const map = openAnyMap(join(life().pinDir, `v${LAYOUT_VERSION}`, 'maps', name));
    if (!map) throw new Error(`no map ${name}`);
    return map;
  };
  const exact = () => opened(MAPS.v4Exact);

  it('faults row 136: the kernel counts the rows of a map, by the memory that it charges: what has gone shows without reading', async () => {
    const datapath = await life().start({ limits: limitsOf(200_000) });
    const table = listed(ROWS);
    await datapath.reconcile(table);
    const map = exact();
    const before = map.memoryBytes();
    map.delete(ending(7, 1, 0).v4.addresses);
    expect(before - map.memoryBytes()).toBe(map.rowBytes());
    expect(await datapath.glance()).toBeGreaterThan(0);
    expect(await datapath.reconcile(table)).toBeGreaterThan(0);
    expect(map.memoryBytes()).toBe(before);
    map.close();
  });

  it("faults row 136: the agent's own additions, other ends and removals are what it compares with", async () => {
    const datapath = await life().start({ limits: limitsOf(200_000) });
    const table = listed(1000);
    await datapath.reconcile(table);
    for (const [adds, removes] of [
      [ending(1000, 500, ENDS_MS), NO_ENTRIES],
      [ending(200, 300, ENDS_MS + 60_000), ending(900, 200, 0)],
      [ending(0, 100, 0), ending(100, 100, 0)],
    ] as const) {
      table.addLeft(adds, 0);
      table.removeAll(removes);
      await datapath.apply({ adds, removes }, table);
      expect(await datapath.glance()).toBe(0);
    }
    expect(await datapath.reconcile(table)).toBe(0);
    const map = exact();
    const key = ending(250, 1, 0).v4.addresses;
    map.update(key, (map.lookup(key) ?? new Uint8Array(0)).with(0, 1));
    expect(await datapath.glance()).toBe(1);
    map.close();
  });

  it('faults row 135: a comparison that is hurried ends with nothing changed, and the next one does its work', async () => {
    const datapath = await life().start({ limits: limitsOf(200_000) });
    const table = listed(ROWS);
    await datapath.reconcile(table);
    const map = exact();
    map.delete(ending(7, 1, 0).v4.addresses);
    expect(await datapath.reconcile(table, () => true)).toBeUndefined();
    expect(await datapath.glance(() => true)).toBeUndefined();
    expect(map.lookup(ending(7, 1, 0).v4.addresses)).toBeUndefined();
    expect(await datapath.reconcile(table)).toBeGreaterThan(0);
    expect(map.lookup(ending(7, 1, 0).v4.addresses)).toBeDefined();
    map.close();
    const index = opened(MAPS.v4Index);
    const words = new Uint32Array(index.memory());
    const block = words.findIndex((word) => word !== 0);
    words[block] = 0;
    let asked = 0;
    expect(await datapath.reconcile(table, () => ++asked > 20)).toBeUndefined();
    expect(words[block]).toBe(0);
    expect(await datapath.reconcile(table, () => false)).toBeGreaterThan(0);
    expect(words[block]).not.toBe(0);
    index.close();
  });
});
