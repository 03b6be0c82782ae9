// The TypeScript mirror of bpf/layout.h, which is the declaration; test/datapath/layout.test.ts compares the two through the
// object's BTF. Integers are in the machine's byte order, which is little-endian on every platform that Node.js runs on here.

/** Part of the pin path, so that a program never runs on maps of another layout. */
export const LAYOUT_VERSION = 3;

/** IPv4 is decided block by block: a block is what one prefix of this length covers. */
export const BLOCK_LENGTH = 18;
/** Blocks in all of IPv4, and words in the index: 2^18. */
export const V4_BLOCKS = 1 << BLOCK_LENGTH;
/** Low bits of an address: which one of its block it is. */
export const BLOCK_ADDRESS_BITS = 32 - BLOCK_LENGTH;
/** Low bits of a /24's number: which one of its block it is. */
export const BLOCK_SLASH24_BITS = 24 - BLOCK_LENGTH;
/** Positions in the arenas count units. */
export const UNIT_BYTES = 16;
/** 32-bit words per unit. */
export const UNIT_WORDS = UNIT_BYTES / 4;
/** An element of either arena map. Nothing straddles two pages. */
export const PAGE_BYTES = 4096;
/** Units per page. Positions below it are the shared first page of an arena, which is never given back. */
export const PAGE_UNITS = PAGE_BYTES / UNIT_BYTES;
/** 256 bits, one for each host octet of a /24. */
export const BITMAP_BYTES = 32;

/** Flag of an index word: the record is a compact one, two words of `leafy`, then a byte for each of its bits. */
export const COMPACT = 2 ** 31;
/** The most bytes (host octets) after the two words of a compact record. */
export const COMPACT_OCTETS = 24;
/** Flag of an index word: what the record does not list is looked up, because a block that ends or only monitors covers it all. */
export const BLOCK_LOOKUP = 2 ** 30;
/** Flag of an index word: what the record drops is looked up as plain, because an allow entry covers the whole block. */
export const BLOCK_ALLOWED = 2 ** 29;
/** The low bits of an index word: the record's position in units. 0 is the empty record. */
export const POSITION = BLOCK_ALLOWED - 1;

/** struct fb_record, in 32-bit words: leafy (low, high), whole (low, high); the leaves follow. */
export const RECORD = { leafy: 0, whole: 2, leaves: 4 } as const;

/** The two high bits of a leaf word are its kind, one of LEAF. */
export const LEAF_KIND_SHIFT = 30;
/** The low bits of a leaf word: three host octets, or the position of bitmaps in units. */
export const LEAF_POSITION = 2 ** LEAF_KIND_SHIFT - 1;
/** Kinds of a leaf. The even ones have octets, the odd ones bitmaps; the last two leave the decision to a look-up. */
export const LEAF = { octets: 0, bitmap: 1, lookupOctets: 2, lookupBitmaps: 3 } as const;

/** Generations of fb_v4_recent: 1 to this minus 1; 0 is off. */
export const RECENT_GENERATIONS = 65536;

/** Bits of a hash that number a slot in either front: 2^22 slots. */
export const V6_SLOT_BITS = 22;
/** Bit of a v6_front32 slot: a prefix of up to /63 is near. */
export const V6_LOOKUP = 1;
/** Bit of a v6_front32 slot: a longer prefix is near, so the slot in v6_front64 decides. */
export const V6_DEEPER = 2;
/** Multiplier of an address's first 32 bits. */
export const V6_HASH_A = 0x9e3779b1;
/** Multiplier of its second 32 bits, for v6_front64 alone. */
export const V6_HASH_B = 0x85ebca6b;
/** Final multiplier of the 64-bit hash; the slot is in the high bits. */
export const V6_HASH_C = 0x2c1b3c6d;

/** struct fb_rule, byte offsets. */
export const RULE = { bytes: 16, expiresNs: 0, flags: 8, length: 12 } as const;
/** Flag in fb_rule.flags: the rule counts and lets pass. */
export const RULE_MONITOR = 1;

/** struct fb_v4_key, fb_v6_key: a length (32-bit), then the address in network order. */
export const TRIE_KEY_ADDRESS = 4;

/** struct fb_entry_key, byte offsets. */
export const ENTRY_KEY = { bytes: 24, family: 0, length: 4, address: 8 } as const;

/** struct fb_hits, byte offsets. */
export const HITS = { bytes: 16, packets: 0, lastNs: 8 } as const;

/** struct fb_counters, byte offsets. */
export const COUNTERS = {
  bytes: 96,
  passedPackets: 0,
  passedBytes: 8,
  droppedPackets: 16,
  droppedBytes: 24,
  allowedPackets: 32,
  monitoredPackets: 40,
  malformedPackets: 48,
  tickDrops: 64,
  recentOn: 80,
  overtaggedPackets: 88,
} as const;

/** struct fb_control, in 32-bit words, from the start of fb_bits. */
export const CONTROL = {
  v4Exact: 0,
  v4Prefixes: 1,
  v4Allowed: 2,
  v6Exact: 3,
  v6Prefixes: 4,
  v6Allowed: 5,
  events: 6,
  v4Sparse: 7,
  v4Recent: 8,
} as const;

/** struct fb_bits, byte offsets. */
export const BITS = {
  control: 0,
  v4Summary: 64,
  v4Front: 64 + V4_BLOCKS / 8,
  v6Front32: 64 + V4_BLOCKS / 8 + 8 * V4_BLOCKS,
  v6Front64: 64 + V4_BLOCKS / 8 + 8 * V4_BLOCKS + 2 ** (V6_SLOT_BITS - 2),
  bytes: 64 + V4_BLOCKS / 8 + 8 * V4_BLOCKS + 2 ** (V6_SLOT_BITS - 2) + 2 ** (V6_SLOT_BITS - 3),
} as const;

/** The parts of fb_bits as 32-bit words, in memory shared with it. */
export function bitsIn(memory: ArrayBuffer) {
  const part = (from: number, to: number) => new Uint32Array(memory, from, (to - from) / 4);
  return {
    control: part(BITS.control, BITS.v4Summary),
    v4Summary: part(BITS.v4Summary, BITS.v4Front),
    v4Front: part(BITS.v4Front, BITS.v6Front32),
    v6Front32: part(BITS.v6Front32, BITS.v6Front64),
    v6Front64: part(BITS.v6Front64, BITS.bytes),
  };
}

/** Names of the maps in the object and under the pin directory. */
export const MAPS = {
  bits: 'fb_bits',
  v4Index: 'fb_v4_index',
  v4Recent: 'fb_v4_recent',
  v4Arena: 'fb_v4_arena',
  v4Bitmaps: 'fb_v4_bitmaps',
  v4Exact: 'fb_v4_exact',
  v4Prefixes: 'fb_v4_prefixes',
  v4Allowed: 'fb_v4_allowed',
  v6Exact: 'fb_v6_exact',
  v6Prefixes: 'fb_v6_prefixes',
  v6Allowed: 'fb_v6_allowed',
  counters: 'fb_counters',
  sources: 'fb_sources',
  entryHits: 'fb_entry_hits',
  events: 'fb_events',
} as const;
