// CLOCK_BOOTTIME, the clock by which the kernel ends entries (bpf_ktime_get_boot_ns): unmoved by clock changes, and it
// goes on while the machine sleeps.
import { readFileSync } from 'node:fs';
import { type Clock, systemClock } from '../../common/time/clock.ts';

/** Names this boot (random(4)): boot-time values of another boot mean nothing. */
export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/** The clocks of an agent, handed in so that tests can move them. */
export interface AgentClock extends Clock {
  /** Milliseconds since boot, time asleep included. */
  bootMs(): number;
  /** Names the boot that `bootMs` counts from. */
  readonly bootId: string;
}

/** How long a difference of the two clocks is gone by, milliseconds. */
const READ_AGAIN_MS = 1000;
/** A wall clock that moved more than this against the monotonic one was set, or the machine slept: milliseconds. */
const WALL_SLACK_MS = 50;

/**
 * Milliseconds since boot: the monotonic clock plus what it differs by, which only sleep changes. That difference is read
 * once a second, and at once when the wall clock has jumped: reading it for every change would be half of a change's cost.
 * `readUptime`: milliseconds since boot, time asleep included.
 */
export function bootClock(clock: Clock, readUptime: () => number): () => number {
  let differenceMs = 0;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let wallOffsetMs = 0;
  return () => {
    const now = clock.monotonicMs();
    const wallOffset = clock.wallMs() - now;
    if (now - readAtMs >= READ_AGAIN_MS || Math.abs(wallOffset - wallOffsetMs) > WALL_SLACK_MS) {
      const uptime = readUptime();
      // Read after the other clock: a process that is delayed in between must not run ahead of the kernel for a second.
      differenceMs = uptime - clock.monotonicMs();
      readAtMs = now;
      wallOffsetMs = wallOffset;
    }
    return Math.round(now + differenceMs);
  };
}

/** In steps of 10 (proc_pid_uptime(5): "/proc/uptime", first field). */
function uptimeMs(): number {
  return Math.round(Number(readFileSync('/proc/uptime', 'utf8').split(' ', 1)[0]) * 1000);
}

/** Milliseconds since boot, time asleep included; within 10 ms. */
export const bootMs = bootClock(systemClock, uptimeMs);

/** The machine's clocks, with the boot id that tells one boot's times from another's. */
export function systemAgentClock(): AgentClock {
  return { ...systemClock, bootMs, bootId: bootId() };
}
