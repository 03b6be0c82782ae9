// A program that answers each line on its standard input with one line of JSON: the other side is `answerLines`.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export class LineProgram {
  readonly #process: ChildProcess;
  readonly #waiting: ((line: string | undefined) => void)[] = [];
  readonly #lines: string[] = [];
  readonly #gone: Promise<void>;
  #over = false;

  /** A first line that comes unasked is read with `next`. */
  constructor(file: string, args: readonly string[]) {
    // A group of its own, so that it is paused and ended together with the processes that it starts.
    this.#process = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
    const { stdout } = this.#process;
    if (!stdout) throw new Error('no output');
    createInterface({ input: stdout }).on('line', (line) => {
      const waiting = this.#waiting.shift();
      if (waiting) waiting(line);
      else this.#lines.push(line);
    });
    this.#gone = new Promise((resolve) => {
      this.#process.once('error', () => resolve()).once('exit', () => resolve());
    });
    void this.#gone.then(() => {
      this.#over = true;
      for (const waiting of this.#waiting.splice(0)) waiting(undefined);
    });
    running.add(this);
  }

  /** What it says next. @throws Error when it ends without */
  async next(): Promise<unknown> {
    const line =
      this.#lines.shift() ??
      (this.#over ? undefined : await new Promise<string | undefined>((resolve) => this.#waiting.push(resolve)));
    if (line === undefined) throw new Error(`${this.#process.spawnargs.join(' ')} ended`);
    return JSON.parse(line);
  }

  ask(question: string): Promise<unknown> {
    this.#process.stdin?.write(`${question}\n`);
    return this.next();
  }

  /** Stops it and all processes of its group until `resume`. */
  pause(): void {
    this.#signal('SIGSTOP');
  }

  resume(): void {
    this.#signal('SIGCONT');
  }

  async end(): Promise<void> {
    running.delete(this);
    this.#signal('SIGKILL');
    await this.#gone;
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#process;
    if (pid !== undefined && !this.#over) process.kill(-pid, signal);
  }
}

const running = new Set<LineProgram>();

/** Ends all that still run. */
export async function endPrograms(): Promise<void> {
  await Promise.all([...running].map((program) => program.end()));
}

/** The other side: answers each line of the standard input, ends with it. The answer is any JSON. */
export async function answerLines(answer: (line: string) => Promise<unknown>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) say(await answer(line));
  process.exit(0);
}

export function say(what: unknown): void {
  console.log(JSON.stringify(what));
}
