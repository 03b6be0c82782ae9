// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* For tests: a generator of packets, and a witness of those that got past the XDP hook. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/* Sources first, first + 1, ... first + count - 1, in turn; host byte order. */
struct range {
	__u32 first;
	__u32 count;
	__u32 next;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct range);
} sources SEC(".maps");

/* IPv4 packets by interface index. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} seen SEC(".maps");

/* Run on live frames: sends the packet out of the interface of its context, from the next source. */
SEC("xdp")
int flood(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct iphdr *ip = (void *)(eth + 1);
	__u32 zero = 0, sum = 0;
	struct range *range = bpf_map_lookup_elem(&sources, &zero);

	if ((void *)(ip + 1) > end || !range || !range->count)
		return XDP_ABORTED;
	ip->saddr = bpf_htonl(range->first + range->next++ % range->count);
	ip->check = 0;
#pragma unroll
	for (int i = 0; i < 10; i++)
		sum += ((__u16 *)ip)[i];
	sum = (sum & 0xffff) + (sum >> 16);
	ip->check = ~((sum & 0xffff) + (sum >> 16));
	return XDP_TX;
}

/* On ingress behind the XDP hook: counts, changes nothing. */
SEC("tc")
int witness(struct __sk_buff *skb)
{
	__u32 index = skb->ifindex;
	__u64 one = 1, *count = bpf_map_lookup_elem(&seen, &index);

	if (skb->protocol != bpf_htons(ETH_P_IP))
		return TC_ACT_UNSPEC;
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&seen, &index, &one, BPF_NOEXIST);
	return TC_ACT_UNSPEC;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
