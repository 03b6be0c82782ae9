// Runs the CLI: in this process with its own streams, or as a process of its own.
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Cli } from '../../../cli/environment.ts';
import { run } from '../../../cli/program.ts';

export interface Result {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Record<string, string>;
  readonly stdin?: string;
  readonly now?: number;
  readonly signal?: AbortSignal;
  /** Columns of a terminal of 24 lines that stdout is; left out: no terminal. */
  readonly terminal?: number;
  /** A person sits at stdin and stderr. */
  readonly person?: boolean;
  /** Told all that is on stderr, whenever there is more of it. */
  readonly onWords?: (stderr: string) => void;
}

class Sink extends Writable {
  text = '';
  isTTY?: boolean;
  columns?: number;
  rows?: number;
  onText: ((text: string) => void) | undefined;

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    this.onText?.(this.text);
    done();
  }
}

/** One run in this process. */
export async function runHere(args: readonly string[], options: RunOptions = {}): Promise<Result> {
  const stdout = new Sink();
  const stderr = new Sink();
  if (options.terminal !== undefined) {
    stdout.isTTY = true;
    stdout.columns = options.terminal;
    stdout.rows = 24;
  }
  if (options.person) stderr.isTTY = true;
  stderr.onText = options.onWords;
  const cli: Cli = {
    env: options.env ?? {},
    stdin: Object.assign(Readable.from([Buffer.from(options.stdin ?? '')]), { isTTY: options.person ?? false }),
    stdout,
    stderr,
    now: () => options.now ?? Date.now(),
    signal: options.signal ?? new AbortController().signal,
    exitCode: 0,
  };
  const exitCode = await run(args, cli);
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

export const MAIN = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url));

/** One run as a process, as an operator's shell starts it. */
export async function runProcess(args: readonly string[], options: RunOptions = {}): Promise<Result> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [MAIN, ...args], {
    reject: false,
    env: options.env ?? {},
    input: options.stdin ?? '',
    stripFinalNewline: false,
    timeout: 30_000,
  });
  return { exitCode: exitCode ?? -1, stdout, stderr };
}
