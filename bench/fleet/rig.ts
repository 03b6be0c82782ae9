// Processes of the fleet benchmarks: spoken to by JSON lines, paused and resumed as one with their own children, ended after
// success and failure.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A program of bench/fleet that answers each line on its standard input with one line. */
export class Helper {
  readonly #process: ChildProcess;
  readonly #answers: ((line: string | undefined) => void)[] = [];
  readonly #lines: string[] = [];
  readonly #gone: Promise<void>;
  #over = false;

  /** `prefix`: words before the command, such as nsenter's. The first line comes unasked: read it with `next`. */
  constructor(script: string, words: readonly string[], options: { prefix?: readonly string[]; node?: string[] } = {}) {
    const path = fileURLToPath(new URL(script, import.meta.url));
    const [file = '', ...args] = [
      ...(options.prefix ?? []),
      process.execPath,
      ...(options.node ?? ['--expose-gc']),
      path,
      ...words,
    ];
    // A group of its own, so that it is paused together with the processes that it starts.
    this.#process = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
    const { stdout } = this.#process;
    if (!stdout) throw new Error('no output');
    createInterface({ input: stdout }).on('line', (line) => {
      const waiting = this.#answers.shift();
      if (waiting) waiting(line);
      else this.#lines.push(line);
    });
    this.#gone = new Promise((resolve) => {
      this.#process.once('error', () => resolve()).once('exit', () => resolve());
    });
    void this.#gone.then(() => {
      this.#over = true;
      for (const waiting of this.#answers.splice(0)) waiting(undefined);
    });
    helpers.add(this);
  }

  /** What it says next. @throws Error when it ends without */
  async next(): Promise<unknown> {
    const line =
      this.#lines.shift() ??
      (this.#over ? undefined : await new Promise<string | undefined>((resolve) => this.#answers.push(resolve)));
    if (line === undefined) throw new Error(`${this.#process.spawnargs.join(' ')} ended`);
    return JSON.parse(line);
  }

  ask(question: string): Promise<unknown> {
    this.#process.stdin?.write(`${question}\n`);
    return this.next();
  }

  pause(): void {
    this.#signal('SIGSTOP');
  }

  resume(): void {
    this.#signal('SIGCONT');
  }

  async end(): Promise<void> {
    helpers.delete(this);
    this.#signal('SIGKILL');
    await this.#gone;
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#process;
    if (pid === undefined || this.#over) return;
    process.kill(-pid, signal);
  }
}

const helpers = new Set<Helper>();

/** Ends all that still run. */
export async function endHelpers(): Promise<void> {
  await Promise.all([...helpers].map((helper) => helper.end()));
}

/** The other side: answers each line of the standard input, ends with it. The answer is any JSON. */
export async function answerLines(answer: (line: string) => Promise<unknown>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) say(await answer(line));
  process.exit(0);
}

export function say(what: unknown): void {
  console.log(JSON.stringify(what));
}

export interface Memory {
  /** Resident, bytes. */
  readonly rss: number;
  /** What JavaScript and its buffers hold, after a collection, bytes. */
  readonly used: number;
}

/** Collects garbage first; needs --expose-gc. */
export function memory(): Memory {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, used: heapUsed + external };
}
