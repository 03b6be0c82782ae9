// Processor time of this process and of the processes that it started: on a machine that both ends share, it is what a round costs.
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessorTime {
  /** Of this process, all its threads, milliseconds. */
  readonly own: number;
  /** Of the other processes of its group together. */
  readonly others: number;
}

export interface Cost {
  readonly ms: number;
  readonly processor: ProcessorTime;
}

/** What `round` says that it took, and the processor time of that. */
export async function costOf(round: () => Promise<number>): Promise<Cost> {
  const before = processorTime();
  const ms = await round();
  const after = processorTime();
  return { ms, processor: { own: after.own - before.own, others: after.others - before.others } };
}

function processorTime(): ProcessorTime {
  let [own, others] = [0, 0];
  for (const pid of members()) {
    if (pid === `${process.pid}`) own += ranMs(pid);
    else others += ranMs(pid);
  }
  return { own, others };
}

let known: readonly string[] = [];

/** Looked for until there are others: this program has started all of them by then. */
function members(): readonly string[] {
  if (known.length < 2) known = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && groupOf(pid) === process.pid);
  return known;
}

/** Undefined for one that ended meanwhile. */
function groupOf(pid: string): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  // Its name stands in parentheses and may hold anything: the fields after it are state, parent, group.
  const group = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[2];
  return group === undefined ? undefined : Number(group);
}

/** Exact, where the times in `stat` are in ticks of ten milliseconds. */
function ranMs(pid: string): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`))
    nanoseconds += Number(read(`/proc/${pid}/task/${thread}/schedstat`)?.split(' ')[0] ?? 0);
  return nanoseconds / 1e6;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
