import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PAGE_BYTES, PAGE_UNITS } from './layout.ts';
import { makeMarks, mark, Pool } from './pool.ts';

const PAGES = 4;
const UNITS = PAGES * PAGE_UNITS;

function newPool(): Pool {
  const marks = makeMarks(UNITS);
  mark(marks, 0, PAGE_UNITS);
  return new Pool(new ArrayBuffer(PAGES * PAGE_BYTES), marks);
}

describe('Pool', () => {
  test('pieces never overlap, straddle no page, and are aligned', () => {
    const steps = fc.array(fc.record({ units: fc.integer({ min: 1, max: 9 }), release: fc.nat() }), { maxLength: 400 });
    fc.assert(
      fc.property(steps, (script) => {
        const pool = newPool();
        const owner = new Int32Array(UNITS).fill(-1);
        const held: { position: number; units: number }[] = [];
        script.forEach(({ units, release }, step) => {
          const position = pool.take(units);
          if (position !== 0) {
            expect(position).toBeGreaterThanOrEqual(PAGE_UNITS);
            expect(Math.floor(position / PAGE_UNITS)).toBe(Math.floor((position + units - 1) / PAGE_UNITS));
            expect(position % 2 ** Math.ceil(Math.log2(units))).toBe(0);
            for (let i = 0; i < units; i++) expect(owner[position + i]).toBe(-1);
            owner.fill(step, position, position + units);
            held.push({ position, units });
          }
          const gone = release % 2 === 0 ? held.splice(release % (held.length || 1), 1)[0] : undefined;
          if (gone) {
            owner.fill(-1, gone.position, gone.position + gone.units);
            pool.release(gone.position, gone.units);
          }
        });
        expect(pool.free).toBe(UNITS - PAGE_UNITS - held.reduce((sum, piece) => sum + piece.units, 0));
        for (const piece of held) pool.release(piece.position, piece.units);
        // All merged again: every page can be had whole.
        for (let page = 1; page < PAGES; page++) expect(pool.take(PAGE_UNITS)).not.toBe(0);
        expect(pool.take(1)).toBe(0);
      }),
    );
  });

  test('a pool made anew from marks hands out only what was free', () => {
    const marks = makeMarks(UNITS);
    expect(mark(marks, 0, PAGE_UNITS)).toBe(true);
    expect(mark(marks, PAGE_UNITS + 3, 9)).toBe(true);
    expect(mark(marks, PAGE_UNITS + 5, 1)).toBe(false);
    const pool = new Pool(new ArrayBuffer(PAGES * PAGE_BYTES), marks);
    expect(pool.free).toBe(3 * PAGE_UNITS - 9);
    const taken = new Set<number>();
    for (let position = pool.take(1); position !== 0; position = pool.take(1)) taken.add(position);
    expect(taken.size).toBe(3 * PAGE_UNITS - 9);
    for (let unit = PAGE_UNITS + 3; unit < PAGE_UNITS + 12; unit++) expect(taken.has(unit)).toBe(false);
  });
});
