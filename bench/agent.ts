// What does an agent with a million entries weigh, and how soon is it in step: with a first list, and after a restart? Real
// program, real kernel, TLS from a scripted controller; the floor is an idle Node process of the same run.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { storeEnrollment } from '../agent/enrollment.ts';
import { entry, ReferenceView, welcome } from '../test/agent/reference.ts';
import { type AgentConnection, ScriptedController } from '../test/agent/tls-controller.ts';
import { type Finding, report, stats } from './report.ts';

const ENTRIES = 1_000_000;
const RESTARTS = 5;
const MIB = 2 ** 20;
const published = fileURLToPath(new URL('../dist/agent/main.js', import.meta.url));
const sources = fileURLToPath(new URL('../agent/main.ts', import.meta.url));
// The sources weigh some 25 MiB more: Node's TypeScript stripper. FLEETBLOCK_AGENT: another build.
const program = process.env.FLEETBLOCK_AGENT ?? (existsSync(published) ? published : sources);
// As in the program's first line.
const FLAGS = ['--max-semi-space-size=1', '--expose-gc'];
const id = `fbb${process.pid}`;
const pinDir = `/sys/fs/bpf/${id}`;
const stateDir = mkdtempSync(join(tmpdir(), 'fleetblock-bench-agent-'));

/** Resident memory, bytes, without pages of the kernel's own maps: they are there whether or not an agent looks at them. */
function residentBytes({ pid }: ChildProcess): number {
  let kilobytes = 0;
  let ofMap = false;
  for (const line of readFileSync(`/proc/${pid}/smaps`, 'utf8').split('\n')) {
    if (/^[0-9a-f]+-[0-9a-f]+ /.test(line)) ofMap = line.includes('anon_inode:bpf-map');
    else if (!ofMap && line.startsWith('Rss:')) kilobytes += Number(/([0-9]+) kB/.exec(line)?.[1]);
  }
  return kilobytes * 1024;
}

/** Processor time that a process has used, milliseconds. */
function cpuMs({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  // utime and stime in clock ticks of 10 ms (proc_pid_stat(5), fields 14 and 15).
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function startAgent(): ChildProcess {
  return spawn(
    process.execPath,
    [
      ...FLAGS,
      program,
      'run',
      '--state-dir',
      stateDir,
      '--interface',
      id,
      '--pin-dir',
      pinDir,
      '--audit-interval',
      '5s',
    ],
    { stdio: ['ignore', 'ignore', process.env.VERBOSE ? 'inherit' : 'ignore'] },
  );
}

async function stopped(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await gone;
}

async function idleBytes(): Promise<number> {
  const idle = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { stdio: 'ignore' });
  await later(1500);
  const bytes = residentBytes(idle);
  await stopped(idle, 'SIGKILL');
  return bytes;
}

const controller = await ScriptedController.start();
let agent: ChildProcess | undefined;
try {
  execFileSync('ip', ['link', 'add', id, 'type', 'veth', 'peer', 'name', `${id}p`]);
  execFileSync('ip', ['link', 'set', id, 'up']);
  storeEnrollment(stateDir, controller.enrollment());
  const view = new ReferenceView('bench', 5n);
  view.fill(ENTRIES);
  const chunks = view.snapshot(40_000);

  agent = startAgent();
  let connection: AgentConnection = await controller.connection();
  await connection.next();
  let started = performance.now();
  await connection.push(welcome('bench', { statusIntervalMs: 1000 }), ...chunks);
  const { ack, nack } = await connection.next();
  if (!ack) throw new Error(`the agent refused the list: ${nack?.code} ${nack?.text}`);
  const syncMs = performance.now() - started;
  const kernelMs = Number(ack.kernelUs) / 1000;
  const peak = residentBytes(agent);
  // Two audits later: what a service weighs in its long life.
  await later(12_000);
  const settled = residentBytes(agent);

  const restarts: number[] = [];
  const restartCpu: number[] = [];
  for (let round = 0; round < RESTARTS; round++) {
    await stopped(agent, round % 2 === 0 ? 'SIGKILL' : 'SIGTERM');
    const change = view.change([entry(`203.0.113.${round}`)]);
    started = performance.now();
    agent = startAgent();
    connection = await controller.connection();
    const { hello } = await connection.next();
    if (hello?.revision !== `${view.revision - 1n}`) throw new Error(`resumed at ${hello?.revision}`);
    await connection.push(welcome('bench'), change);
    await connection.next();
    restarts.push(performance.now() - started);
    restartCpu.push(cpuMs(agent));
  }
  await later(6000);
  const restarted = residentBytes(agent);
  const idle = await idleBytes();

  const memory = (question: string, bytes: number): Finding => ({
    question,
    value: bytes / MIB,
    unit: 'MiB',
    against: 'idle Node',
    ratio: bytes / idle,
    target: { relation: '<=', ratio: 3 },
  });
  report(
    'agent',
    [
      memory('memory with 1 M entries, after the first list', settled),
      memory('memory with 1 M entries, after a restart', restarted),
      {
        question: 'memory while the first list is taken',
        value: peak / MIB,
        unit: 'MiB',
        against: 'idle Node',
        ratio: peak / idle,
      },
      {
        question: 'first list of 1 M, sent to acked',
        value: syncMs,
        unit: 'ms',
        against: 'its time in the kernel calls',
        ratio: syncMs / kernelMs,
        target: { relation: '<=', ratio: 3 },
      },
      {
        question: 'restart with 1 M pinned, started to acked',
        value: stats(restarts).median,
        unit: 'ms',
        limit: { relation: '<=', value: 2000 },
      },
      { question: 'processor time of that', value: stats(restartCpu).median, unit: 'ms' },
    ],
    { program, restarts: stats(restarts), idleBytes: idle },
  );
} finally {
  if (agent?.exitCode === null) await stopped(agent, 'SIGKILL');
  execFileSync(process.execPath, [program, 'detach', '--pin-dir', pinDir], { stdio: 'ignore' });
  execFileSync('ip', ['link', 'del', id]);
  controller.stop();
  rmSync(stateDir, { recursive: true, force: true });
}
