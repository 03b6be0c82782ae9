/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What nearly every packet sees: bits in shared memory that say clean, drop, or look it up. No hash, trie, clock or allowlist.
 * docs/decisions/0012-the-ipv4-decision-structure.md has the reasons and the measurements.
 */
#ifndef FLEETBLOCK_DECIDE_H
#define FLEETBLOCK_DECIDE_H

#include <linux/in6.h>

#include <bpf/bpf_endian.h>

#include "lookup.h"

#define FB_READ_ONCE(x) (*(volatile typeof(x) *)&(x))

/* BPF has no instruction for it. */
static __always_inline __u32 fb_popcount(__u64 x)
{
	x -= (x >> 1) & 0x5555555555555555ULL;
	x = (x & 0x3333333333333333ULL) + ((x >> 2) & 0x3333333333333333ULL);
	x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
	return (x * 0x0101010101010101ULL) >> 56;
}

/* Whether one of the three octets in the low 24 bits of `leaf` is `octet`: looks for a zero byte in the difference. */
static __always_inline int fb_has_octet(__u32 leaf, __u32 octet)
{
	__u32 difference = (leaf ^ (octet * 0x010101u)) & 0xffffffu;

	return ((difference - 0x010101u) & ~difference & 0x808080u) != 0;
}

static __always_inline int fb_in_bitmap(const struct fb_page *page, __u32 offset, __u32 octet)
{
	const __u32 *words = (const __u32 *)(page->bytes + offset);

	return (words[octet >> 5] >> (octet & 31)) & 1;
}

enum fb_bit_verdict {
	FB_BITS_CLEAR,
	FB_BITS_DROP,
	FB_BITS_LOOKUP,
	FB_BITS_LOOKUP_PLAIN, /* a plain block covers it: only allow entries need a look-up */
};

/* What a block's record says of octet `octet` of its /24 number `number`. */
static __always_inline enum fb_bit_verdict fb_read_record(__u32 position, __u32 compact, __u32 number, __u32 octet)
{
	__u32 key = position / FB_PAGE_UNITS;
	__u32 offset = position % FB_PAGE_UNITS * FB_UNIT_BYTES;
	struct fb_page *page = bpf_map_lookup_elem(&fb_v4_arena, &key);
	struct fb_record *record;
	__u64 leafy;
	__u32 leaf;

	if (!page)
		return FB_BITS_CLEAR;
	if (compact) {
		leafy = *(__u64 *)(page->bytes + offset);
		if (!((leafy >> number) & 1))
			return FB_BITS_CLEAR;
		offset += sizeof(leafy) + fb_popcount(leafy & ((1ULL << number) - 1));
		return page->bytes[offset % FB_PAGE_BYTES] == octet ? FB_BITS_DROP : FB_BITS_CLEAR;
	}
	record = (struct fb_record *)(page->bytes + offset);
	if ((record->whole >> number) & 1)
		return FB_BITS_DROP;
	leafy = record->leafy;
	if (!((leafy >> number) & 1))
		return FB_BITS_CLEAR;
	/* Nothing straddles a page: the mask tells the verifier so. */
	offset += sizeof(*record) + fb_popcount(leafy & ((1ULL << number) - 1)) * sizeof(leaf);
	leaf = *(__u32 *)(page->bytes + (offset & (FB_PAGE_BYTES - sizeof(leaf))));

	position = leaf & FB_LEAF_POSITION;
	switch (leaf >> FB_LEAF_KIND_SHIFT) {
	case FB_LEAF_OCTETS:
		return fb_has_octet(leaf, octet) ? FB_BITS_DROP : FB_BITS_CLEAR;
	case FB_LEAF_LOOKUP_OCTETS:
		return fb_has_octet(leaf, octet) ? FB_BITS_LOOKUP : FB_BITS_CLEAR;
	case FB_LEAF_BITMAP:
		key = position / FB_PAGE_UNITS;
		page = bpf_map_lookup_elem(&fb_v4_bitmaps, &key);
		if (!page)
			return FB_BITS_CLEAR;
		/* Bitmaps lie at multiples of their size, pairs of them too. */
		offset = position * FB_UNIT_BYTES % FB_PAGE_BYTES / FB_BITMAP_BYTES * FB_BITMAP_BYTES;
		return fb_in_bitmap(page, offset, octet) ? FB_BITS_DROP : FB_BITS_CLEAR;
	default:
		key = position / FB_PAGE_UNITS;
		page = bpf_map_lookup_elem(&fb_v4_bitmaps, &key);
		if (!page)
			return FB_BITS_CLEAR;
		offset = position * FB_UNIT_BYTES % FB_PAGE_BYTES / (2 * FB_BITMAP_BYTES) * (2 * FB_BITMAP_BYTES);
		if (!fb_in_bitmap(page, offset, octet))
			return FB_BITS_CLEAR;
		return fb_in_bitmap(page, offset + FB_BITMAP_BYTES, octet) ? FB_BITS_LOOKUP_PLAIN : FB_BITS_LOOKUP;
	}
}

/* `address`: host byte order. */
static __always_inline enum fb_bit_verdict fb_read_bits(struct fb_bits *shared, __u32 address)
{
	__u32 block = address >> 14;
	__u32 number = (address >> 8) & 63;
	__u32 octet = address & 255;
	const __u32 zero = 0;
	enum fb_bit_verdict bits = FB_BITS_CLEAR;
	struct fb_index *index;
	__u32 word;

#ifndef FB_WITHOUT_FRONT
	__u64 front = shared->v4_front[block];

	front = (front >> FB_FRONT_FIRST(number, octet)) & (front >> FB_FRONT_SECOND(number, octet)) &
		(front >> FB_FRONT_THIRD(number, octet));
	if (!(front & 1))
		return FB_BITS_CLEAR;
#endif
	index = bpf_map_lookup_elem(&fb_v4_index, &zero);
	if (!index)
		return FB_BITS_CLEAR;
	word = FB_READ_ONCE(index->words[block]);
	if (word & FB_POSITION)
		bits = fb_read_record(word & FB_POSITION, word & FB_COMPACT, number, octet);
	if (word & (FB_BLOCK_LOOKUP | FB_BLOCK_ALLOWED)) {
		if (bits == FB_BITS_CLEAR && (word & FB_BLOCK_LOOKUP))
			return FB_BITS_LOOKUP;
		if (bits == FB_BITS_DROP && (word & FB_BLOCK_ALLOWED))
			return FB_BITS_LOOKUP_PLAIN;
	}
	return bits;
}

static __always_inline enum fb_verdict fb_decide_v4(struct fb_bits *shared, __be32 source, struct fb_counters *counters)
{
	__u32 address = bpf_ntohl(source);
	__u32 *recent = 0, wanted = 0;
	enum fb_bit_verdict bits;

	if (shared->control.v4_sparse && !((shared->v4_summary[address >> 20] >> ((address >> 14) & 63)) & 1))
		return FB_CLEAR;
#ifndef FB_WITHOUT_RECENT
	if (counters->recent_on) {
		/* Read before the bits are: what was true of older bits must not count for a newer generation. */
		__u32 generation = FB_READ_ONCE(shared->control.v4_recent);
		__u32 product = address * FB_RECENT_HASH;
		__u32 place = product >> (32 - FB_RECENT_BITS);
		__u32 key = place >> FB_RECENT_PAGE_BITS;
		struct fb_recent_page *page = bpf_map_lookup_elem(&fb_v4_recent, &key);

		if (page && generation) {
			wanted = generation << (32 - FB_RECENT_BITS) | (product & (FB_RECENT_GENERATIONS - 1));
			recent = &page->words[place & ((1 << FB_RECENT_PAGE_BITS) - 1)];
			if (*recent == wanted)
				return FB_DROP;
		}
	}
#endif
	bits = fb_read_bits(shared, address);
	if (bits == FB_BITS_DROP) {
		if (recent) {
			counters->recent_misses++;
			*recent = wanted;
		}
		return FB_DROP;
	}
	return bits == FB_BITS_CLEAR ? FB_CLEAR : fb_look_up_v4(source, bits == FB_BITS_LOOKUP_PLAIN);
}

static __always_inline enum fb_verdict fb_decide_v6(struct fb_bits *shared, const struct in6_addr *source)
{
	__u32 first = bpf_ntohl(source->s6_addr32[0]) * FB_V6_HASH_A;
	__u32 slot = first >> (32 - FB_V6_SLOT_BITS);
	__u32 near = (shared->v6_front32[slot / 32] >> (slot % 32 * 2)) & (FB_V6_LOOKUP | FB_V6_DEEPER);
	__u64 high, low;

	if (near == 0)
		return FB_CLEAR;
	if (near == FB_V6_DEEPER) {
		__u32 hash = first ^ (bpf_ntohl(source->s6_addr32[1]) * FB_V6_HASH_B);

		slot = ((hash ^ (hash >> 15)) * FB_V6_HASH_C) >> (32 - FB_V6_SLOT_BITS);
		if (!((shared->v6_front64[slot / 64] >> (slot % 64)) & 1))
			return FB_CLEAR;
	}
	__builtin_memcpy(&high, &source->s6_addr32[0], sizeof(high));
	__builtin_memcpy(&low, &source->s6_addr32[2], sizeof(low));
	return fb_look_up_v6(high, low);
}

#endif
