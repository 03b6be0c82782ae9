// Waiting for a stream that is behind.
import type { EventEmitter } from 'node:events';

/** Resolves when the stream takes more, or never will. */
export function drainedOrClosed(stream: EventEmitter): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.on('drain', done);
    stream.on('close', done);
  });
}
