// A process full of raw grpc-js clients that answer every message: the floor. `echoes.ts HOST:PORT CERTIFICATE.pem COUNT`

import { readFileSync } from 'node:fs';
import { answerLines, say } from '../../lab/line-program.ts';
import { echoClient } from '../peers/echo.ts';

const [, , address = '', certificate = '', count = '0'] = process.argv;
const pem = readFileSync(certificate, 'utf8');
for (let i = 0; i < Number(count); i++) echoClient(address, pem);
say('ready');
await answerLines(async () => 'nothing to say');
