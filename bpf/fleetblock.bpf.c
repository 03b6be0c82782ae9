// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The XDP program: drops what the maps list, passes and counts the rest. It never aborts and never redirects; a packet that it
 * cannot read is left to the stack, except one that hides behind a pile of VLAN tags.
 */
#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "account.h"
#include "decide.h"
#include "parse.h"

#ifdef FB_CLEAN_IS_DROP
/* For benchmarks: the stack's cost of a clean packet stays out of the measurement. */
#define FB_PASS XDP_DROP
#else
#define FB_PASS XDP_PASS
#endif

/* Filled in by libbpf when it loads the object, so that the verifier sees a constant. */
extern int LINUX_KERNEL_VERSION __kconfig;

/* Drivers fill the first buffer of a packet before they begin another, and none has buffers this small. */
#define FB_SMALLEST_BUFFER 1024

static __always_inline void fb_pack_source(enum fb_packet kind, const struct fb_source *source, __u64 *high, __u64 *low)
{
	if (kind == FB_PACKET_V4) {
		__be32 mapped[2] = { bpf_htonl(0xffff), source->v4 };

		*high = 0;
		__builtin_memcpy(low, mapped, sizeof(*low));
	} else {
		__builtin_memcpy(high, &source->v6->s6_addr32[0], sizeof(*high));
		__builtin_memcpy(low, &source->v6->s6_addr32[2], sizeof(*low));
	}
}

/* Loaded with BPF_F_XDP_HAS_FRAGS where the kernel knows it: MTU 9000 and LRO give packets of several buffers, headers in the first. */
SEC("xdp")
int fleetblock(struct xdp_md *ctx)
{
	const __u32 zero = 0;
	void *data = (void *)(long)ctx->data;
	void *end = (void *)(long)ctx->data_end;
	struct fb_source source = {};
	struct fb_counters *counters = bpf_map_lookup_elem(&fb_counters, &zero);
	struct fb_bits *bits = bpf_map_lookup_elem(&fb_bits, &zero);
	enum fb_verdict verdict = FB_CLEAR;
	__u64 bytes = end - data;
	__u64 high, low;
	__u32 weight;
	enum fb_packet kind;

	if (!counters || !bits)
		return FB_PASS;
	if (bytes >= FB_SMALLEST_BUFFER && LINUX_KERNEL_VERSION >= KERNEL_VERSION(5, 18, 0))
		bytes = bpf_xdp_get_buff_len(ctx);

	kind = fb_parse(ctx, data, end, &source);
	if (kind == FB_PACKET_V4) {
		verdict = fb_decide_v4(bits, source.v4, counters);
	} else if (kind == FB_PACKET_V6) {
		verdict = fb_decide_v6(bits, source.v6);
	} else if (kind == FB_PACKET_MALFORMED) {
		counters->malformed_packets++;
	} else if (kind == FB_PACKET_OVERTAGGED) {
		counters->overtagged_packets++;
		counters->dropped_packets++;
		counters->dropped_bytes += bytes;
		return XDP_DROP;
	}

	if (verdict == FB_DROP) {
		counters->dropped_packets++;
		counters->dropped_bytes += bytes;
		weight = fb_weight(counters);
		if (weight) {
			fb_pack_source(kind, &source, &high, &low);
			fb_record_source(high, low, ctx->ingress_ifindex, (__u64)weight << 32 | FB_EVENT_DROP, bytes);
		}
		return XDP_DROP;
	}
	counters->passed_packets++;
	counters->passed_bytes += bytes;
	if (verdict == FB_ALLOW) {
		counters->allowed_packets++;
	} else if (verdict == FB_MONITOR) {
		counters->monitored_packets++;
		weight = fb_weight(counters);
		if (weight) {
			fb_pack_source(kind, &source, &high, &low);
			fb_record_source(high, low, ctx->ingress_ifindex, (__u64)weight << 32 | FB_EVENT_MONITOR, bytes);
		}
	}
	return FB_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
