// What the kernel itself says of fleetblock, through bpftool: independent of every line of fleetblock's own code.
import { execa } from 'execa';
import { z } from 'zod';
import { inside, toolPath } from '../../test/lab/namespaces.ts';

const programSchema = z.object({ id: z.number(), type: z.string(), name: z.string().optional() });
const linkSchema = z.object({ id: z.number(), type: z.string(), prog_id: z.number() });

/** Ids of the kernel's XDP programs and links that are fleetblock's. */
export interface KernelObjects {
  readonly programs: readonly number[];
  readonly links: readonly number[];
}

export async function fleetblockObjects(): Promise<KernelObjects> {
  const programs = z.array(programSchema).parse(await bpftool('prog', 'show'));
  const ours = programs.filter((program) => program.type === 'xdp' && program.name?.startsWith('fleetblock'));
  const ids = new Set(ours.map((program) => program.id));
  const links = z.array(linkSchema).parse(await bpftool('link', 'show'));
  return {
    programs: [...ids],
    links: links.filter((link) => link.type === 'xdp' && ids.has(link.prog_id)).map((link) => link.id),
  };
}

/** bpftool's own words, seen from inside the namespace, without the details that only its developers read. */
export async function describe(namespace: string, ...words: string[]): Promise<string> {
  const [file, args] = inside(namespace, ['bpftool', ...words]);
  const { stdout } = await execa(file, args, { env: { PATH: toolPath }, timeout: 10_000 });
  return stdout
    .split('\n')
    .filter((line) => !/btf_id|pids|xlated/.test(line))
    .join('\n');
}

async function bpftool(...args: string[]): Promise<unknown> {
  const { stdout } = await execa('bpftool', ['-j', ...args], { env: { PATH: toolPath }, timeout: 10_000 });
  return JSON.parse(stdout || '[]');
}
