// The thread in which lists of feeds are read: a JSON document of many megabytes would hold the controller's event loop. Started by
// list-reader.ts.
import { parentPort } from 'node:worker_threads';
import { FleetblockError, messageOf } from '../../../common/errors.ts';
import type { ReadAnswer } from './messages.ts';
import { type Body, readBody } from './read-body.ts';

parentPort?.on('message', async (body: Body) => {
  parentPort?.postMessage(await answerTo(body));
});

async function answerTo(body: Body): Promise<ReadAnswer> {
  try {
    return { list: await readBody(body) };
  } catch (error) {
    return { code: error instanceof FleetblockError ? error.code : 'INTERNAL', text: messageOf(error) };
  }
}
