// `npm run test:kernels`: boots Debian's kernels in emulation and checks in each what fleetblock promises there. The whole matrix writes its
// table into docs/kernels.md; `--kernel 6.1 --run tests,devices` does a part of it; `--short` only loads the program, as the gate does.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { boot } from './guest.ts';
import { KERNELS, type Kernel, SHORT } from './matrix.ts';
import { type Booted, failures, table, withTable } from './table.ts';

const ROOT = join(import.meta.dirname, '../..');
const BUILD = join(ROOT, 'build/kernels');
const DOCUMENT = join(ROOT, 'docs/kernels.md');
const MINUTE_MS = 60_000;
/** What the guest needs before it has its disks. */
const MODULES = ['virtio_pci', 'virtio_blk', 'ext4'];
const RUN = { claimed: ['doctor', 'devices', 'tests', 'demo'], refused: ['refusal'] } as const;

const { values: flags } = parseArgs({
  options: {
    kernel: { type: 'string', multiple: true },
    run: { type: 'string' },
    short: { type: 'boolean', default: false },
  },
});

const script = (name: string, ...words: string[]) =>
  execa('sh', [join(import.meta.dirname, name), ...words], { stdin: 'ignore', stdout: 'inherit', stderr: 'inherit' });

/** Fetches, boots, checks. @param run undefined: no disks, only the load */
async function examine(kernel: Kernel, run: readonly string[] | undefined): Promise<Booted> {
  const directory = join(BUILD, `${kernel.suite}-${kernel.package}`);
  const initramfs = join(directory, run === undefined ? 'short.cpio' : 'initramfs.cpio');
  await script('kernel.sh', kernel.suite, kernel.package, directory);
  await script('initramfs.sh', directory, initramfs, ...(run === undefined ? [] : MODULES));
  if (run !== undefined) await script('images.sh', 'modules', directory);
  const release = readFileSync(join(directory, 'release'), 'utf8').trim();
  console.log(`== Linux ${release}`);
  const disks = {
    root: join(BUILD, 'root.ext4'),
    tree: join(BUILD, 'tree.ext4'),
    modules: join(directory, 'modules.ext4'),
  };
  const results = await boot(
    {
      kernel: directory,
      initramfs,
      disks: run === undefined ? {} : disks,
      run: run ?? [],
      processors: 1,
      memoryMiB: run === undefined ? 1536 : 3072,
      limitMs: (run === undefined ? 5 : 60) * MINUTE_MS,
    },
    (line) => console.log(line),
  );
  return { kernel, release, results };
}

mkdirSync(BUILD, { recursive: true });
const kernels = flags.short ? [SHORT] : KERNELS.filter(({ name }) => flags.kernel?.includes(name) ?? true);
if (!flags.short) for (const disk of ['root', 'tree']) await script('images.sh', disk, BUILD);
const booted: Booted[] = [];
for (const kernel of kernels) {
  const run = flags.short ? undefined : (flags.run?.split(',') ?? RUN[kernel.promise]);
  booted.push(await examine(kernel, run));
}

const whole = !flags.short && flags.run === undefined;
if (!flags.short) console.log(`\n${table(booted)}\n`);
if (whole && flags.kernel === undefined)
  writeFileSync(DOCUMENT, withTable(readFileSync(DOCUMENT, 'utf8'), table(booted)));
const failed = booted.flatMap((each) => {
  // Of a part, all that reported is wanted.
  const wanted = whole ? undefined : ['load', ...each.results.map(({ check }) => check)];
  return failures(each, wanted).map(({ check, text }) => `Linux ${each.release}: ${check}: ${text}`);
});
for (const line of failed) console.error(line);
console.log(`${booted.length} kernels booted, ${failed.length} failures`);
process.exitCode = failed.length === 0 && booted.length > 0 ? 0 : 1;
