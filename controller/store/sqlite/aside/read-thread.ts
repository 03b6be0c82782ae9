// The thread for reads without measure: the audit, exports, whole lists. It has a connection of its own that sees committed data only;
// the controller's event loop is not to wait for a scan of a million rows. Started by aside.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { FleetblockError, messageOf } from '../../../../common/errors.ts';
import { heldRows } from '../../../claims/lists/reads.ts';
import { verifyAudit } from '../audit/audit-chain.ts';
import { readAudit } from '../audit/audit-rows.ts';
import { readClaims } from '../claims/claim-reads.ts';
import { Connection } from '../file/connection.ts';
import { listReads } from '../lists/list-tx.ts';
import type { Answer, Begin, Read } from './messages.ts';

const { path } = z.object({ path: z.string() }).parse(workerData);
const db = new Connection(path, true);

async function* pieces(read: Read): AsyncGenerator<unknown> {
  switch (read.kind) {
    case 'claims':
      return yield* readClaims(db, read.filter, read.nowMs);
    case 'rows':
      return yield* heldRows(listReads(db), read.list);
    case 'audit':
      return yield* readAudit(db, read.filter);
    case 'verify':
      return yield await verifyAudit(db);
  }
}

async function next(iterator: AsyncGenerator<unknown>): Promise<Answer<unknown>> {
  try {
    const { done, value } = await iterator.next();
    return done ? { kind: 'end' } : { kind: 'piece', piece: value };
  } catch (error) {
    return {
      kind: 'error',
      text: messageOf(error),
      ...(error instanceof FleetblockError && { code: error.code }),
    };
  }
}

parentPort?.on('message', ({ read, port }: Begin) => {
  const iterator = pieces(read);
  port.on('message', () => void next(iterator).then((answer) => port.postMessage(answer)));
  port.on('close', () => void iterator.return(undefined));
});
