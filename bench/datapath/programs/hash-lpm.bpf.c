// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The usual way to block: addresses in a hash, prefixes in a trie, both asked for every packet. No counters, no allowlist. */
#include <linux/bpf.h>

#include "parse.h"

struct key {
	__u32 length;
	__be32 address;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1 << 20);
	__type(key, __be32);
	__type(value, __u32);
} addresses SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 16);
	__type(key, struct key);
	__type(value, __u32);
} prefixes SEC(".maps");

#ifdef CLEAN_IS_DROP
#define PASS XDP_DROP
#else
#define PASS XDP_PASS
#endif

SEC("xdp")
int hash_lpm(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	struct fb_source source = {};
	struct key key = { .length = 32 };

	if (fb_parse(ctx, data, (void *)(long)ctx->data_end, &source) != FB_PACKET_V4)
		return PASS;
	key.address = source.v4;
	if (bpf_map_lookup_elem(&addresses, &key.address))
		return XDP_DROP;
	return bpf_map_lookup_elem(&prefixes, &key) ? XDP_DROP : PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
