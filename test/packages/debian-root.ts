// A Debian 12 in a directory, in which the packages of build/package/ are installed and used as on a machine of their own.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { CommandResult } from '../../lab/host.ts';

const SCRIPT = fileURLToPath(new URL('root.sh', import.meta.url));
/** Of the checkout, made by scripts/package.sh. */
export const PACKAGES = fileURLToPath(new URL('../../build/package/', import.meta.url));
/** Of the packages. */
export const NAMES = ['fleetblock-agent', 'fleetblock-controller', 'fleetblock', 'fleetblock-runtime'];
/** Debian's name of this machine's architecture. */
export const ARCHITECTURE = process.arch === 'x64' ? 'amd64' : process.arch;

/** @returns the path of the newest package of that name. @throws when there is none */
export function packageFile(name: string, architecture = ARCHITECTURE): string {
  const files = readdirSync(PACKAGES).filter((each) => each.startsWith(`${name}_`));
  const file = files
    .filter((each) => each.endsWith(`_${architecture}.deb`))
    .toSorted()
    .at(-1);
  if (file === undefined) throw new Error(`no ${name} in ${PACKAGES}: run scripts/package.sh ${architecture}`);
  return join(PACKAGES, file);
}

/** A field of a package's control file; empty when it has none. */
export async function controlField(file: string, field: string): Promise<string> {
  return (await execa('dpkg-deb', ['--field', file, field])).stdout;
}

/** @returns the names of Debian's own packages that these depend on or recommend, the first of alternatives, without versions */
export async function debianNeeds(files: readonly string[], fields = ['Depends', 'Recommends']): Promise<string[]> {
  const relations = await Promise.all(files.flatMap((file) => fields.map((field) => controlField(file, field))));
  const names = relations.flatMap((each) => each.split(',')).map((each) => /^\s*([a-z0-9.+-]+)/.exec(each)?.[1] ?? '');
  return [...new Set(names)].filter((name) => name !== '' && !name.startsWith('fleetblock'));
}

export class DebianRoot {
  readonly directory: string;

  private constructor() {
    this.directory = join(mkdtempSync(join(tmpdir(), 'fleetblock-root-')), 'root');
  }

  /** A minimal one: what mmdebstrap's "minbase" has. */
  static async minimal(): Promise<DebianRoot> {
    const root = new DebianRoot();
    await execa('sh', [SCRIPT, 'make', root.directory]);
    return root;
  }

  /** Files of Debian packages for an architecture, for programs that an emulator runs: `/qemu PROGRAM WORD...`. */
  static async unpacked(architecture: string, names: readonly string[]): Promise<DebianRoot> {
    const root = new DebianRoot();
    await execa('sh', [SCRIPT, 'unpack', root.directory, architecture, ...names]);
    return root;
  }

  /** The words that run a command in it. */
  command(...words: string[]): string[] {
    return ['sh', SCRIPT, 'in', this.directory, ...words];
  }

  /** Runs a command in this machine's network, where the mirror is. */
  async run(...words: string[]): Promise<CommandResult> {
    const [file = '', ...args] = this.command(...words);
    const result = await execa(file, args, { stdin: 'ignore', reject: false });
    return { exitCode: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr };
  }

  /** Runs a command that must succeed. @returns its output */
  async must(...words: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(...words);
    if (exitCode !== 0) throw new Error(`${words.join(' ')}: exit code ${exitCode}: ${stderr || stdout}`);
    return stdout;
  }

  /** `apt-get install` of Debian's packages by name. */
  async apt(...names: string[]): Promise<void> {
    await this.must('apt-get', '-q', 'update');
    await this.must('apt-get', '-q', '-y', 'install', ...names);
  }

  /** Copies packages into it. @returns their paths, as apt-get takes them */
  async bring(...files: string[]): Promise<string[]> {
    await execa('cp', [...files, join(this.directory, 'root')]);
    return files.map((file) => `/root/${file.slice(file.lastIndexOf('/') + 1)}`);
  }

  /** @param path as in the root */
  read(path: string): string {
    return readFileSync(join(this.directory, path), 'utf8');
  }

  /** All paths on its disk, sorted, but for homes and what dpkg, apt and logs keep about every package. */
  async paths(): Promise<string[]> {
    const kept = ['/root', '/tmp', '/var/cache', '/var/log', '/var/lib/apt', '/var/lib/dpkg'];
    const pruned = kept.flatMap((path) => ['-path', path, '-prune', '-o']);
    return (await this.must('find', '/', '-xdev', ...pruned, '-print')).split('\n').toSorted();
  }

  /** Names, numbers and homes of all users and groups. */
  async users(): Promise<string> {
    return this.must('sh', '-c', 'getent passwd; getent group');
  }

  async close(): Promise<void> {
    await execa('sh', [SCRIPT, 'remove', this.directory]);
    rmSync(join(this.directory, '..'), { recursive: true, force: true });
  }
}
