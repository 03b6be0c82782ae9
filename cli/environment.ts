// What a run of the CLI gets from outside: environment, streams, clock. Tests hand in their own.
import type { Readable, Writable } from 'node:stream';

/** A stream that people or programs read. */
export interface TextSink extends Writable {
  /** A terminal: colours and progress bars make sense. */
  readonly isTTY?: boolean;
  /** Width of the terminal, characters. */
  readonly columns?: number;
  /** Height of the terminal, lines. */
  readonly rows?: number;
}

/** The process as commands see it, so that tests run them without one. */
export interface Cli {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** Data only. */
  readonly stdout: TextSink;
  /** Messages only. */
  readonly stderr: TextSink;
  /** Unix time, milliseconds. */
  readonly now: () => number;
  /** Ends when the operator presses Ctrl-C or the reader of stdout goes away. */
  readonly signal: AbortSignal;
  /** What the process ends with; a command raises it when the answer is not a plain success. */
  exitCode: number;
}

/** Options that every command has. */
export interface GlobalOptions {
  readonly config?: string;
  readonly context?: string;
  readonly controller?: string;
}
