// Builds the benchmark's own programs and the variants of fleetblock's, beside the results.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

const ROOT = join(import.meta.dirname, '../..');
const OUT = join(ROOT, 'bench/results/programs');

/** @returns path of the object made from a C file (under the project's root) with extra definitions */
export async function compile(source: string, name: string, ...defines: string[]): Promise<string> {
  mkdirSync(OUT, { recursive: true });
  const out = join(OUT, `${name}.bpf.o`);
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  await execa('clang', [
    ...['-O2', '-g', '-target', 'bpf', '-mcpu=v3', '-Wall', '-Werror'],
    `-I/usr/include/${machine}-linux-gnu`,
    `-I${join(ROOT, 'bpf')}`,
    ...defines.map((define) => `-D${define}`),
    ...['-c', join(ROOT, source), '-o', out],
  ]);
  return out;
}
