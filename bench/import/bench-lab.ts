// What every part of the import's bench begins with: a lab of the published programs with the loop probe in them, and the lists.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lab } from '../../lab/lab.ts';
import { addressRows } from '../../test/sync/rows.ts';
import { probeEnv } from './probe-reader.ts';
import { Stalls } from './stalls.ts';

export const ENTRIES = 1_000_000;
export const REPETITIONS = Number(process.env.REPETITIONS ?? 3);
export const METRICS = '127.0.0.1:9464';

/** For files of this run; `main` of bench/import.ts takes it away. */
export const scratch = `/tmp/fleetblock-import-bench-${process.pid}`;

export function makeScratch(): Disposable {
  mkdirSync(scratch);
  return { [Symbol.dispose]: () => rmSync(scratch, { recursive: true, force: true }) };
}

/** Text of a million addresses, no two lists with one in common. */
export function addresses(list: 0 | 1): string[] {
  return addressRows(ENTRIES, list * ENTRIES).flatMap(({ v4 }) =>
    Array.from({ length: v4.count }, (_, i) => v4.addresses.subarray(i * 4, i * 4 + 4).join('.')),
  );
}

/** @returns the file */
export function listFile(list: 0 | 1): string {
  const file = join(scratch, `list${list}.txt`);
  writeFileSync(file, addresses(list).join('\n'));
  return file;
}

/** With its agents started. */
export async function benchLab(hosts: number): Promise<{ lab: Lab; stalls: Stalls }> {
  const env = { ...probeEnv(scratch), FLEETBLOCK_METRICS: METRICS };
  const lab = await Lab.create({ hosts, programs: 'dist', env });
  await lab.startHosts();
  return { lab, stalls: new Stalls(lab, scratch) };
}

/** Milliseconds of one run of the CLI; everything but the expected end is an error. */
export async function timed(lab: Lab, ...words: string[]): Promise<number> {
  const started = performance.now();
  const { exitCode, stdout, stderr } = await lab.fleetblock(...words);
  const ms = performance.now() - started;
  if (exitCode !== 0) throw new Error(`fleetblock ${words.join(' ')}: exit code ${exitCode}: ${stdout} ${stderr}`);
  console.error(`${ms.toFixed(0)} ms: ${stdout.slice(0, 300)}`);
  return ms;
}

/** The same for a change that waits for hosts. */
export function changed(lab: Lab, ...words: string[]): Promise<number> {
  return timed(lab, ...words, '--timeout', '60s');
}

export function importList(lab: Lab, file: string): Promise<number> {
  return changed(lab, 'import', file, '--list', 'bench', '--all-hosts');
}

/** Seconds that hosts have spent in their kernels so far, as they say in their acks. */
export async function kernelSeconds(lab: Lab): Promise<number> {
  const script = `fetch('http://${METRICS}/metrics').then(r => r.text()).then(t => process.stdout.write(t))`;
  const { stdout } = await lab.runAtController([process.execPath, '-e', script]);
  return Number(/^fleetblock_kernel_apply_seconds_sum(?:\{.*\})? (\S+)$/m.exec(stdout)?.[1]);
}
