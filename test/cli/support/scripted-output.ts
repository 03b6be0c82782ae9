// A command's surroundings that keep what is written, for what writes and does not call the controller.
import { Readable, Writable } from 'node:stream';
import type { Cli } from '../../../cli/environment.ts';

export class ScriptedOutput {
  text = '';
  readonly cli: Cli;

  /** `nowMs`: the time for the command. */
  constructor(nowMs: number) {
    const sink = (keep: (chunk: string) => void) =>
      new Writable({
        write: (chunk, _encoding, done) => {
          keep(String(chunk));
          done();
        },
      });
    this.cli = {
      env: {},
      stdin: Readable.from([]),
      stdout: sink((chunk) => {
        this.text += chunk;
      }),
      stderr: sink(() => {}),
      now: () => nowMs,
      signal: new AbortController().signal,
      exitCode: 0,
    };
  }
}
