/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Deciding by look-up: hash, tries and the clock. Only addresses come here that the decision structures of decide.h sent:
 * listed IPv6 addresses, and IPv4 ones near entries that end, only monitor, or allow.
 */
#ifndef FLEETBLOCK_LOOKUP_H
#define FLEETBLOCK_LOOKUP_H

#include <bpf/bpf_endian.h>

#include "maps.h"

enum fb_verdict {
	FB_CLEAR, /* not listed: pass */
	FB_DROP,
	FB_MONITOR, /* listed, to be counted only: pass */
	FB_ALLOW, /* listed, but allowed: pass */
};

static __always_inline int fb_live(const struct fb_rule *rule, __u64 now)
{
	return rule->expires_ns == 0 || rule->expires_ns > now;
}

/*
 * Goes through the matches in a trie from the longest to the shortest: an entry that has ended hides nothing, and one that only
 * monitors does not weaken a block around it. A key's own length limits what it matches, so the next shorter match is one look-up
 * away. `length` points into `key`. *matched is the length of the deciding entry.
 */
static __always_inline enum fb_verdict fb_walk(void *trie, void *key, __u32 *length, const int bits, __u64 now, __u32 *matched)
{
	enum fb_verdict verdict = FB_CLEAR;

	for (int i = 0; i <= bits; i++) {
		struct fb_rule *rule = bpf_map_lookup_elem(trie, key);

		if (!rule)
			break;
		if (fb_live(rule, now)) {
			if (!(rule->flags & FB_RULE_MONITOR)) {
				*matched = rule->length;
				return FB_DROP;
			}
			if (verdict == FB_CLEAR) {
				verdict = FB_MONITOR;
				*matched = rule->length;
			}
		}
		if (rule->length == 0 || rule->length > (__u32)bits)
			break;
		*length = rule->length - 1;
	}
	return verdict;
}

/* Combines what the exact map has with what the trie has: a block beats a monitor, the longer of two monitors counts. */
static __always_inline enum fb_verdict fb_exact(const struct fb_rule *rule, __u64 now)
{
	if (!rule || !fb_live(rule, now))
		return FB_CLEAR;
	return rule->flags & FB_RULE_MONITOR ? FB_MONITOR : FB_DROP;
}

static __always_inline void fb_count_hit(void *map, const void *key, __u64 packets, __u64 now)
{
	struct fb_hits *hits = bpf_map_lookup_elem(map, key);
	struct fb_hits fresh = { .packets = packets, .last_ns = now };

	/* Two processors may meet here: the one that comes second to make the row adds to it. */
	if (!hits && bpf_map_update_elem(map, key, &fresh, BPF_NOEXIST) != 0)
		hits = bpf_map_lookup_elem(map, key);
	if (!hits)
		return;
	__sync_fetch_and_add(&hits->packets, packets);
	hits->last_ns = now;
}

static __always_inline __be32 fb_mask_word(__be32 word, __u32 length, __u32 word_number)
{
	__u32 from = word_number * 32;

	if (length <= from)
		return 0;
	if (length >= from + 32)
		return word;
	return word & bpf_htonl(~0u << (32 - (length - from)));
}

static __always_inline void fb_count_entry(__u32 family, const __be32 *address, __u32 length, __u64 now)
{
	struct fb_entry_key key = { .family = family, .length = length };
	__be32 *masked = (__be32 *)key.address;

#pragma unroll
	for (int i = 0; i < 4; i++)
		masked[i] = family == 4 && i > 0 ? 0 : fb_mask_word(address[i], length, i);
	fb_count_hit(&fb_entry_hits, &key, 1, now);
}

/*
 * `plain`: a block that neither ends nor only monitors covers the source; bits said so.
 * This and the other functions that are not inlined are global, not static: the verifier then walks each separately and once, not
 * once per caller, which saves a fifth of the instructions (142,000 of the 1,000,000 allowed).
 */
__noinline int fb_look_up_v4(__be32 source, __u32 plain)
{
	const __u32 zero = 0;
	struct fb_bits *bits = bpf_map_lookup_elem(&fb_bits, &zero);
	struct fb_control *control;
	__be32 address[4] = { source };
	struct fb_v4_key key = { .length = 31 };
	enum fb_verdict verdict = FB_CLEAR;
	__u32 matched = 32;
	__u64 now = bpf_ktime_get_boot_ns();

	if (!bits)
		return FB_CLEAR;
	control = &bits->control;
	__builtin_memcpy(key.address, &source, sizeof(source));
	if (plain) {
		verdict = FB_DROP;
	} else {
		if (control->v4_exact)
			verdict = fb_exact(bpf_map_lookup_elem(&fb_v4_exact, &source), now);
		if (verdict != FB_DROP && control->v4_prefixes) {
			__u32 length = 0;
			enum fb_verdict wider = fb_walk(&fb_v4_prefixes, &key, &key.length, 31, now, &length);

			if (wider == FB_DROP || verdict == FB_CLEAR) {
				verdict = wider;
				matched = length;
			}
		}
		if (verdict == FB_CLEAR)
			return FB_CLEAR;
	}
	if (control->v4_allowed) {
		__u32 length = 0;

		key.length = 32;
		if (fb_walk(&fb_v4_allowed, &key, &key.length, 32, now, &length) == FB_DROP)
			return FB_ALLOW;
	}
	if (!plain)
		fb_count_entry(4, address, matched, now);
	return verdict;
}

__noinline int fb_look_up_v6(__u64 high, __u64 low)
{
	const __u32 zero = 0;
	struct fb_bits *bits = bpf_map_lookup_elem(&fb_bits, &zero);
	struct fb_control *control;
	__u64 address[2] = { high, low };
	struct fb_v6_key key = { .length = 127 };
	enum fb_verdict verdict = FB_CLEAR;
	__u32 matched = 128;
	__u64 now = bpf_ktime_get_boot_ns();

	if (!bits)
		return FB_CLEAR;
	control = &bits->control;
	__builtin_memcpy(key.address, address, sizeof(address));
	if (control->v6_exact)
		verdict = fb_exact(bpf_map_lookup_elem(&fb_v6_exact, address), now);
	if (verdict != FB_DROP && control->v6_prefixes) {
		__u32 length = 0;
		enum fb_verdict wider = fb_walk(&fb_v6_prefixes, &key, &key.length, 127, now, &length);

		if (wider == FB_DROP || verdict == FB_CLEAR) {
			verdict = wider;
			matched = length;
		}
	}
	if (verdict == FB_CLEAR)
		return FB_CLEAR;
	if (control->v6_allowed) {
		__u32 length = 0;

		key.length = 128;
		if (fb_walk(&fb_v6_allowed, &key, &key.length, 128, now, &length) == FB_DROP)
			return FB_ALLOW;
	}
	fb_count_entry(6, (const __be32 *)address, matched, now);
	return verdict;
}

#endif
