/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Accounting apart from deciding. Totals always, in memory of the processor's own. Who was dropped: each of the first drops of a
 * timer tick, then a sample, so that a flood costs one counter and one addition per packet. Events pass the same gate.
 */
#ifndef FLEETBLOCK_ACCOUNT_H
#define FLEETBLOCK_ACCOUNT_H

#include "lookup.h"

/* At the end of a span of drops: whether fb_v4_recent is worth its cache lines. Between trials it costs nothing. */
static __always_inline void fb_judge_recent(struct fb_counters *counters)
{
	if (counters->recent_on)
		counters->recent_on = counters->recent_misses < FB_SPAN / 4 * 3;
	else
		counters->recent_on = counters->rest / FB_SPAN % FB_TRIALS == 1;
	counters->recent_misses = 0;
}

/* How many packets this one stands for in the accounts by source: 0 when it is not recorded. No clock is read. */
static __always_inline __u32 fb_weight(struct fb_counters *counters)
{
	__u64 tick = bpf_jiffies64();

	if (counters->tick != tick) {
		/* The flood is over: clean packets need the cache more. */
		if (counters->tick_drops < FB_BURST)
			counters->recent_on = 0;
		counters->tick = tick;
		counters->tick_drops = 0;
		counters->tick_events = 0;
	}
	if (counters->tick_drops < FB_BURST) {
		counters->tick_drops++;
		return 1;
	}
	/* Not reset with the tick: what is left over counts in the next one. */
	if (++counters->rest & (FB_SAMPLE - 1))
		return 0;
	if ((counters->rest & (FB_SPAN - 1)) == 0)
		fb_judge_recent(counters);
	return FB_SAMPLE;
}

static __always_inline void fb_send_event(struct fb_counters *counters, const struct fb_address *source, __u64 now,
					  __u32 interface, __u32 weight, __u32 bytes, __u32 verdict)
{
	struct fb_event *event;

	if (counters->tick_events >= FB_TICK_EVENTS)
		return;
	counters->tick_events++;
	event = bpf_ringbuf_reserve(&fb_events, sizeof(*event), 0);
	if (!event)
		return;
	event->time_ns = now;
	__builtin_memcpy(event->source, source->address, sizeof(event->source));
	event->interface = interface;
	event->weight = weight;
	event->bytes = bytes;
	event->verdict = verdict;
	bpf_ringbuf_submit(event, 0);
}

/* `high` and `low`: the source as it lies in memory, IPv4 mapped. */
__noinline int fb_record_source(__u64 high, __u64 low, __u32 interface, __u64 weight_and_verdict, __u32 bytes)
{
	const __u32 zero = 0;
	struct fb_bits *bits = bpf_map_lookup_elem(&fb_bits, &zero);
	struct fb_counters *counters = bpf_map_lookup_elem(&fb_counters, &zero);
	__u32 weight = weight_and_verdict >> 32;
	__u32 verdict = (__u32)weight_and_verdict;
	__u64 now = bpf_ktime_get_boot_ns();
	struct fb_address key;

	__builtin_memcpy(&key.address[0], &high, sizeof(high));
	__builtin_memcpy(&key.address[8], &low, sizeof(low));
	if (verdict == FB_EVENT_DROP)
		fb_count_hit(&fb_sources, &key, weight, now);
	if (bits && counters && bits->control.events)
		fb_send_event(counters, &key, now, interface, weight, bytes, verdict);
	return 0;
}

#endif
