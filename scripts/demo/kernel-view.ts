// What the kernel itself says of one lab's programs and links, through bpftool: independent of every line of fleetblock's own code.
// Only what is pinned below the lab's own directories counts: an agent of this machine, or another lab, is none of the demo's business.
import { execa } from 'execa';
import { z } from 'zod';
import { inside, toolPath } from '../../lab/namespaces.ts';

const programsSchema = z.array(z.object({ id: z.number() }));
const linksSchema = z.array(
  z.object({
    id: z.number(),
    type: z.string(),
    prog_id: z.number(),
    pinned: z.array(z.string()).default([]),
  }),
);

/** Ids of XDP programs, and of the links that attach them. */
export interface KernelObjects {
  readonly programs: readonly number[];
  readonly links: readonly number[];
}

/** @param pinDirs whose links, and the programs on them, are meant */
export async function pinnedObjects(pinDirs: readonly string[]): Promise<KernelObjects> {
  const links = linksSchema.parse(await bpftool('-f', 'link', 'show'));
  const ours = links.filter(
    ({ type, pinned }) => type === 'xdp' && pinned.some((path) => pinDirs.some((dir) => path.startsWith(`${dir}/`))),
  );
  return { programs: [...new Set(ours.map((link) => link.prog_id))], links: ours.map((link) => link.id) };
}

/** Those of the objects that the kernel still has. */
export async function stillThere(objects: KernelObjects): Promise<KernelObjects> {
  const programs = new Set(programsSchema.parse(await bpftool('prog', 'show')).map(({ id }) => id));
  const links = new Set(linksSchema.parse(await bpftool('link', 'show')).map(({ id }) => id));
  return {
    programs: objects.programs.filter((id) => programs.has(id)),
    links: objects.links.filter((id) => links.has(id)),
  };
}

/** bpftool's own words, seen from inside the namespace, without the details that only its developers read. */
export async function describe(namespace: string, ...words: string[]): Promise<string> {
  const [file, args] = inside(namespace, ['bpftool', ...words]);
  const { stdout } = await execa(file, args, { env: { PATH: toolPath }, timeout: 30_000 });
  return stdout
    .split('\n')
    .filter((line) => !/btf_id|pids|xlated/.test(line))
    .join('\n');
}

async function bpftool(...args: string[]): Promise<unknown> {
  const { stdout } = await execa('bpftool', ['-j', ...args], { env: { PATH: toolPath }, timeout: 30_000 });
  return JSON.parse(stdout || '[]');
}
