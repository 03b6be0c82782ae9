/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the program and user space share: names, sizes and structures of the maps. The only declaration of it; the TypeScript
 * mirror is agent/datapath/decision/layout.ts, and test/datapath/layout.test.ts compares the two through the object's BTF (which has
 * no fb_event: agent/datapath/drop-event.ts is held to it by the tests of drop events).
 *
 * Integers are in the machine's byte order unless a comment says "network order". Any change of a map or structure here
 * needs a new FB_LAYOUT_VERSION: it is part of the pin path, so that a program never meets maps of another layout.
 */
#ifndef FLEETBLOCK_LAYOUT_H
#define FLEETBLOCK_LAYOUT_H

#include <linux/types.h>

#define FB_LAYOUT_VERSION 3

/*
 * IPv4. The address space is cut into 2^18 blocks, each 64 neighbouring /24s (a /18). fb_v4_index[block] is the position of the block's
 * record in fb_v4_arena and flags, 0 when nothing in it is listed. A record is never changed once the index names it: user space writes
 * a new one and swaps the index word. v4_front keeps clean packets away from index and arena, and may be behind for as long as a
 * change takes: it has bits set at least where something is listed. v4_summary has one bit per block, set at least where the front has
 * any: while few blocks are in use (control.v4_sparse) its 32 KB spare packets the front's 2 MB.
 */
#define FB_V4_BLOCKS (1 << 18)

/*
 * The front has 64 bits per block, a Bloom filter of three bits per address: by its /24's number in the block, by that and the two high
 * bits of the host octet, by that and the two low bits. An address is clean when one of them is not set. A whole /24 sets nine.
 */
#define FB_FRONT_FIRST(number, octet) (number)
#define FB_FRONT_SECOND(number, octet) (((number) + 1 + ((octet) >> 6) * 13) & 63)
#define FB_FRONT_THIRD(number, octet) (((number) * 3 + 7 + ((octet) & 3) * 29) & 63)

/* Positions count units of 16 bytes. An element of either arena is a page; nothing straddles two pages. */
#define FB_UNIT_BYTES 16
#define FB_PAGE_BYTES 4096
#define FB_PAGE_UNITS (FB_PAGE_BYTES / FB_UNIT_BYTES)

#define FB_BITMAP_BYTES 32

/*
 * The high bit of an index word: the record is a compact one, for blocks in which every listed /24 has a single address and none
 * needs a look-up. That is nearly all of them in a list of spread addresses. A compact record is `leafy`, then for each of its bits
 * one byte, the host octet: up to FB_COMPACT_OCTETS.
 */
#define FB_COMPACT (1u << 31)

/*
 * Entries that cover whole blocks and need look-ups take no record, however many blocks they cover; what the record says stays as it
 * is. FB_BLOCK_LOOKUP: what it does not list is looked up (a block that ends or only monitors covers all). FB_BLOCK_ALLOWED: what it
 * drops is looked up as plain (an allow entry covers all). Position 0 is an empty record.
 */
#define FB_BLOCK_LOOKUP (1u << 30)
#define FB_BLOCK_ALLOWED (1u << 29)
#define FB_POSITION (FB_BLOCK_ALLOWED - 1)
#define FB_COMPACT_OCTETS 24

/* Followed by one leaf (__u32) for each bit of `leafy`, in order: up to 64. */
struct fb_record {
	__u64 leafy; /* bit n: /24 number n of the block has a leaf */
	__u64 whole; /* bit n: all of /24 number n is dropped */
};

/*
 * A leaf says which addresses of its /24 are listed: its two high bits are the kind.
 *   OCTETS  the low 24 bits are three host octets (repeated when there are fewer): drop
 *   BITMAP  the low 30 bits are the position of 256 bits in fb_v4_bitmaps, bit n for host octet n: drop
 *   LOOKUP_OCTETS  as OCTETS, but the addresses are decided by look-up
 *   LOOKUP_BITMAPS the position of two bitmaps, end to end: listed at all; listed by a plain block (a block that neither ends
 *           nor only monitors). What the first has is decided by look-up, what the second has too by allow entries alone
 */
#define FB_LEAF_OCTETS 0u
#define FB_LEAF_BITMAP 1u
#define FB_LEAF_LOOKUP_OCTETS 2u
#define FB_LEAF_LOOKUP_BITMAPS 3u
#define FB_LEAF_KIND_SHIFT 30
#define FB_LEAF_POSITION ((1u << FB_LEAF_KIND_SHIFT) - 1)

/*
 * Addresses that a processor has dropped recently, while it is being flooded: one word each, in 2^FB_RECENT_BITS places. The address times
 * an odd number is the address in another form; its high bits are the place, the rest is kept in the word, under the generation in
 * which bits (never a look-up) said so: control.v4_recent. Taking a bit away begins a new generation, so that no word counts
 * any more, and another one after a grace period: a processor that loads out of order may have read the new generation and then old bits.
 * Generation 0 switches it off: by that, user space empties the places before numbers are reused.
 */
#define FB_RECENT_BITS 16
#define FB_RECENT_GENERATIONS 65536
#define FB_RECENT_HASH 0x9e3779b1u
#define FB_RECENT_PAGE_BITS 10 /* words per map element: a page */
#define FB_RECENT_PAGES (1 << 6)

/*
 * IPv6: a front of hashed bits decides that an address is clean. The hash of its first 32 bits picks two bits of v6_front32:
 * LOOKUP, a prefix of up to /63 is near; DEEPER, a longer one is, and the hash of the first 64 bits picks its bit of v6_front64.
 */
#define FB_V6_SLOT_BITS 22
#define FB_V6_LOOKUP 1u
#define FB_V6_DEEPER 2u
#define FB_V6_HASH_A 0x9e3779b1u
#define FB_V6_HASH_B 0x85ebca6bu
#define FB_V6_HASH_C 0x2c1b3c6du

/* An entry that is decided by look-up: IPv6 entries, allow entries, and IPv4 blocks that end or only monitor. */
struct fb_rule {
	__u64 expires_ns; /* CLOCK_BOOTTIME; 0: no end */
	__u32 flags; /* FB_RULE_* */
	__u32 length; /* of the prefix, bits: where a shorter match goes on from */
};

#define FB_RULE_MONITOR 1u

struct fb_v4_key {
	__u32 length; /* bits */
	__u8 address[4]; /* network order */
};

struct fb_v6_key {
	__u32 length; /* bits */
	__u8 address[16]; /* network order */
};

/* An entry of either family as the key of its hits. IPv4 addresses fill the first 4 bytes of `address`, the rest is 0. */
struct fb_entry_key {
	__u32 family; /* 4 or 6 */
	__u32 length; /* bits */
	__u8 address[16]; /* network order */
};

/* An address as a key; in fb_sources IPv4 is in its IPv4-mapped form. */
struct fb_address {
	__u8 address[16]; /* network order */
};

struct fb_hits {
	__u64 packets; /* sources: an estimate, the sum of weights. Entries: exact */
	__u64 last_ns; /* CLOCK_BOOTTIME of the last one that was recorded */
};

/* One for each processor. Every packet is in passed or dropped; of the other counts, overtagged is of the dropped, the rest of the passed. */
struct fb_counters {
	__u64 passed_packets;
	__u64 passed_bytes;
	__u64 dropped_packets;
	__u64 dropped_bytes;
	__u64 allowed_packets; /* would have been dropped or monitored but for an allow entry */
	__u64 monitored_packets; /* matched by monitor-only entries */
	__u64 malformed_packets; /* too short for a header that they announce, or an impossible one */
	/* Sampling of drops. The first FB_BURST of a timer tick count 1 each; of the rest every FB_SAMPLE-th counts FB_SAMPLE. */
	__u64 tick; /* jiffies */
	__u32 tick_drops;
	__u32 tick_events;
	__u64 rest; /* drops past the burst of their tick, over all ticks */
	/* Whether fb_v4_recent is in use: tried for one of FB_TRIALS spans of FB_SPAN drops, kept on while it decides a quarter of them. */
	__u32 recent_on;
	__u32 recent_misses; /* of this span */
	__u64 overtagged_packets; /* behind more VLAN tags than are looked through */
};

#define FB_BURST 16
#define FB_SAMPLE 256
#define FB_SPAN 32768 /* a multiple of FB_SAMPLE */
#define FB_TRIALS 8

/* The most events per tick and processor. */
#define FB_TICK_EVENTS 4

/* The counts say when a map is not worth a look: above zero before the first entry is in. */
struct fb_control {
	__u32 v4_exact;
	__u32 v4_prefixes;
	__u32 v4_allowed;
	__u32 v6_exact;
	__u32 v6_prefixes;
	__u32 v6_allowed;
	__u32 events; /* not 0: the agent reads fb_events */
	__u32 v4_sparse; /* not 0: few blocks are in use, v4_summary is worth a look */
	__u32 v4_recent; /* generation of fb_v4_recent, below FB_RECENT_GENERATIONS; 0: not in use */
	__u32 unused[7]; /* to the end of a cache line */
};

/*
 * The one value of fb_bits, written by user space alone: what nearly every packet asks, behind a single pointer. A separate map for each would
 * cost a packet a dozen more instructions each time, with the key's way through memory in between. Below 4 MB, which is the most that
 * Linux 5.15 takes.
 */
struct fb_bits {
	struct fb_control control;
	__u64 v4_summary[FB_V4_BLOCKS / 64]; /* 64 blocks per word */
	__u64 v4_front[FB_V4_BLOCKS];
	__u64 v6_front32[1 << (FB_V6_SLOT_BITS - 5)]; /* 32 slots of two bits per word */
	__u64 v6_front64[1 << (FB_V6_SLOT_BITS - 6)]; /* 64 slots of one bit per word */
};

#define FB_EVENT_DROP 1u
#define FB_EVENT_MONITOR 2u

struct fb_event {
	__u64 time_ns; /* CLOCK_BOOTTIME */
	__u8 source[16]; /* network order, IPv4 in its mapped form */
	__u32 interface; /* index of the interface that it came in by */
	__u32 weight; /* packets that it stands for */
	__u32 bytes; /* of this packet */
	__u32 verdict; /* FB_EVENT_* */
};

#endif
