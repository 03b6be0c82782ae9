// The TypeScript mirror of bpf/layout.h against the built object: structures by its BTF, constants by the header's text.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import * as layout from '../../agent/datapath/decision/layout.ts';
import { DEFAULT_LIMITS, mapSizes } from '../../agent/datapath/decision/limits.ts';
import { BpfObject } from '../../agent/datapath/libbpf/object.ts';
import { toolPath } from '../../lab/namespaces.ts';
import { OBJECT } from './packets/harness.ts';

const HEADER = join(import.meta.dirname, '../../bpf/layout.h');
const env = { PATH: toolPath };
const dump = z.object({
  types: z.array(
    z.looseObject({
      kind: z.string(),
      name: z.string(),
      size: z.number().optional(),
      members: z.array(z.object({ name: z.string(), bits_offset: z.number() })).optional(),
    }),
  ),
});

interface Struct {
  readonly bytes: number;
  /** Field -> byte offset. */
  readonly fields: Readonly<Record<string, number>>;
}

/** `#define NAME value` of the header, as far as the value is a number, a shift or a quotient of those before it. */
function constantsOf(text: string): Map<string, number> {
  const known = new Map<string, number>();
  for (const [, name = '', value = ''] of text.matchAll(/^#define (FB_[A-Z0-9_]+) (.+?)(?:\s*\/\*.*)?$/gm)) {
    const terms = value.replace(/[()]/g, '').split(/\s+(<<|\/)\s+/);
    const numbers = terms
      .filter((_, i) => i % 2 === 0)
      .map((term) => known.get(term) ?? Number(term.replace(/u$/, '')));
    const [a = Number.NaN, b = Number.NaN] = numbers;
    const result = terms.length === 1 ? a : terms[1] === '<<' ? a * 2 ** b : a / b;
    if (Number.isInteger(result)) known.set(name, result);
  }
  return known;
}

describe.skipIf(!existsSync(OBJECT))('layout', () => {
  const structs = new Map<string, Struct>();
  beforeAll(async () => {
    const { stdout } = await execa('bpftool', ['btf', 'dump', 'file', OBJECT, '-j'], { env });
    for (const { kind, name, size, members } of dump.parse(JSON.parse(stdout)).types)
      if (kind === 'STRUCT' && name.startsWith('fb_'))
        structs.set(name, {
          bytes: size ?? 0,
          fields: Object.fromEntries((members ?? []).map((member) => [member.name, member.bits_offset / 8])),
        });
  });

  test('structures are as the program was compiled with', () => {
    const { RECORD, RULE, TRIE_KEY_ADDRESS, ENTRY_KEY, HITS, COUNTERS, CONTROL, BITS, PAGE_BYTES } = layout;
    expect(structs.get('fb_record')).toEqual({
      bytes: RECORD.leaves * 4,
      fields: { leafy: RECORD.leafy * 4, whole: RECORD.whole * 4 },
    });
    expect(structs.get('fb_rule')).toEqual({
      bytes: RULE.bytes,
      fields: { expires_ns: RULE.expiresNs, flags: RULE.flags, length: RULE.length },
    });
    expect(structs.get('fb_v4_key')).toEqual({ bytes: 8, fields: { length: 0, address: TRIE_KEY_ADDRESS } });
    expect(structs.get('fb_v6_key')).toEqual({ bytes: 20, fields: { length: 0, address: TRIE_KEY_ADDRESS } });
    expect(structs.get('fb_entry_key')).toEqual({
      bytes: ENTRY_KEY.bytes,
      fields: { family: ENTRY_KEY.family, length: ENTRY_KEY.length, address: ENTRY_KEY.address },
    });
    expect(structs.get('fb_hits')).toEqual({
      bytes: HITS.bytes,
      fields: { packets: HITS.packets, last_ns: HITS.lastNs },
    });
    expect(structs.get('fb_counters')).toMatchObject({
      bytes: COUNTERS.bytes,
      fields: {
        passed_packets: COUNTERS.passedPackets,
        passed_bytes: COUNTERS.passedBytes,
        dropped_packets: COUNTERS.droppedPackets,
        dropped_bytes: COUNTERS.droppedBytes,
        allowed_packets: COUNTERS.allowedPackets,
        monitored_packets: COUNTERS.monitoredPackets,
        malformed_packets: COUNTERS.malformedPackets,
        tick_drops: COUNTERS.tickDrops,
        recent_on: COUNTERS.recentOn,
        overtagged_packets: COUNTERS.overtaggedPackets,
      },
    });
    expect(structs.get('fb_control')?.fields).toMatchObject({
      v4_exact: CONTROL.v4Exact * 4,
      v4_prefixes: CONTROL.v4Prefixes * 4,
      v4_allowed: CONTROL.v4Allowed * 4,
      v6_exact: CONTROL.v6Exact * 4,
      v6_prefixes: CONTROL.v6Prefixes * 4,
      v6_allowed: CONTROL.v6Allowed * 4,
      events: CONTROL.events * 4,
      v4_sparse: CONTROL.v4Sparse * 4,
      v4_recent: CONTROL.v4Recent * 4,
    });
    expect(structs.get('fb_bits')).toEqual({
      bytes: BITS.bytes,
      fields: {
        control: BITS.control,
        v4_summary: BITS.v4Summary,
        v4_front: BITS.v4Front,
        v6_front32: BITS.v6Front32,
        v6_front64: BITS.v6Front64,
      },
    });
    expect(structs.get('fb_page')?.bytes).toBe(PAGE_BYTES);
  });

  test('constants are those of the header', () => {
    const constants = constantsOf(readFileSync(HEADER, 'utf8'));
    expect(Object.fromEntries(constants)).toMatchObject({
      FB_LAYOUT_VERSION: layout.LAYOUT_VERSION,
      FB_V4_BLOCKS: layout.V4_BLOCKS,
      FB_UNIT_BYTES: layout.UNIT_BYTES,
      FB_PAGE_BYTES: layout.PAGE_BYTES,
      FB_PAGE_UNITS: layout.PAGE_UNITS,
      FB_BITMAP_BYTES: layout.BITMAP_BYTES,
      FB_COMPACT: layout.COMPACT,
      FB_COMPACT_OCTETS: layout.COMPACT_OCTETS,
      FB_BLOCK_LOOKUP: layout.BLOCK_LOOKUP,
      FB_BLOCK_ALLOWED: layout.BLOCK_ALLOWED,
      FB_LEAF_OCTETS: layout.LEAF.octets,
      FB_LEAF_BITMAP: layout.LEAF.bitmap,
      FB_LEAF_LOOKUP_OCTETS: layout.LEAF.lookupOctets,
      FB_LEAF_LOOKUP_BITMAPS: layout.LEAF.lookupBitmaps,
      FB_LEAF_KIND_SHIFT: layout.LEAF_KIND_SHIFT,
      FB_RECENT_GENERATIONS: layout.RECENT_GENERATIONS,
      FB_V6_SLOT_BITS: layout.V6_SLOT_BITS,
      FB_V6_LOOKUP: layout.V6_LOOKUP,
      FB_V6_DEEPER: layout.V6_DEEPER,
      FB_V6_HASH_A: layout.V6_HASH_A,
      FB_V6_HASH_B: layout.V6_HASH_B,
      FB_V6_HASH_C: layout.V6_HASH_C,
      FB_RULE_MONITOR: layout.RULE_MONITOR,
    });
  });

  test('maps have the names and the sizes that user space reckons with', () => {
    const shapes = new Map(BpfObject.shapes(OBJECT).map((shape) => [shape.name, shape]));
    expect([...shapes.keys()].toSorted()).toEqual(Object.values(layout.MAPS).toSorted());
    expect(shapes.get(layout.MAPS.bits)).toMatchObject({ valueBytes: layout.BITS.bytes, maxEntries: 1 });
    expect(shapes.get(layout.MAPS.v4Index)).toMatchObject({ valueBytes: 4 * layout.V4_BLOCKS, maxEntries: 1 });
    for (const [name, entries] of mapSizes(DEFAULT_LIMITS))
      expect(entries).toBeLessThanOrEqual(shapes.get(name)?.maxEntries ?? 0);
    // Linux 5.15 makes no array with bigger values.
    for (const { valueBytes } of shapes.values()) expect(valueBytes).toBeLessThanOrEqual(4 << 20);
  });
});
