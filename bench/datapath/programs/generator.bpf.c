// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Traffic for the benchmarks. Each run gives the packet another source and sends it on: back out of the interface (XDP_TX, for
 * live frames over a veth pair) or into the program under test by tail call. Sources are worked out, not read from memory, so
 * that the load leaves the caches to what is measured; bench/datapath/sources.ts works them out in the same way.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define RANDOM 0 /* any address */
#define ADDRESSES 1 /* the list's addresses number 0 .. count - 1 */
#define PREFIXES 2 /* any address inside the list's prefixes number 0 .. count - 1 */

struct load {
	__u32 kind;
	__u32 count;
	__u64 state;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct load);
} load SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, 4);
	__uint(value_size, 4);
} under_test SEC(".maps");

/* A bijection of the 32-bit numbers: different numbers give different addresses (MurmurHash3's finalizer). */
static __always_inline __u32 mix(__u32 x)
{
	x ^= x >> 16;
	x *= 0x85ebca6bu;
	x ^= x >> 13;
	x *= 0xc2b2ae35u;
	return x ^ (x >> 16);
}

static __always_inline __u32 prefix_length(__u32 number)
{
	__u32 share = number % 20;

	if (share < 12)
		return 24;
	if (share < 17)
		return 20 + (number / 20) % 4;
	if (share < 19)
		return 25 + (number / 20) % 6;
	return 16 + (number / 20) % 4;
}

static __always_inline __u32 next_source(struct load *load)
{
	__u32 high, low, number;

	/* xorshift64* */
	load->state ^= load->state >> 12;
	load->state ^= load->state << 25;
	load->state ^= load->state >> 27;
	high = (load->state * 0x2545f4914f6cdd1dULL) >> 32;
	low = (__u32)load->state;
	if (load->kind == RANDOM)
		return high;
	number = ((__u64)high * load->count) >> 32;
	if (load->kind == ADDRESSES)
		return mix(number);
	return (mix(~number) & ~(0xffffffffu >> prefix_length(number))) | (low & (0xffffffffu >> prefix_length(number)));
}

static __always_inline int rewrite(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	struct ethhdr *ethernet = data;
	struct iphdr *ip = (void *)(ethernet + 1);
	const __u32 zero = 0;
	struct load *now = bpf_map_lookup_elem(&load, &zero);
	__u32 sum, source;

	if (!now || (void *)(ip + 1) > (void *)(long)ctx->data_end)
		return -1;
	source = bpf_htonl(next_source(now));
	/* The stack looks at the checksum before netfilter does. `id` holds the sum of the rest, and is itself a part of it all. */
	sum = 2 * ip->id + (source & 0xffff) + (source >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	ip->saddr = source;
	ip->check = ~sum;
	return 0;
}

SEC("xdp")
int transmit(struct xdp_md *ctx)
{
	return rewrite(ctx) ? XDP_ABORTED : XDP_TX;
}

SEC("xdp")
int drive(struct xdp_md *ctx)
{
	if (rewrite(ctx) == 0)
		bpf_tail_call(ctx, &under_test, 0);
	return XDP_ABORTED;
}

SEC("xdp")
int drive_nothing(struct xdp_md *ctx)
{
	return rewrite(ctx) ? XDP_ABORTED : XDP_DROP;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
