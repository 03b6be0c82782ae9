// One real agent under measurement: started, watched from outside, stopped. Its event loop is watched from inside by a probe.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ProbeReader } from '../import/probe-reader.ts';

const published = fileURLToPath(new URL('../../dist/agent/main.js', import.meta.url));
const sources = fileURLToPath(new URL('../../agent/main.ts', import.meta.url));
// The sources weigh some 25 MiB more: Node's TypeScript stripper. FLEETBLOCK_AGENT: another build.
export const PROGRAM = process.env.FLEETBLOCK_AGENT ?? (existsSync(published) ? published : sources);
// As in the program's first line.
const FLAGS = ['--max-semi-space-size=1', '--expose-gc'];
/** Clock ticks of /proc/PID/stat, milliseconds. */
const TICK_MS = 10;

export const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export interface Resident {
  /** As ps and top say it (VmRSS), bytes. */
  readonly whole: number;
  /** Of that, pages of the kernel's own maps. */
  readonly ofMaps: number;
}

/** Resident memory of a process. */
export function residentBytes({ pid }: ChildProcess): Resident {
  const whole = Number(/^VmRSS:\s+([0-9]+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
  let kilobytes = 0;
  let ofMap = false;
  for (const line of readFileSync(`/proc/${pid}/smaps`, 'utf8').split('\n')) {
    if (/^[0-9a-f]+-[0-9a-f]+ /.test(line)) ofMap = line.includes('anon_inode:bpf-map');
    else if (ofMap && line.startsWith('Rss:')) kilobytes += Number(/([0-9]+) kB/.exec(line)?.[1]);
  }
  return { whole, ofMaps: kilobytes * 1024 };
}

/** The median of a few looks: an audit may be under way in one of them. */
export async function steadyBytes(child: ChildProcess): Promise<Resident> {
  const looks: Resident[] = [];
  for (let look = 0; look < 9; look++) {
    looks.push(residentBytes(child));
    await later(500);
  }
  const median = looks.toSorted((a, b) => a.whole - b.whole)[looks.length >> 1];
  if (!median) throw new Error('no looks');
  return median;
}

/** Processor time that a process has used, milliseconds. */
export function cpuMs({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  // utime and stime (proc_pid_stat(5), fields 14 and 15).
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

export async function stopped(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await gone;
}

/** Resident memory of a Node process that does nothing. */
export async function idleBytes(): Promise<number> {
  const idle = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { stdio: 'ignore' });
  await later(1500);
  const { whole } = residentBytes(idle);
  await stopped(idle, 'SIGKILL');
  return whole;
}

/** Starts agents whose event loops are watched. */
export class AgentStarter {
  readonly #args: readonly string[];
  readonly #scratch: string;
  readonly #probe: string;
  readonly #reader: ProbeReader;

  /** `args`: of the program. `scratch`: a directory for the probe. */
  constructor(args: readonly string[], scratch: string) {
    this.#args = args;
    this.#scratch = scratch;
    // As JavaScript: loading the source would put the stripper into the process that is weighed.
    this.#probe = join(scratch, 'loop-probe.mjs');
    const source = readFileSync(new URL('../import/loop-probe.ts', import.meta.url), 'utf8');
    writeFileSync(this.#probe, stripTypeScriptTypes(source));
    this.#reader = new ProbeReader(scratch);
  }

  start(): ChildProcess {
    return spawn(process.execPath, [...FLAGS, '--import', this.#probe, PROGRAM, ...this.#args], {
      stdio: ['ignore', 'ignore', process.env.VERBOSE ? 'inherit' : 'ignore'],
      env: { ...process.env, FLEETBLOCK_LOOP_PROBE: this.#scratch },
    });
  }

  /** @returns the longest stall of its event loop since the last call, milliseconds */
  longestStall({ pid }: ChildProcess): Promise<number> {
    return this.#reader.longestStall(pid);
  }
}
