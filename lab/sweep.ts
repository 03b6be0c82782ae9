// What labs leave behind: found by name, removed when the lab is closed, or by the next lab when its process was killed.
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deleteNamespace, listNamespaces } from './namespaces.ts';

/** Starts the name of every namespace, pin directory and temporary directory; the lab's process id follows. */
export const PREFIX = 'fblab';
export const PIN_ROOT = '/sys/fs/bpf';
/** Marks the directory of a lab that is meant to outlive its process. */
export const KEPT = 'kept';
/** File in a lab's directory: when the process that made it started, for its id may be another process's by now. */
const OWNER = 'owner';

/** Says in the lab's directory that it belongs to this process. */
export async function own(directory: string): Promise<void> {
  await writeFile(join(directory, OWNER), await startOf(process.pid));
}

/**
 * Removes what labs of processes that no longer live have left; `kept`: also those that were left running on purpose.
 * @returns the names of the labs removed
 */
export async function sweep(options: { readonly kept?: boolean } = {}): Promise<string[]> {
  const names = [
    ...(await listNamespaces()),
    ...(await readdir(tmpdir())),
    ...(await readdir(PIN_ROOT).catch(() => [])),
  ];
  const labs = new Set(names.flatMap((name) => new RegExp(`^${PREFIX}-([0-9]+)-[0-9a-f]{4}`).exec(name)?.[0] ?? []));
  const removed: string[] = [];
  for (const lab of labs) {
    const directories = (await readdir(tmpdir()))
      .filter((name) => name.startsWith(`${lab}-`))
      .map((name) => join(tmpdir(), name));
    const kept = directories.some((directory) => existsSync(join(directory, KEPT)));
    // A lab that is kept has outlived its process.
    if (kept ? !options.kept : await isAlive(Number(lab.split('-')[1]), directories)) continue;
    for (const namespace of await listNamespaces())
      if (namespace.startsWith(`${lab}-`)) await deleteNamespace(namespace);
    await removePins(lab);
    for (const directory of directories) await rm(directory, { recursive: true, force: true });
    removed.push(lab);
  }
  return removed;
}

/** @param name of the lab */
export async function removePins(name: string): Promise<void> {
  const pins = await readdir(PIN_ROOT).catch(() => []);
  for (const pin of pins.filter((each) => each.startsWith(`${name}-`)))
    await rm(join(PIN_ROOT, pin), { recursive: true, force: true });
}

async function isAlive(pid: number, directories: readonly string[]): Promise<boolean> {
  const start = await startOf(pid);
  if (start === '') return false;
  const said = await Promise.all(directories.map((each) => readFile(join(each, OWNER), 'utf8').catch(() => start)));
  return said.every((each) => each === start);
}

/** Start of a process in ticks since boot (proc_pid_stat(5), field 22); empty when there is none. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
