import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reachedMemory } from '../../../test/datapath/reached-memory.ts';
import type { GrowingMemory } from '../kernel-map.ts';
import { PAGE_BYTES, PAGE_UNITS } from './layout.ts';
import { makeMarks, mark, Pool } from './pool.ts';

const PAGES = 4;
const UNITS = PAGES * PAGE_UNITS;

function newPool(): Pool {
  const marks = makeMarks(UNITS);
  mark(marks, 0, PAGE_UNITS);
  return new Pool(reachedMemory(new ArrayBuffer(PAGES * PAGE_BYTES)), marks);
}

describe('Pool', () => {
  test('pieces never overlap, straddle no page, and are aligned', () => {
    const steps = fc.array(fc.record({ units: fc.integer({ min: 1, max: 9 }), release: fc.nat() }), { maxLength: 400 });
    fc.assert(
      fc.property(steps, (script) => {
        const pool = newPool();
        const owner = new Int32Array(UNITS).fill(-1);
        const taken: { position: number; units: number }[] = [];
        script.forEach(({ units, release }, step) => {
          const position = pool.take(units);
          if (position !== 0) {
            expect(position).toBeGreaterThanOrEqual(PAGE_UNITS);
            expect(Math.floor(position / PAGE_UNITS)).toBe(Math.floor((position + units - 1) / PAGE_UNITS));
            expect(position % 2 ** Math.ceil(Math.log2(units))).toBe(0);
            for (let i = 0; i < units; i++) expect(owner[position + i]).toBe(-1);
            owner.fill(step, position, position + units);
            taken.push({ position, units });
          }
          const gone = release % 2 === 0 ? taken.splice(release % (taken.length || 1), 1)[0] : undefined;
          if (gone) {
            owner.fill(-1, gone.position, gone.position + gone.units);
            pool.release(gone.position, gone.units);
          }
        });
        expect(pool.free).toBe(UNITS - PAGE_UNITS - taken.reduce((sum, piece) => sum + piece.units, 0));
        for (const piece of taken) pool.release(piece.position, piece.units);
        // All merged again: every page can be had whole.
        for (let page = 1; page < PAGES; page++) expect(pool.take(PAGE_UNITS)).not.toBe(0);
        expect(pool.take(1)).toBe(0);
      }),
    );
  });

  test('a pool rebuilt from marks hands out only what was free', () => {
    const marks = makeMarks(UNITS);
    expect(mark(marks, 0, PAGE_UNITS)).toBe(true);
    expect(mark(marks, PAGE_UNITS + 3, 9)).toBe(true);
    expect(mark(marks, PAGE_UNITS + 5, 1)).toBe(false);
    const pool = new Pool(reachedMemory(new ArrayBuffer(PAGES * PAGE_BYTES)), marks);
    expect(pool.free).toBe(3 * PAGE_UNITS - 9);
    const taken = new Set<number>();
    for (let position = pool.take(1); position !== 0; position = pool.take(1)) taken.add(position);
    expect(taken.size).toBe(3 * PAGE_UNITS - 9);
    for (let unit = PAGE_UNITS + 3; unit < PAGE_UNITS + 12; unit++) expect(taken.has(unit)).toBe(false);
  });

  test('memory is reached as it is taken, the lowest page first, also after pages came free', () => {
    const memory = new StepwiseMemory(PAGES * PAGE_BYTES);
    const marks = makeMarks(UNITS);
    mark(marks, 0, PAGE_UNITS);
    const pool = new Pool(memory, marks);
    expect(memory.reached).toBe(0);
    const [first, second] = [pool.take(PAGE_UNITS), pool.take(PAGE_UNITS)];
    expect([first, second, memory.reached]).toEqual([PAGE_UNITS, 2 * PAGE_UNITS, 3 * PAGE_BYTES]);
    pool.release(first, PAGE_UNITS);
    expect(pool.take(1)).toBe(first);
    expect(memory.reached).toBe(3 * PAGE_BYTES);
  });

  test('memory that cannot be reached is not handed out, and stays free', () => {
    const memory = new StepwiseMemory(PAGES * PAGE_BYTES, 2 * PAGE_BYTES);
    const marks = makeMarks(UNITS);
    mark(marks, 0, PAGE_UNITS);
    const pool = new Pool(memory, marks);
    expect(pool.take(PAGE_UNITS)).toBe(PAGE_UNITS);
    const { free } = pool;
    expect(pool.take(4)).toBe(0);
    expect([pool.free, String(pool.unreached)]).toEqual([free, 'Error: no more']);
    memory.limit = Number.POSITIVE_INFINITY;
    expect(pool.take(4)).toBe(2 * PAGE_UNITS);
    expect(pool.unreached).toBeUndefined();
  });
});

class StepwiseMemory implements GrowingMemory {
  readonly buffer: ArrayBuffer;
  reached = 0;
  limit: number;

  constructor(bytes: number, limit = Number.POSITIVE_INFINITY) {
    this.buffer = new ArrayBuffer(bytes);
    this.limit = limit;
  }

  reach(bytes: number): void {
    if (bytes > this.limit) throw new Error('no more');
    this.reached = bytes;
  }
}
