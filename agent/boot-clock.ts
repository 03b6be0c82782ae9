// CLOCK_BOOTTIME, the clock by which the kernel ends entries (bpf_ktime_get_boot_ns): unmoved by clock changes, and it
// goes on while the machine sleeps.
import { readFileSync } from 'node:fs';
import { type Clock, systemClock } from '../common/clock.ts';

/** Milliseconds since boot, in steps of 10 (proc_pid_uptime(5): "/proc/uptime", first field). */
export function bootMs(): number {
  return Math.round(Number(readFileSync('/proc/uptime', 'utf8').split(' ', 1)[0]) * 1000);
}

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

export function systemAgentClock(): AgentClock {
  return { ...systemClock, bootMs, bootId: bootId() };
}
