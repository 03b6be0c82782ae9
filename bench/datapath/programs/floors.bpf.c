// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What no filter can be quicker than. */
#include <linux/bpf.h>

#include "parse.h"

SEC("xdp")
int bare_drop(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_DROP;
}

/* Reads as far as the source address, as fleetblock does, and looks nothing up. */
SEC("xdp")
int parse_only(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *header = data;
	enum fb_packet kind = fb_parse(data, (void *)(long)ctx->data_end, &header);

	if (kind == FB_PACKET_V4 && ((struct iphdr *)header)->saddr == 0)
		return XDP_PASS;
	if (kind == FB_PACKET_V6 && ((struct ipv6hdr *)header)->saddr.s6_addr32[0] == 0)
		return XDP_PASS;
	return XDP_DROP;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
