// What does an agent with a million entries weigh, how soon is it in step (a first list, a restart, a host that lost what it had), and
// for how long does it block its event loop meanwhile? Real program, real kernel, TLS from a scripted controller; the floor of its memory
// is an idle Node process of the same run, that of its times what the import of the list took in the kernel. REPETITIONS, default 5.
import { type ChildProcess, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storeEnrollment } from '../agent/identity/enrollment.ts';
import { STATE_FILE } from '../agent/list/record/state-file.ts';
import { NO_ENTRIES } from '../common/entries/packed.ts';
import type { ControllerMessage } from '../proto/gen/fleetblock/v1/ControllerMessage.ts';
import { entry, ReferenceView, welcome } from '../test/agent/reference.ts';
import { type AgentConnection, ScriptedController } from '../test/agent/tls-controller.ts';
import {
  AgentStarter,
  cpuMs,
  idleBytes,
  later,
  PROGRAM,
  type Resident,
  residentBytes,
  steadyBytes,
  stopped,
} from './agent/agent-process.ts';
import { changeInParts, spreadAddresses } from './agent/lists.ts';
import { type Finding, report, stats } from './report.ts';

const ENTRIES = 1_000_000;
const REPETITIONS = Number(process.env.REPETITIONS ?? 5);
const SMALL_CHANGES = 200;
const MIB = 2 ** 20;
const EPOCH = 'bench';
const SOCKET = 'agent.sock';
const id = `fbb${process.pid}`;
const pinDir = `/sys/fs/bpf/${id}`;
const stateDir = mkdtempSync(join(tmpdir(), 'fleetblock-bench-agent-'));
const scratch = mkdtempSync(join(tmpdir(), 'fleetblock-bench-probe-'));
const run = ['run', '--state-dir', stateDir, '--interface', id, '--pin-dir', pinDir, '--audit-interval', '3s'];
/** Two audits and the end of whatever was written meanwhile. */
const QUIET_MS = 8000;

const starter = new AgentStarter(run, scratch);
const controller = await ScriptedController.start();
const view = new ReferenceView(EPOCH, 5n);
let agent: ChildProcess | undefined;

/** A started agent that has said Hello. */
interface Started {
  readonly child: ChildProcess;
  readonly connection: AgentConnection;
  readonly startedAt: number;
  readonly helloAt: number;
  readonly revision: string;
}

/** Longest stalls of starts, until the agent serves its host. */
const codeLoading: number[] = [];

async function start(): Promise<Started> {
  const startedAt = performance.now();
  // A killed agent leaves it behind.
  rmSync(join(stateDir, SOCKET), { force: true });
  const child = starter.start();
  agent = child;
  const serving = whenServing(child);
  const connection = await controller.connection();
  const { hello } = await connection.next();
  if (!hello) throw new Error('the agent did not begin with Hello');
  const helloAt = performance.now();
  await serving;
  return { child, connection, startedAt, helloAt, revision: hello.revision };
}

/** Its maps are open and it answers its host. What blocked the loop until then is the loading of its code: kept apart. */
async function whenServing(child: ChildProcess): Promise<void> {
  while (!existsSync(join(stateDir, SOCKET))) await later(1);
  codeLoading.push(await starter.longestStall(child));
}

/** @returns the kernel time that the ack names, milliseconds */
async function acked(connection: AgentConnection, messages: readonly ControllerMessage[]): Promise<number> {
  await connection.push(...messages);
  const { ack, nack } = await connection.next();
  if (!ack) throw new Error(`the agent refused: ${nack?.code} ${nack?.text}`);
  if (ack.revision !== `${view.revision}`) throw new Error(`acked ${ack.revision}, not ${view.revision}`);
  return Number(ack.kernelUs) / 1000;
}

const stalls: { readonly what: string; readonly ms: number }[] = [];

async function stalled(what: string, child: ChildProcess): Promise<void> {
  const ms = await starter.longestStall(child);
  stalls.push({ what, ms });
  console.error(`${what}: event loop blocked for ${ms.toFixed(0)} ms at the longest`);
}

/** What a list, its replacement, its removal and single entries cost an agent that began with nothing. */
async function changes() {
  const { child, connection } = await start();
  await acked(connection, [welcome(EPOCH, { statusIntervalMs: 1000 }), ...view.snapshot()]);
  await later(200);
  await stalled('start without a list', child);
  const first = spreadAddresses(ENTRIES, 0);
  const second = spreadAddresses(ENTRIES, 1);
  const parts = changeInParts(view, first, NO_ENTRIES);
  const began = performance.now();
  const kernelMs = await acked(connection, parts);
  const importMs = performance.now() - began;
  const peak = residentBytes(child);
  await stalled('first list', child);
  await later(QUIET_MS);
  const loaded = await steadyBytes(child);
  await stalled('read-backs', child);

  const single: number[] = [];
  for (let i = 0; i < SMALL_CHANGES; i++)
    single.push(await acked(connection, [view.change([entry(`203.0.${113 + (i >> 7)}.${i & 127}`)])]));
  await stalled('single entries', child);

  const replacement = performance.now();
  await acked(connection, changeInParts(view, second, first));
  const replaceMs = performance.now() - replacement;
  await stalled('replaced list', child);
  await later(QUIET_MS);
  const replaced = await steadyBytes(child);
  await acked(connection, changeInParts(view, NO_ENTRIES, second));
  await stalled('removal of all', child);
  await later(QUIET_MS);
  const emptied = await steadyBytes(child);
  await acked(connection, changeInParts(view, second, NO_ENTRIES));
  await stalled('list after a removal', child);
  await stopped(child, 'SIGTERM');
  return { kernelMs, importMs, replaceMs, single, peak, loaded, replaced, emptied };
}

/** Restarts with the maps pinned and the record there, each one change behind. */
async function restarts() {
  const times: number[] = [];
  const cpu: number[] = [];
  let resident: Resident = { whole: 0, ofMaps: 0 };
  for (let round = 0; round < REPETITIONS; round++) {
    const change = view.change([entry(`198.51.100.${round}`)]);
    const { child, connection, startedAt, revision } = await start();
    if (revision !== `${view.revision - 1n}`) throw new Error(`resumed at ${revision}`);
    await acked(connection, [welcome(EPOCH), change]);
    times.push(performance.now() - startedAt);
    cpu.push(cpuMs(child));
    await stalled('restart with the list pinned', child);
    if (round === REPETITIONS - 1) {
      await later(QUIET_MS);
      resident = await steadyBytes(child);
      await stalled('read-backs after a restart', child);
    }
    await stopped(child, round % 2 === 0 ? 'SIGKILL' : 'SIGTERM');
  }
  return { times, cpu, resident };
}

interface Lost {
  /** From the start of the process to its ack, and from its Hello to its ack. */
  readonly fromStart: number[];
  readonly fromHello: number[];
  readonly kernel: number[];
}

/** Starts that find no record of the list, and with `maps` no maps either. */
async function lost(maps: boolean): Promise<Lost> {
  const found: Lost = { fromStart: [], fromHello: [], kernel: [] };
  for (let round = 0; round < REPETITIONS; round++) {
    rmSync(join(stateDir, STATE_FILE));
    if (maps) detach();
    const snapshot = view.snapshot(40_000);
    const { child, connection, startedAt, helloAt, revision } = await start();
    if (revision !== '0') throw new Error(`resumed at ${revision}`);
    found.kernel.push(await acked(connection, [welcome(EPOCH), ...snapshot]));
    const now = performance.now();
    found.fromStart.push(now - startedAt);
    found.fromHello.push(now - helloAt);
    await stalled(maps ? 'record and maps lost' : 'record lost', child);
    await later(1000);
    await stopped(child, 'SIGTERM');
  }
  return found;
}

function detach(): void {
  execFileSync(process.execPath, [PROGRAM, 'detach', '--pin-dir', pinDir], { stdio: 'ignore' });
}

try {
  execFileSync('ip', ['link', 'add', id, 'type', 'veth', 'peer', 'name', `${id}p`]);
  execFileSync('ip', ['link', 'set', id, 'up']);
  storeEnrollment(stateDir, controller.enrollment());
  const change = await changes();
  const restart = await restarts();
  const recordLost = await lost(false);
  const allLost = await lost(true);
  const idle = await idleBytes();

  const median = (samples: readonly number[]) => stats(samples).median;
  const memory = (question: string, { whole }: Resident): Finding => ({
    question: `memory (VmRSS), ${question}`,
    value: whole / MIB,
    unit: 'MiB',
    against: 'idle Node',
    ratio: whole / idle,
    target: { relation: '<=', ratio: 3 },
  });
  const time = (question: string, ms: number, bounded: boolean): Finding => ({
    question,
    value: ms,
    unit: 'ms',
    against: "the import's time in the kernel",
    ratio: ms / change.kernelMs,
    ...(bounded ? { target: { relation: '<=', ratio: 3 } as const } : {}),
  });
  const worst = stalls.toSorted((a, b) => b.ms - a.ms)[0];
  report(
    'agent',
    [
      memory('1 M entries, after the first list', change.loaded),
      memory('after another 1 M in place of them', change.replaced),
      memory('after a restart with 1 M pinned', restart.resident),
      memory('after the removal of all of them', change.emptied),
      {
        question: 'memory while the first list is taken',
        value: change.peak.whole / MIB,
        unit: 'MiB',
        against: 'idle Node',
        ratio: change.peak.whole / idle,
      },
      { question: 'of that memory, pages of the maps', value: change.loaded.ofMaps / MIB, unit: 'MiB' },
      {
        question: `longest stall of the event loop (${worst?.what})`,
        value: worst?.ms ?? Number.NaN,
        unit: 'ms',
        limit: { relation: '<=', value: 100 },
      },
      { question: 'the same of a start, before it serves (median)', value: median(codeLoading), unit: 'ms' },
      { question: 'import of 1 M as one change: time in the kernel', value: change.kernelMs, unit: 'ms' },
      time('the same, sent to acked', change.importMs, false),
      time('replaced by another 1 M, sent to acked', change.replaceMs, false),
      {
        question: 'one entry more in 1 M, in the kernel',
        value: median(change.single) * 1000,
        unit: 'us',
        against: "the import's time in the kernel",
        ratio: median(change.single) / change.kernelMs,
        target: { relation: '<=', ratio: 0.001 },
      },
      time('record lost, maps there: Hello to acked', median(recordLost.fromHello), true),
      time('the same from the start of the process', median(recordLost.fromStart), true),
      time('record and maps lost: Hello to acked', median(allLost.fromHello), true),
      time('the same from the start of the process', median(allLost.fromStart), true),
      {
        question: 'restart with 1 M pinned, started to acked',
        value: median(restart.times),
        unit: 'ms',
        limit: { relation: '<=', value: 2000 },
      },
      { question: 'processor time of that', value: median(restart.cpu), unit: 'ms' },
    ],
    {
      program: PROGRAM,
      idleBytes: idle,
      memory: { ...change, single: stats(change.single), restarted: restart.resident },
      restarts: stats(restart.times),
      recordLost: {
        fromStart: stats(recordLost.fromStart),
        fromHello: stats(recordLost.fromHello),
        kernel: stats(recordLost.kernel),
      },
      allLost: {
        fromStart: stats(allLost.fromStart),
        fromHello: stats(allLost.fromHello),
        kernel: stats(allLost.kernel),
      },
      stalls,
      codeLoading,
    },
  );
} finally {
  if (agent) await stopped(agent, 'SIGKILL');
  detach();
  execFileSync('ip', ['link', 'del', id]);
  controller.stop();
  for (const directory of [stateDir, scratch]) rmSync(directory, { recursive: true, force: true });
}
