// Asks programs that run with loop-probe.ts how long their event loops were blocked.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '../../lab/program.ts';

/** For the environment of the programs. `clock`: see loop-probe.ts. */
export function probeEnv(directory: string, clock: 'wall' | 'processor' = 'wall'): Record<string, string> {
  return {
    FLEETBLOCK_LOOP_PROBE_CLOCK: clock,
    NODE_OPTIONS: `--import=${fileURLToPath(new URL('loop-probe.ts', import.meta.url))}`,
    FLEETBLOCK_LOOP_PROBE: directory,
  };
}

export class ProbeReader {
  readonly #directory: string;
  readonly #reports = new Map<number, number>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** @returns the longest stall since the last call, milliseconds */
  async longestStall(pid: number | undefined): Promise<number> {
    if (pid === undefined) throw new Error('the program does not run');
    const seen = this.#reports.get(pid) ?? 0;
    process.kill(pid, 'SIGUSR2');
    return until('the loop probe', async () => {
      const [count = 0, ms = 0] = this.#read(pid).split(' ').map(Number);
      if (count <= seen) return undefined;
      this.#reports.set(pid, count);
      return ms;
    });
  }

  #read(pid: number): string {
    try {
      return readFileSync(join(this.#directory, `${pid}`), 'utf8');
    } catch {
      return '';
    }
  }
}
