import { describe, expect, it } from 'vitest';
import { ReadingPace } from './reading-pace.ts';

/** A map of a million rows by its weight, and a clock. */
function setup(rowBytes: number) {
  const state = { bytes: 96_000_000, ms: 0 };
  const pace = new ReadingPace({ memoryBytes: () => state.bytes, rowBytes: () => rowBytes }, () => state.ms);
  return { state, pace };
}

describe('the pace of reading a map', () => {
  it('reads a short list every time', () => {
    const { pace } = setup(80);
    pace.read(50_000);
    expect(pace.isDue(50_000)).toBe(true);
  });

  it('takes a fiftieth of a processor for a long one, and reads at once when rows have come or gone (faults row 136)', () => {
    const { state, pace } = setup(80);
    pace.read(1_000_000);
    state.ms = 20_000;
    expect(pace.isDue(1_000_000)).toBe(false);
    // The agent's own change.
    state.bytes += 80;
    expect(pace.isDue(1_000_001)).toBe(false);
    // Somebody else's.
    state.bytes -= 80;
    expect(pace.isDue(1_000_001)).toBe(true);
    state.bytes += 80;
    state.ms = 25_000;
    expect(pace.isDue(1_000_001)).toBe(true);
  });

  it('reads as often as before where the kernel does not count rows, and at once after a reading that found a change', () => {
    const { state, pace } = setup(0);
    pace.read(1_000_000);
    state.ms = 3000;
    expect(pace.isDue(1_000_000)).toBe(false);
    state.ms = 4000;
    expect(pace.isDue(1_000_000)).toBe(true);
    pace.read(undefined);
    expect(pace.isDue(1_000_000)).toBe(true);
  });
});
