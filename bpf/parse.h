/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From the first byte of a frame to its source address: Ethernet, up to two VLAN tags, the fixed IPv4 or IPv6 header. What lies
 * behind the fixed header does not matter: fragments, options and extension headers have their source in it like any other packet.
 */
#ifndef FLEETBLOCK_PARSE_H
#define FLEETBLOCK_PARSE_H

#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define FB_VLAN_TAGS 2

struct fb_vlan_header {
	__be16 tag;
	__be16 protocol;
};

enum fb_packet {
	FB_PACKET_OTHER, /* neither IPv4 nor IPv6 */
	FB_PACKET_V4,
	FB_PACKET_V6,
	FB_PACKET_MALFORMED,
};

static __always_inline int fb_is_vlan(__be16 protocol)
{
	return protocol == bpf_htons(ETH_P_8021Q) || protocol == bpf_htons(ETH_P_8021AD);
}

/* Sets *header to the IP header. */
static __always_inline enum fb_packet fb_parse(void *data, void *end, void **header)
{
	struct ethhdr *ethernet = data;
	void *cursor = ethernet + 1;
	__be16 protocol;

	if (cursor > end)
		return FB_PACKET_MALFORMED;
	protocol = ethernet->h_proto;
#pragma unroll
	for (int i = 0; i < FB_VLAN_TAGS; i++) {
		struct fb_vlan_header *vlan = cursor;

		if (!fb_is_vlan(protocol))
			break;
		cursor = vlan + 1;
		if (cursor > end)
			return FB_PACKET_MALFORMED;
		protocol = vlan->protocol;
	}
	*header = cursor;
	if (protocol == bpf_htons(ETH_P_IP)) {
		struct iphdr *ip = cursor;

		if ((void *)(ip + 1) > end || ip->version != 4 || ip->ihl < 5)
			return FB_PACKET_MALFORMED;
		return FB_PACKET_V4;
	}
	if (protocol == bpf_htons(ETH_P_IPV6)) {
		struct ipv6hdr *ip = cursor;

		if ((void *)(ip + 1) > end || ip->version != 6)
			return FB_PACKET_MALFORMED;
		return FB_PACKET_V6;
	}
	return FB_PACKET_OTHER;
}

#endif
