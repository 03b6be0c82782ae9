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
	struct fb_source source = {};
	enum fb_packet kind = fb_parse(ctx, data, (void *)(long)ctx->data_end, &source);

	if (kind == FB_PACKET_V4 && source.v4 == 0)
		return XDP_PASS;
	if (kind == FB_PACKET_V6 && source.v6->s6_addr32[0] == 0)
		return XDP_PASS;
	return XDP_DROP;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
