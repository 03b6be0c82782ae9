// From one command to the last ack of a large fleet: the controller with simulated agents over mutual TLS, against raw grpc-js
// writing one message to as many TLS streams and reading their answers, in the same run. And memory per connected agent.
// FLEET_AGENTS (default 1000), FLEET_ROUNDS (default 30).
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type HostIdentity, SyncFleet, until } from '../../test/sync/fleet.ts';
import { selfSigned } from '../peers/certificate.ts';
import { EchoServer } from '../peers/echo.ts';
import { report, stats } from '../report.ts';

const AGENTS = Number(process.env.FLEET_AGENTS ?? 1000);
const ROUNDS = Number(process.env.FLEET_ROUNDS ?? 30);
const PROCESSES = 2;
const PATIENCE_MS = 180_000;

const scratch = mkdtempSync(join(tmpdir(), 'fleetblock-bench-'));
const children: ChildProcess[] = [];

function child(script: string, ...words: string[]): void {
  const path = fileURLToPath(new URL(script, import.meta.url));
  children.push(spawn(process.execPath, [path, ...words], { stdio: ['pipe', 'ignore', 'inherit'] }));
}

async function endChildren(): Promise<void> {
  for (const each of children.splice(0)) {
    const gone = new Promise((resolve) => each.once('close', resolve));
    each.kill('SIGKILL');
    await gone;
  }
}

function memoryBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss;
}

async function floor() {
  const { key, certificate } = await selfSigned();
  const certificateFile = join(scratch, 'floor.pem');
  writeFileSync(certificateFile, certificate);
  const server = new EchoServer();
  const port = await server.start('127.0.0.1:0', key, certificate);
  const before = memoryBytes();
  for (let i = 0; i < PROCESSES; i++)
    child('echoes.ts', `127.0.0.1:${port}`, certificateFile, `${Math.floor(AGENTS / PROCESSES)}`);
  await until('floor streams', () => server.streams >= AGENTS, PATIENCE_MS);
  await sleep(2000);
  const samples: number[] = [];
  for (let round = -5; round < ROUNDS; round++) {
    const ms = await server.round(Buffer.alloc(64));
    if (round >= 0) samples.push(ms);
    await sleep(100);
  }
  const bytes = (memoryBytes() - before) / AGENTS;
  server.close();
  await endChildren();
  return { samples, bytes };
}

async function product() {
  const fleet = await SyncFleet.start();
  const identities: HostIdentity[] = [];
  for (let i = 0; i < AGENTS; i++) identities.push(await fleet.enroll(`host${i}`));
  const before = memoryBytes();
  const share = Math.ceil(AGENTS / PROCESSES);
  for (let i = 0; i < PROCESSES; i++) {
    const path = join(scratch, `identities-${i}.json`);
    writeFileSync(path, JSON.stringify(identities.slice(i * share, (i + 1) * share)), { mode: 0o600 });
    child('agents.ts', fleet.address, path);
  }
  const { controller } = fleet.server;
  await until('all synced', () => controller.hostCounts().synced === AGENTS, PATIENCE_MS);
  await sleep(2000);
  const samples: number[] = [];
  for (let round = -5; round < ROUNDS; round++) {
    const reply = await fleet.operator.block([`20.0.${(round + 5) >> 8}.${(round + 5) & 255}`]);
    if (reply.hosts?.enforced !== AGENTS) throw new Error(`only ${reply.hosts?.enforced} of ${AGENTS} enforced`);
    if (round >= 0) samples.push(reply.elapsedMs);
    await sleep(100);
  }
  const bytes = (memoryBytes() - before) / AGENTS;
  await endChildren();
  await fleet.stop();
  return { samples, bytes };
}

/** Each side in a process of its own: memory that one has freed must not serve the other. */
async function apart(role: 'floor' | 'product'): Promise<{ samples: number[]; bytes: number }> {
  const path = fileURLToPath(import.meta.url);
  const run = spawn(process.execPath, ['--expose-gc', path, role], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  run.stdout.on('data', (bytes: Buffer) => {
    output += bytes;
  });
  const code = await new Promise((resolve) => run.once('close', resolve));
  if (code !== 0) throw new Error(`the ${role} failed`);
  const result = Object(JSON.parse(output.trim().split('\n').at(-1) ?? ''));
  return { samples: Array.from(result.samples, Number), bytes: Number(result.bytes) };
}

async function compare(): Promise<void> {
  const raw = await apart('floor');
  const ours = await apart('product');
  const [floors, proofs] = [stats(raw.samples), stats(ours.samples)];
  report(
    'fleet',
    [
      {
        question: `raw grpc-js write and reply, ${AGENTS} TLS streams (floor), median`,
        value: floors.median,
        unit: 'ms',
      },
      {
        question: `block to enforced on ${AGENTS} agents, mutual TLS, median`,
        value: proofs.median,
        unit: 'ms',
        against: 'floor',
        ratio: proofs.median / floors.median,
        target: { relation: '<=', ratio: 1.5 },
      },
      {
        question: 'the same, p99',
        value: proofs.p99,
        unit: 'ms',
        against: 'floor p99',
        ratio: proofs.p99 / floors.p99,
      },
      { question: 'raw grpc-js memory a stream (floor)', value: raw.bytes / 1024, unit: 'KiB' },
      {
        question: 'controller memory a connected agent',
        value: ours.bytes / 1024,
        unit: 'KiB',
        against: 'floor',
        ratio: ours.bytes / raw.bytes,
        target: { relation: '<=', ratio: 1.5 },
      },
    ],
    { agents: AGENTS, processes: PROCESSES, rounds: ROUNDS, floors, proofs },
  );
}

const role = process.argv[2];
try {
  if (role === undefined) await compare();
  else console.log(JSON.stringify(role === 'floor' ? await floor() : await product()));
} finally {
  await endChildren();
  rmSync(scratch, { recursive: true, force: true });
}
process.exit(0);
