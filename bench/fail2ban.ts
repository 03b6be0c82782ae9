// Debian's fail2ban on one of three hosts: from its decision (its own line "Ban") until the kernels of all three hold the ban, by each of
// the two actions; and 20,000 bans that it restores when it starts. What fail2ban waits before it decides, as it polls its logs, is no part.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { askAgent } from '../agent/local/local-socket.ts';
import { readAnswer } from '../agent/local/status-schema.ts';
import { Fail2ban, type Jail } from '../lab/fail2ban.ts';
import { Lab } from '../lab/lab.ts';
import { type Finding, report, stats } from './report.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 21);
const RESTORED = Number(process.env.RESTORED ?? 20_000);

await using lab = await Lab.create({ hosts: 3, programs: 'dist' });
await lab.startHosts();
await lab.json(0, 'detector', 'set', 'fail2ban:*', '--scope', 'fleet', '--rate', '1000000', '--max-claims', '100000');
const fail2ban = await Fail2ban.on(lab, lab.host(1));
await fail2ban.start();
let held = 0;
const details: Record<string, unknown> = {};
const findings: Finding[] = [];
try {
  const start = stats(await rounds(bareStart)).median;
  findings.push({ question: 'a process of Node.js that does nothing, median', value: start, unit: 'ms' });
  for (const jail of ['Process', 'inside'] as const) {
    const took = stats(await rounds((round) => ban(jail, `203.0.113.${round + 1 + held}`)));
    held += ROUNDS;
    details[jail] = took;
    findings.push({
      ...{ question: `Ban to 3 kernels, action ${jail.toLowerCase()}, median`, value: took.median, unit: 'ms' },
      ...{ against: 'the process', ratio: took.median / start, limit: { relation: '<=', value: 150 } },
    });
  }
  const took = await restored();
  findings.push({
    ...{ question: `${RESTORED} restored bans to 3 kernels`, value: took, unit: 'ms' },
    limit: { relation: '<=', value: 10_000 },
  });
} finally {
  await fail2ban.stop();
}
report('fail2ban', findings, details);

async function rounds(once: (round: number) => Promise<number>): Promise<number[]> {
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round++) took.push(await once(round));
  return took;
}

async function bareStart(): Promise<number> {
  const started = performance.now();
  await promisify(execFile)(process.execPath, ['-e', '0']);
  return performance.now() - started;
}

async function ban(jail: Jail, source: string): Promise<number> {
  const { entries } = await status(1);
  const done = fail2ban.client('set', jail, 'banip', source);
  const heldMs = await allHold(entries + 1);
  await done;
  return heldMs - (await decidedMs(`[${jail}] Ban ${source}`));
}

/** From the first that fail2ban restores, none of which the fleet has, until the kernels have the last. */
async function restored(): Promise<number> {
  const addresses = Array.from({ length: RESTORED }, (_, i) => `198.${18 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`);
  const { entries } = await status(1);
  await fail2ban.client('set', 'inside', 'banip', ...addresses);
  await allHold(entries + RESTORED, 100);
  await fail2ban.stop();
  const socket = connect(lab.host(1).reportSocket).resume();
  socket.end(addresses.map((address) => `unban ${address} fail2ban:inside\n`).join(''));
  await once(socket, 'close');
  await allHold(entries, 100);
  await fail2ban.start();
  return (await allHold(entries + RESTORED, 100)) - (await decidedMs('[inside] Restore Ban '));
}

/** When fail2ban wrote the first such line, Unix milliseconds: it has the clock of this machine. */
async function decidedMs(said: string): Promise<number> {
  const line = (await fail2ban.log()).split('\n').find((each) => each.includes(said));
  const [, date = '', time = '', ms = ''] = /^(\S+) (\S+),(\d+) /.exec(line ?? '') ?? [];
  return Date.parse(`${date}T${time}.${ms}Z`);
}

/** @returns when the kernels of all three hosts were seen to hold that many, Unix milliseconds */
async function allHold(entries: number, pauseMs = 5): Promise<number> {
  for (let host = 1; host <= lab.hosts.length; )
    if ((await status(host)).entries === entries) host++;
    else await setTimeout(pauseMs);
  return Date.now();
}

async function status(host: number) {
  return readAnswer(await askAgent(lab.host(host).stateDir, 'status'));
}
