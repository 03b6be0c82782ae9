/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From the first byte of a frame to its source address: Ethernet, VLAN tags, the fixed IPv4 or IPv6 header. What lies behind the
 * fixed header does not matter: fragments, options and extension headers have their source in it like any other packet.
 */
#ifndef FLEETBLOCK_PARSE_H
#define FLEETBLOCK_PARSE_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/*
 * Linux takes any number of priority tags (VLAN 0) off a frame, even without a VLAN device: anyone on the Ethernet segment could
 * put a packet behind as many as it takes. No legitimate packet has more than this.
 */
#define FB_VLAN_TAGS 8

struct fb_vlan_header {
	__be16 tag;
	__be16 protocol;
};

enum fb_packet {
	FB_PACKET_OTHER, /* neither IPv4 nor IPv6 */
	FB_PACKET_V4,
	FB_PACKET_V6,
	FB_PACKET_MALFORMED,
	FB_PACKET_OVERTAGGED, /* more than FB_VLAN_TAGS */
};

struct fb_source {
	__be32 v4;
	const struct in6_addr *v6;
};

static __always_inline int fb_is_vlan(__be16 protocol)
{
	return protocol == bpf_htons(ETH_P_8021Q) || protocol == bpf_htons(ETH_P_8021AD);
}

/*
 * Where the tags of a tagged frame end: the offset of the ethertype behind them. 0 when the frame ends before, above the offset of the
 * last tag allowed when there are more. Global, not static: its caller then knows only that the result is a number,
 * and the verifier does not walk the rest of the program once for each count of tags.
 */
__noinline int fb_skip_tags(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *end = (void *)(long)ctx->data_end;
	int offset = offsetof(struct ethhdr, h_proto);

#pragma unroll
	for (int i = 0; i <= FB_VLAN_TAGS; i++) {
		__be16 *protocol = data + offset;

		if ((void *)(protocol + 1) > end)
			return 0;
		if (!fb_is_vlan(*protocol))
			break;
		offset += sizeof(struct fb_vlan_header);
	}
	return offset;
}

#define FB_DEEPEST (offsetof(struct ethhdr, h_proto) + FB_VLAN_TAGS * sizeof(struct fb_vlan_header))

/* An IPv6 source inside ::ffff:0:0/96 is decided as the IPv4 address in it: sockets show it as that one. */
static __always_inline enum fb_packet fb_parse(struct xdp_md *ctx, void *data, void *end, struct fb_source *source)
{
	struct ethhdr *ethernet = data;
	void *header = ethernet + 1;
	__be16 protocol;

	if (header > end)
		return FB_PACKET_MALFORMED;
	protocol = ethernet->h_proto;
	if (__builtin_expect(fb_is_vlan(protocol), 0)) {
		__u32 offset = fb_skip_tags(ctx);
		__be16 *behind;

		if (offset == 0)
			return FB_PACKET_MALFORMED;
		if (offset > FB_DEEPEST)
			return FB_PACKET_OVERTAGGED;
		behind = data + offset;
		header = behind + 1;
		if (header > end)
			return FB_PACKET_MALFORMED;
		protocol = *behind;
	}
	if (protocol == bpf_htons(ETH_P_IP)) {
		struct iphdr *ip = header;

		if ((void *)(ip + 1) > end || ip->version != 4 || ip->ihl < 5)
			return FB_PACKET_MALFORMED;
		source->v4 = ip->saddr;
		return FB_PACKET_V4;
	}
	if (protocol == bpf_htons(ETH_P_IPV6)) {
		struct ipv6hdr *ip = header;
		const __be32 *words = ip->saddr.s6_addr32;

		if ((void *)(ip + 1) > end || ip->version != 6)
			return FB_PACKET_MALFORMED;
		if (__builtin_expect(words[0] == 0, 0) && words[1] == 0 && words[2] == bpf_htonl(0xffff)) {
			/* Volatile, or one load would serve both families, and IPv4 pay for finding its place. */
			source->v4 = *(volatile const __be32 *)&words[3];
			return FB_PACKET_V4;
		}
		source->v6 = &ip->saddr;
		return FB_PACKET_V6;
	}
	return FB_PACKET_OTHER;
}

#endif
