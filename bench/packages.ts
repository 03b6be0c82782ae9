// What does the agent's package ask of a host: the time from `apt-get install` of one file to the first ack, its size on the wire and on
// disk, and the memory of the idle agent with 10,000 entries? Beside that, the same Node.js doing nothing, in the same run.
import { readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Lab } from '../lab/lab.ts';
import { Program } from '../lab/program.ts';
import { controlField, DebianRoot, packageFile } from '../test/packages/debian-root.ts';
import { later } from './agent/agent-process.ts';
import { report } from './report.ts';

const ENTRIES = 10_000;
/** More than the time between two audits, and what a change leaves behind is given back. */
const QUIET_MS = 75_000;
const MIB = 2 ** 20;

/** Bytes, of smaps_rollup. */
interface Memory {
  readonly rss: number;
  readonly pss: number;
  readonly privateDirty: number;
}

function memoryOf(pid: number): Memory {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const bytes = (key: string) => Number(new RegExp(`^${key}:\\s+([0-9]+) kB`, 'm').exec(rollup)?.[1]) * 1024;
  return { rss: bytes('Rss'), pss: bytes('Pss'), privateDirty: bytes('Private_Dirty') };
}

const file = packageFile('fleetblock-agent');
await using lab = await Lab.create({ hosts: 1, programs: 'dist' });
const root = await DebianRoot.minimal();
const started: Program[] = [];
const start = (name: string, ...words: string[]) => {
  const logFile = join(lab.directory, `${name}.log`);
  const program = new Program({ namespace: lab.host(1).namespace, command: root.command(...words), logFile });
  started.push(program);
  return program;
};

try {
  const [brought = ''] = await root.bring(file);
  await root.must('apt-get', '-q', 'update');
  const token = await lab.fleetblock('token', 'create');
  const began = performance.now();
  await root.must('apt-get', '-q', '-y', 'install', brought);
  const installedMs = performance.now() - began;
  const join_ = root.command('fleetblock-agent', 'join', lab.controller, '--token-file', '-', '--name', 'host1');
  await lab.host(1).run(join_, token.stdout);
  const agent = start('agent', 'fleetblock-agent', 'run', '--interface', lab.host(1).station.interface);
  await lab.synced(['host1']);
  const ackedMs = performance.now() - began;

  const list = join(lab.directory, 'list.txt');
  const addresses = Array.from({ length: ENTRIES }, (_, i) => `20.${i >> 8}.${i & 255}.7`);
  await writeFile(list, `${addresses.join('\n')}\n`);
  await lab.json(0, 'import', list, '--list', 'bench', '--all-hosts');
  const idle = start('idle', '/usr/lib/fleetblock-agent/node', '-e', 'setTimeout(() => {}, 1e6)');
  await later(QUIET_MS);
  const [used, floor] = [memoryOf(agent.pid), memoryOf(idle.pid)];

  const memory = (question: string, key: keyof Memory) => ({
    question: `${question}, idle with ${ENTRIES} entries`,
    value: used[key] / MIB,
    unit: 'MiB',
    against: 'idle Node',
    ratio: used[key] / floor[key],
  });
  report(
    'packages',
    [
      {
        question: 'apt-get install to the first ack, 3 commands',
        value: ackedMs / 1000,
        unit: 's',
        limit: { relation: '<=', value: 60 },
      },
      { question: 'of that, apt-get install', value: installedMs / 1000, unit: 's' },
      {
        question: 'the package',
        value: statSync(file).size / 1e6,
        unit: 'MB',
        limit: { relation: '<=', value: 45 },
      },
      {
        question: 'installed',
        value: (Number(await controlField(file, 'Installed-Size')) * 1024) / 1e6,
        unit: 'MB',
        limit: { relation: '<=', value: 140 },
      },
      memory('resident memory (RSS)', 'rss'),
      memory('proportional (PSS)', 'pss'),
      { ...memory('private dirty', 'privateDirty'), limit: { relation: '<=', value: 40 } },
    ],
    { used, floor },
  );
} finally {
  for (const program of started) await program.end('SIGKILL');
  await root.close();
}
