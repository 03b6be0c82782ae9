// The calls into libbpf and libc on maps and programs of a small object: every kind of map that the datapath has.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, mapSizes } from '../../agent/datapath/decision/limits.ts';
import { KernelError, type KernelMap } from '../../agent/datapath/kernel-map.ts';
import { GracePeriod } from '../../agent/datapath/libbpf/grace-period.ts';
import { BpfObject } from '../../agent/datapath/libbpf/object.ts';
import { openRingBuffer } from '../../agent/datapath/libbpf/ring-buffer.ts';
import { packagedObject } from '../../agent/datapath/platform.ts';
import { buildFlood, whyNoNetwork } from './network.ts';
import { setSources } from './traffic/flood.ts';

const HASH = 'fb_v6_exact';
const TRIE = 'fb_v4_prefixes';
const ROWS = 1000;

function rows(count: number, bytes: number, first = 0): Uint8Array {
  const all = Buffer.alloc(count * bytes);
  for (let row = 0; row < count; row++) all.writeUInt32LE(first + row, row * bytes + bytes - 4);
  return all;
}

async function readAll(map: KernelMap): Promise<number> {
  let count = 0;
  for await (const batch of map.entries()) {
    expect(batch.keys.length).toBe(batch.count * map.keyBytes);
    expect(batch.values.length).toBe(batch.count * map.lookupBytes);
    count += batch.count;
  }
  return count;
}

const errnoOf = (attempt: () => unknown): string => {
  try {
    attempt();
    return 'no error';
  } catch (error) {
    return error instanceof KernelError ? error.code : String(error);
  }
};

describe.skipIf(whyNoNetwork() !== '')(`libbpf ${whyNoNetwork()}`, () => {
  let object: BpfObject;

  beforeAll(() => {
    const sizes = mapSizes({ ...DEFAULT_LIMITS, v4Addresses: 1000, v6Addresses: 1000, prefixes: 1000 });
    object = BpfObject.load(packagedObject(), { maxEntries: new Map([...sizes, [HASH, ROWS], [TRIE, ROWS]]) });
  });

  afterAll(() => object.close());

  it('gives maps the sizes that were asked for', () => {
    expect(object.map(HASH).maxEntries).toBe(ROWS);
    expect(BpfObject.shapes(packagedObject()).map(({ name }) => name)).toContain(HASH);
    expect(object.pinnable().every(({ name }) => name.startsWith('fb_'))).toBe(true);
  });

  it('writes, reads and deletes single rows', () => {
    const map = object.map(HASH);
    const key = rows(1, map.keyBytes, 7);
    const value = new Uint8Array(map.valueBytes).fill(3);
    expect(map.lookup(key)).toBeUndefined();
    map.update(key, value);
    expect(map.lookup(key)).toEqual(value);
    expect(map.delete(key)).toBe(true);
    expect(map.delete(key)).toBe(false);
  });

  it('faults row 8: a full hash says E2BIG, a full trie ENOSPC, and batches say it too', async () => {
    for (const [name, errno] of [
      [HASH, 'E2BIG'],
      [TRIE, 'ENOSPC'],
    ] as const) {
      const map = object.map(name);
      const keys = rows(ROWS + 200, map.keyBytes);
      // A trie's key begins with its length in bits.
      if (name === TRIE) for (let row = 0; row < ROWS + 200; row++) keys[row * map.keyBytes] = 32;
      const values = new Uint8Array((ROWS + 200) * map.valueBytes);
      await map.updateBatch(keys, values, ROWS);
      expect(await readAll(map)).toBe(ROWS);
      const next = keys.subarray((ROWS + 199) * map.keyBytes);
      // The kernel gives a hash without preallocation a little more room, one row per processor.
      const full = () => {
        for (let row = ROWS; row < ROWS + 200; row++)
          map.update(keys.subarray(row * map.keyBytes), values.subarray(0, map.valueBytes));
      };
      expect(errnoOf(full)).toBe(errno);
      await expect(map.updateBatch(next, values, 1)).rejects.toMatchObject({ code: errno });
      // What is not there any more does not keep the rest from being deleted.
      map.delete(keys.subarray(5 * map.keyBytes, 6 * map.keyBytes));
      await map.deleteBatch(keys, ROWS + 200);
      expect(await readAll(map)).toBe(0);
    }
  });

  it('faults row 9: a trie takes no longer prefix than its addresses have bits', () => {
    const map = object.map(TRIE);
    const key = rows(1, map.keyBytes);
    key[0] = 33;
    expect(errnoOf(() => map.update(key, new Uint8Array(map.valueBytes)))).toBe('EINVAL');
  });

  it('reads a map in many batches', async () => {
    const map = object.map(HASH);
    await map.updateBatch(rows(ROWS, map.keyBytes), new Uint8Array(ROWS * map.valueBytes), ROWS);
    const seen = new Set<number>();
    for await (const { keys, count } of map.entries())
      for (let row = 0; row < count; row++)
        seen.add(Buffer.from(keys).readUInt32LE(row * map.keyBytes + map.keyBytes - 4));
    expect(seen.size).toBe(ROWS);
    await map.deleteBatch(rows(ROWS, map.keyBytes), ROWS);
  });

  it('says what the verifier said of a load in a worker thread too', async () => {
    const sizes = new Map([['fb_v6_exact', 2 ** 31]]);
    const refused = BpfObject.loadOffLoop(packagedObject(), { maxEntries: sizes });
    await expect(refused).rejects.toThrow(/refuses the BPF object .*\n.*fb_v6_exact/);
  });

  it('loads a program while signals come in quick succession, once they end', async () => {
    // Somebody must listen: the kernel drops a signal that is ignored.
    const heard = () => undefined;
    process.on('SIGWINCH', heard);
    const directory = mkdtempSync(join(tmpdir(), 'fbburst-'));
    try {
      const program = join(directory, 'signal-burst');
      execFileSync('clang', ['-O2', '-o', program, join(import.meta.dirname, 'signal-burst.c')]);
      // Longer than libbpf's own five attempts take, shorter than ours.
      const burst = spawn(program, [`${process.pid}`, '250'], { stdio: ['ignore', 'pipe', 'inherit'] });
      const over = new Promise((resolve) => burst.once('exit', resolve));
      await new Promise((resolve) => burst.stdout.once('data', resolve));
      const small = mapSizes({ v4Addresses: 1000, v6Addresses: 1000, prefixes: 1000 });
      (await BpfObject.loadOffLoop(packagedObject(), { maxEntries: small })).close();
      expect(await over).toBe(0);
    } finally {
      process.off('SIGWINCH', heard);
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it('refuses buffers that are too short instead of reading past their end', async () => {
    const map = object.map(HASH);
    expect(() => map.lookup(new Uint8Array(map.keyBytes - 1))).toThrow(RangeError);
    expect(() => map.update(new Uint8Array(map.keyBytes), new Uint8Array(1))).toThrow(RangeError);
    await expect(map.updateBatch(new Uint8Array(map.keyBytes), new Uint8Array(99), 2)).rejects.toThrow(RangeError);
    await expect(map.deleteBatch(new Uint8Array(map.keyBytes), 2)).rejects.toThrow(RangeError);
  });

  it('shares memory with the kernel, and takes it away on close instead of faulting', () => {
    const small = BpfObject.load(packagedObject(), {
      maxEntries: mapSizes({ v4Addresses: 1000, v6Addresses: 1000, prefixes: 1000 }),
    });
    const control = small.map('fb_bits');
    const memory = control.memory();
    expect(control.memory()).toBe(memory);
    new Uint32Array(memory)[0] = 0x12345678;
    const read = control.lookup(new Uint8Array(4)) ?? new Uint8Array(4);
    expect(Buffer.from(read).readUInt32LE(0)).toBe(0x12345678);
    expect(errnoOf(() => small.map(HASH).memory())).toBe('EPERM');
    small.close();
    small.close();
    expect(memory.byteLength).toBe(0);
    expect(errnoOf(() => control.lookup(new Uint8Array(4)))).toBe('EBADF');
  });

  it('maps memory piece by piece into one buffer, with what the kernel has there, and counts only those pages', () => {
    const large = BpfObject.load(packagedObject(), {
      maxEntries: mapSizes({ v4Addresses: 4_000_000, v6Addresses: 1000, prefixes: 1000 }),
    });
    const arena = large.map('fb_v4_arena');
    const page = new Uint8Array(arena.valueBytes).fill(7);
    arena.update(new Uint8Array(Uint32Array.of(100).buffer), page);
    const before = mappedPages();
    const memory = arena.growingMemory();
    const bytes = new Uint8Array(memory.buffer);
    expect([bytes.length, memory.reached, bytes[100 * 4096]]).toEqual([arena.maxEntries * 4096, 0, 0]);
    memory.reach(101 * 4096);
    expect([bytes[100 * 4096], bytes[memory.reached]]).toEqual([7, 0]);
    expect(memory.reached).toBeGreaterThanOrEqual(101 * 4096);
    expect((mappedPages() - before) * 4096).toBe(memory.reached);
    expect(memory.reached).toBeLessThan(bytes.length / 10);
    bytes[99 * 4096] = 8;
    expect(arena.lookup(new Uint8Array(Uint32Array.of(99).buffer))?.[0]).toBe(8);
    memory.reach(arena.maxEntries * 4096);
    expect([memory.reached, bytes[100 * 4096]]).toEqual([bytes.length, 7]);
    large.close();
    expect(bytes.length).toBe(0);
    expect(mappedPages()).toBe(before);
  });

  it('runs a program on a packet and gives back what it made of it', async () => {
    const flood = BpfObject.load(buildFlood());
    try {
      setSources(flood, '198.51.100.7', 1);
      const data = Buffer.alloc(64);
      const result = flood.program('flood').testRun({ data });
      // XDP_TX, and the source written in.
      expect(result.verdict).toBe(3);
      expect([...result.data.subarray(26, 30)]).toEqual([198, 51, 100, 7]);
      const many = await flood.program('flood').testRunAsync({ data, repeat: 10_000 });
      expect(many.nanoseconds).toBeGreaterThan(0);
      expect(errnoOf(() => flood.program('flood').testRun({ data: new Uint8Array(4) }))).toBe('EINVAL');
    } finally {
      flood.close();
    }
  });

  it('waits for grace periods, shared by those who ask at once', async () => {
    const grace = new GracePeriod();
    await Promise.all(Array.from({ length: 50 }, () => grace.wait()));
    await grace.wait();
    grace.close();
    grace.close();
    await expect(grace.wait()).rejects.toThrow('closed');
  });

  it('says what the verifier has against an object', () => {
    expect(() => BpfObject.load('/proc/self/status')).toThrow('cannot open the BPF object');
    expect(() => BpfObject.load('/nonexistent')).toThrow('make -C bpf');
    expect(() => BpfObject.load(packagedObject(), { maxEntries: new Map([['fb_none', 1]]) })).toThrow('no map fb_none');
  });

  it('takes only ring buffers for ring buffers', () => {
    const open = (name: string) =>
      openRingBuffer(
        object.map(name),
        () => undefined,
        () => undefined,
      );
    expect(errnoOf(() => open(HASH))).toBe('EINVAL');
    const ring = open('fb_events');
    ring.close();
    ring.close();
  });
});

/** Pages of maps that this process sees. */
function mappedPages(): number {
  let pages = 0;
  let ofMap = false;
  for (const line of readFileSync('/proc/self/smaps', 'utf8').split('\n')) {
    if (/^[0-9a-f]+-[0-9a-f]+ /.test(line)) ofMap = line.includes('anon_inode:bpf-map');
    else if (ofMap && line.startsWith('Rss:')) pages += Number(/([0-9]+) kB/.exec(line)?.[1]) / 4;
  }
  return pages;
}
