/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The maps. Entry counts here are for the default limits; user space sets others before it loads the object, from
 * agent/datapath/decision/limits.ts. Included by the program alone.
 */
#ifndef FLEETBLOCK_MAPS_H
#define FLEETBLOCK_MAPS_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "layout.h"

/* Named by bytes; the records are there so that the object's BTF has the structure. */
struct fb_page {
	union {
		__u8 bytes[FB_PAGE_BYTES];
		struct fb_record records[FB_PAGE_BYTES / sizeof(struct fb_record)];
	};
};

/* One value, like fb_bits, which has no room for it. */
struct fb_index {
	__u32 words[FB_V4_BLOCKS];
};

struct fb_recent_page {
	__u32 words[1 << FB_RECENT_PAGE_BITS];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct fb_bits);
} fb_bits SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, FB_RECENT_PAGES);
	__type(key, __u32);
	__type(value, struct fb_recent_page);
} fb_v4_recent SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct fb_index);
} fb_v4_index SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 8192);
	__type(key, __u32);
	__type(value, struct fb_page);
} fb_v4_arena SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, struct fb_page);
} fb_v4_bitmaps SEC(".maps");

/* IPv4 /32 blocks that end or only monitor. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 20);
	__type(key, __be32);
	__type(value, struct fb_rule);
} fb_v4_exact SEC(".maps");

/* IPv4 prefixes shorter than /32 that end or only monitor. */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 20);
	__type(key, struct fb_v4_key);
	__type(value, struct fb_rule);
} fb_v4_prefixes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 20);
	__type(key, struct fb_v4_key);
	__type(value, struct fb_rule);
} fb_v4_allowed SEC(".maps");

/* IPv6 /128 blocks. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 20);
	__type(key, struct fb_address);
	__type(value, struct fb_rule);
} fb_v6_exact SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 20);
	__type(key, struct fb_v6_key);
	__type(value, struct fb_rule);
} fb_v6_prefixes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 20);
	__type(key, struct fb_v6_key);
	__type(value, struct fb_rule);
} fb_v6_allowed SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct fb_counters);
} fb_counters SEC(".maps");

/* Drops by source, the most recent 32,768 of them. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1 << 15);
	__type(key, struct fb_address);
	__type(value, struct fb_hits);
} fb_sources SEC(".maps");

/* Hits of entries that are decided by look-up, the most recent 32,768 of them. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1 << 15);
	__type(key, struct fb_entry_key);
	__type(value, struct fb_hits);
} fb_entry_hits SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 18);
} fb_events SEC(".maps");

#endif
