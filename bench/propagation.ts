// How long from a command's arrival at the controller to the last kernel's ack, on the lab's three hosts? Floor: a page made durable,
// then a raw grpc-js write and reply on three TLS streams between the same namespaces. And how long is the whole command, as an operator waits?
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BAD, Lab } from '../lab/lab.ts';
import { Program, until } from '../lab/program.ts';
import { selfSigned } from './peers/certificate.ts';
import { report, stats } from './report.ts';

const REPETITIONS = 5;
const ROUNDS = 20;
const FLOOR_ADDRESS = '192.168.1.10:7999';

async function product(lab: Lab): Promise<{ proof: number[]; command: number[] }> {
  const proof: number[] = [];
  const command: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const words = round % 2 === 0 ? ['block', BAD, '--all-hosts'] : ['unblock', BAD];
    const started = performance.now();
    const answer = await lab.json(0, ...words);
    command.push(performance.now() - started);
    proof.push(Number(Reflect.get(Object(answer), 'elapsedMs')));
  }
  return { proof, command };
}

async function floor(lab: Lab): Promise<number[]> {
  const { key, certificate } = await selfSigned();
  const keyFile = join(lab.directory, 'floor-key.pem');
  const certificateFile = join(lab.directory, 'floor-certificate.pem');
  writeFileSync(keyFile, key, { mode: 0o600 });
  writeFileSync(certificateFile, certificate);
  const echo = [process.execPath, fileURLToPath(new URL('peers/echo.ts', import.meta.url))];
  const serving = lab.runAtController([
    ...echo,
    'serve',
    FLOOR_ADDRESS,
    keyFile,
    certificateFile,
    `${lab.hosts.length}`,
    `${ROUNDS}`,
    join(lab.directory, 'floor-page'),
  ]);
  const clients = lab.hosts.map(
    (host) =>
      new Program({
        namespace: host.namespace,
        command: [...echo, 'client', FLOOR_ADDRESS, certificateFile],
        logFile: join(lab.directory, `floor-${host.name}.log`),
      }),
  );
  try {
    const { stdout, stderr, exitCode } = await serving;
    if (exitCode !== 0) throw new Error(`the floor's server failed: ${stderr}`);
    const samples: unknown = JSON.parse(stdout);
    return Array.isArray(samples) ? samples.map(Number) : [];
  } finally {
    await Promise.all(clients.map((client) => client.end('SIGKILL')));
  }
}

await using lab = await Lab.create({ programs: 'dist' });
await lab.startHosts();
await until('a first command', async () => (await lab.fleetblock('hosts')).exitCode === 0 || undefined);
const proofs: number[] = [];
const commands: number[] = [];
const floors: number[] = [];
for (let repetition = 0; repetition < REPETITIONS; repetition++) {
  floors.push(...(await floor(lab)));
  const { proof, command } = await product(lab);
  proofs.push(...proof);
  commands.push(...command);
}
const [proof, command, raw] = [stats(proofs), stats(commands), stats(floors)];
report(
  'propagation',
  [
    {
      question: 'a durable page, raw grpc-js write and reply on 3 TLS streams (floor), median',
      value: raw.median,
      unit: 'ms',
    },
    {
      question: 'command received to last ack, 3 hosts, median',
      value: proof.median,
      unit: 'ms',
      against: 'floor',
      ratio: proof.median / raw.median,
      target: { relation: '<=', ratio: 3 },
    },
    {
      question: 'command received to last ack, 3 hosts, p99',
      value: proof.p99,
      unit: 'ms',
      against: 'floor p99',
      ratio: proof.p99 / raw.p99,
    },
    { question: 'the whole command, process start to end, median', value: command.median, unit: 'ms' },
  ],
  { proof, command, floor: raw, repetitions: REPETITIONS, rounds: ROUNDS },
);
