// The thread that moves committed pages from the write-ahead log into the main file: an fsync of megabytes takes as long as the disk
// likes, and the controller's event loop is not to wait for it. Started by checkpointer.ts; every message is one request.
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { messageOf } from '../../../../common/errors.ts';

const { path } = z.object({ path: z.string() }).parse(workerData);
const db = new DatabaseSync(path, { timeout: 5000 });
db.exec('PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0');

parentPort?.on('message', (request: 'move' | 'end') => {
  if (request === 'end') {
    db.close();
    parentPort?.close();
    return;
  }
  try {
    // Passive: neither waits for others nor makes them wait.
    db.exec('PRAGMA wal_checkpoint(PASSIVE)');
    parentPort?.postMessage({ error: '', errcode: 0 });
  } catch (error) {
    const errcode = error instanceof Error && 'errcode' in error ? error.errcode : 0;
    parentPort?.postMessage({ error: messageOf(error), errcode });
  }
});
