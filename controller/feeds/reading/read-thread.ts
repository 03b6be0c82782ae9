// The thread in which lists of feeds are read: a JSON document of many megabytes would hold the controller's event loop. Started by
// list-reader.ts.
import { parentPort } from 'node:worker_threads';
import { FleetblockError, messageOf } from '../../../common/errors.ts';
import type { ReadAnswer, ReadThis } from './messages.ts';
import { readBody } from './read-body.ts';

parentPort?.on('message', async ({ id, body }: ReadThis) => {
  parentPort?.postMessage(await answerTo(id, body));
});

async function answerTo(id: number, body: ReadThis['body']): Promise<ReadAnswer> {
  try {
    return { id, list: await readBody(body) };
  } catch (error) {
    return { id, code: error instanceof FleetblockError ? error.code : 'INTERNAL', text: messageOf(error) };
  }
}
