// Standard output that arrives whole, or says why it does not. Node writes to a pipe when the reader has room, and takes a short
// write to a file, as on a disk that becomes full, for a whole one.
import { fstatSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import { getSystemErrorMessage } from 'node:util';
import { messageOf } from '../common/errors.ts';
import type { TextSink } from './environment.ts';

const STDOUT = 1;

/** `onEnd`: nothing more can be written, for this reason; undefined when the reader has seen enough, as `| head` has. */
export function standardOutput(onEnd: (why: string | undefined) => void): TextSink {
  const stats = fstatSync(STDOUT);
  const waits = process.stdout.isTTY || stats.isFIFO() || stats.isSocket();
  const stream = waits ? process.stdout : new FileOutput();
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') onEnd(undefined);
    else onEnd(error.errno === undefined ? messageOf(error) : getSystemErrorMessage(error.errno));
  });
  return stream;
}

/** Resolves when the reader has taken all that was written, or there is none. */
export function flushed(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed) resolve();
    else stream.write('', () => resolve());
  });
}

class FileOutput extends Writable {
  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error) => void): void {
    try {
      for (let at = 0; at < chunk.length; ) at += writeSync(STDOUT, chunk, at);
      done();
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
