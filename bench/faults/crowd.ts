// Thousands of connections that say nothing, or half a hello: how long a whole call of an operator takes meanwhile, TLS included, against
// the same call just before.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { parseEndpoint } from '../../common/text/endpoint.ts';
import { ControllerProcess } from '../../test/identity/port/process.ts';
import { operatorClient } from '../../test/sync/fleet.ts';
import { type Finding, stats } from '../report.ts';

const CONNECTIONS = 5000;
const AT_ONCE = 250;
const CALLS = 40;
/** The start of a TLS hello that never ends. */
const HALF_HELLO = Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]);

/** Faults row 37. */
export async function crowd(): Promise<Finding[]> {
  const controller = await ControllerProcess.start();
  const sockets: Socket[] = [];
  try {
    const before: number[] = [];
    for (let i = 0; i < CALLS; i++) before.push(await call(controller));
    const during: number[] = [];
    const { host, port } = parseEndpoint(controller.address);
    while (sockets.length < CONNECTIONS) {
      const more = Array.from({ length: AT_ONCE }, () => createConnection({ host, port }));
      await Promise.all(more.map((socket) => once(socket, 'connect')));
      more.forEach((socket, i) => {
        socket.on('error', () => undefined);
        if (i % 4 === 1) socket.write(randomBytes(300));
        if (i % 4 === 2) socket.write(HALF_HELLO);
      });
      sockets.push(...more);
      for (let i = 0; i < 2; i++) during.push(await call(controller));
    }
    const [floor, ours] = [stats(before), stats(during)];
    return [
      {
        question: `a call among ${CONNECTIONS} connections without a hello, median`,
        value: ours.median,
        unit: 'ms',
        against: 'the same call before',
        ratio: ours.median / floor.median,
        target: { relation: '<=', ratio: 3 },
      },
      { question: 'the longest of them', value: ours.max, unit: 'ms' },
    ];
  } finally {
    for (const socket of sockets) socket.destroy();
    await controller.stop();
  }
}

/** On a connection of its own, milliseconds. */
async function call({ address, admin }: ControllerProcess): Promise<number> {
  const started = performance.now();
  const client = operatorClient(address, admin);
  await new Promise<void>((resolve, reject) => {
    client
      .ListHostChunks({})
      .on('data', () => {})
      .on('error', reject)
      .on('end', resolve);
  });
  client.close();
  return performance.now() - started;
}
