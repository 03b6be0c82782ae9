// Clocks that a test moves.
import type { AgentClock } from '../../agent/host/boot-clock.ts';

export class FakeClock implements AgentClock {
  bootId = 'boot-1';
  boot = 1_000_000;
  wall = 1_700_000_000_000;
  wallMs = () => this.wall;
  monotonicMs = () => this.boot;
  bootMs = () => this.boot;

  advance(ms: number): void {
    this.boot += ms;
    this.wall += ms;
  }

  reboot(downMs: number): void {
    this.bootId = `boot-after-${this.bootId}`;
    this.boot = 5000;
    this.wall += downMs;
  }
}
