import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OLDEST_TESTED_KERNEL } from '../../agent/datapath/platform.ts';
import { KERNELS, parseResult, type Result } from './matrix.ts';
import { type Booted, failures, keep, merge, recall, table, withTable } from './table.ts';

const [kernel] = KERNELS.filter(({ promise }) => promise === 'claimed');
const booted = (...results: Result[]): Booted => {
  if (kernel === undefined) throw new Error('no kernel is claimed');
  return { kernel, release: '6.1.0-50-amd64', results };
};
const passed = { check: 'load', ok: true, text: '127462 instructions' };

describe('the kernels', () => {
  it('are booted from the oldest on that README and doctor claim', () => {
    const oldest = OLDEST_TESTED_KERNEL.join('.');
    expect(kernel?.name).toBe(oldest);
    expect(readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')).toContain(`Linux ${oldest} or newer`);
  });
});

describe('the table of kernels', () => {
  it('reads results from a console and nothing else', () => {
    expect(parseResult('@@ virtio-net, 4 queues: ok native\r')).toEqual({
      check: 'virtio-net, 4 queues',
      ok: true,
      text: 'native',
    });
    expect(parseResult('@@ demo: failed exit code 1')).toEqual({ check: 'demo', ok: false, text: 'exit code 1' });
    expect(parseResult('[    1.0] EXT4-fs (vda): mounted')).toBeUndefined();
  });

  it('counts as failed what failed and what was never reported', () => {
    expect(failures(booted(passed), ['load'])).toEqual([]);
    expect(failures(booted(passed), ['load', 'demo'])).toEqual([{ check: 'demo', ok: false, text: 'no result' }]);
    expect(failures(booted({ ...passed, ok: false }), ['load'])).toHaveLength(1);
    const late = { check: 'guest', ok: false, text: 'did not end in time' };
    expect(failures(booted(passed, late), ['load'])).toEqual([late]);
  });

  it('shows a failure as one, and what was not checked as nothing', () => {
    const rows = table([booted(passed, { check: 'demo', ok: false, text: 'exit code 1' })]).split('\n');
    expect(rows[0]).toBe('|  | 6.1.0-50-amd64 (bookworm) |');
    expect(rows).toContain('| load | 127462 instructions |');
    expect(rows).toContain('| demo | **failed**: exit code 1 |');
    expect(rows).toContain('| bond | - |');
  });

  it('keeps a run for the table of a later one', () => {
    const run = booted(passed);
    expect(recall(run.kernel, keep(run))).toEqual(run);
    const demo = { check: 'demo', ok: true, text: 'held' };
    const again = { ...passed, text: '127463 instructions' };
    expect(merge(run, booted(demo)).results).toEqual([passed, demo]);
    expect(merge(run, booted(again)).results).toEqual([again]);
    expect(merge({ ...run, release: '6.1.0-49-amd64' }, booted(demo)).results).toEqual([demo]);
  });

  it('replaces the table of a document and nothing else', () => {
    const document = 'a\n<!-- npm run test:kernels writes from here -->\nold\n<!-- to here -->\nz\n';
    expect(withTable(document, 'new')).toBe(document.replace('old', 'new'));
    expect(() => withTable('a', 'new')).toThrow('has no');
  });
});
