// `npm run test:kernels`: boots Debian's kernels in emulation and checks in each what fleetblock promises there. The results go
// into the table of docs/kernels.md. `--kernel 6.1 --run tests,devices` does a part of it; `--run load` only loads
// the program; `--short` does so in the one kernel that the gate boots.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { boot } from './guest.ts';
import { KERNELS, type Kernel, SHORT } from './matrix.ts';
import { type Booted, failures, keep, merge, recall, table, withTable } from './table.ts';

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

const directoryOf = (kernel: Kernel) => join(BUILD, `${kernel.suite}-${kernel.package}`);
const resultsOf = (kernel: Kernel) => join(directoryOf(kernel), 'results.json');

/** What earlier runs have found out about it. */
const earlier = (kernel: Kernel) =>
  existsSync(resultsOf(kernel)) ? recall(kernel, readFileSync(resultsOf(kernel), 'utf8')) : undefined;

/** Fetches, boots, checks. @param run without `load`, which is part of every start; empty: no disks are needed */
async function examine(kernel: Kernel, run: readonly string[]): Promise<Booted> {
  const directory = directoryOf(kernel);
  const bare = run.length === 0;
  const initramfs = join(directory, bare ? 'bare.cpio' : 'initramfs.cpio');
  await script('kernel.sh', kernel.suite, kernel.package, directory);
  await script('initramfs.sh', directory, initramfs, ...(bare ? [] : MODULES));
  if (!bare) await script('images.sh', 'modules', directory);
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
      disks: bare ? {} : disks,
      run,
      processors: 1,
      memoryMiB: bare ? 1536 : 3072,
      limitMs: (bare ? 5 : 120) * MINUTE_MS,
    },
    (line) => console.log(line),
  );
  return { kernel, release, results };
}

mkdirSync(BUILD, { recursive: true });
const kernels = flags.short ? [SHORT] : KERNELS.filter(({ name }) => flags.kernel?.includes(name) ?? true);
if (kernels.length === 0) throw new Error(`--kernel takes ${KERNELS.map(({ name }) => `"${name}"`).join(', ')}`);
const asked = (flags.short ? 'load' : flags.run)?.split(',');
if (asked?.join() !== 'load') for (const disk of ['root', 'tree']) await script('images.sh', disk, BUILD);
const failed: string[] = [];
for (const kernel of kernels) {
  const run: readonly string[] = asked ?? RUN[kernel.promise];
  const booted = await examine(
    kernel,
    run.filter((check) => check !== 'load'),
  );
  if (!flags.short) writeFileSync(resultsOf(kernel), keep(merge(earlier(kernel), booted)));
  // Of a part, all that reported is wanted.
  const wanted = asked ? ['load', ...booted.results.map(({ check }) => check)] : undefined;
  for (const { check, text } of failures(booted, wanted)) failed.push(`Linux ${booted.release}: ${check}: ${text}`);
}

// The last result of each check on each kernel, this run's or an earlier one's.
const all = KERNELS.map(earlier).filter((each) => each !== undefined);
if (!flags.short && all.length === KERNELS.length) {
  console.log(table(all));
  writeFileSync(DOCUMENT, withTable(readFileSync(DOCUMENT, 'utf8'), table(all)));
}
for (const line of failed) console.error(line);
console.log(`${kernels.length} kernels booted, ${failed.length} failures`);
process.exitCode = failed.length === 0 ? 0 : 1;
