// The floor as a process: a raw grpc-js server and as many clients in as many processes as the product's agents, over TLS. Every
// line asks for a round: one message on every stream, until the last answer. `floor.ts STREAMS PROCESSES`

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startChild } from '../../lab/child.ts';
import { answerLines, say } from '../../lab/line-program.ts';
import { memory } from '../../lab/memory.ts';
import { until } from '../../test/sync/fleet.ts';
import { selfSigned } from '../peers/certificate.ts';
import { EchoServer } from '../peers/echo.ts';
import { blockMessage } from '../peers/sizes.ts';
import { costOf } from './processor-time.ts';

const [, , streams = '0', processes = '2'] = process.argv;
const count = Number(streams);
const ECHOES = fileURLToPath(new URL('echoes.ts', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'fleetblock-bench-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
const { key, certificate } = await selfSigned();
const certificateFile = join(scratch, 'floor.pem');
writeFileSync(certificateFile, certificate);
const server = new EchoServer();
const port = await server.start('127.0.0.1:0', key, certificate);
const before = memory();
const share = Math.ceil(count / Number(processes));
for (let i = 0; i < Number(processes); i++)
  startChild(ECHOES, [`127.0.0.1:${port}`, certificateFile, `${Math.min(share, count - i * share)}`]);
await until('all streams', () => server.streams === count, 180_000);
await sleep(2000);
const message = blockMessage();
for (let round = 0; round < 5; round++) await server.round(message);
const after = memory();
say({ bytesAStream: (after.rss - before.rss) / count });
await answerLines(() => costOf(() => server.round(message)));
