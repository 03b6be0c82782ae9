// What may one caller cost the others? A viewer that reads a million records of the audit sixty times at once, and root on one host that
// does all the harm it can think of: calls of an admin meanwhile, a block's way to another host, the controller's memory.
import { loadavg } from 'node:os';
import { endPrograms, LineProgram } from '../lab/line-program.ts';
import { fillAudit } from './abuse/full-audit.ts';
import { noticed } from './abuse/others.ts';
import { Stage } from './abuse/stage.ts';
import { type Finding, report, stats } from './report.ts';

const RECORDS = Number(process.env.RECORDS ?? 1_000_000);
const READS = 60;
const SECONDS = 15;
const MIB = 1024 * 1024;

function helper(script: string, ...words: string[]): LineProgram {
  return new LineProgram(process.execPath, [new URL(`abuse/${script}`, import.meta.url).pathname, ...words]);
}

/** Peak memory of the controller meanwhile, over what it was before, bytes. */
async function growth(stage: Stage, meanwhile: Promise<unknown>): Promise<number> {
  const before = stage.memory();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, stage.memory());
  }, 20);
  await meanwhile.finally(() => clearInterval(timer));
  return Math.max(most, stage.memory()) - before;
}

async function longReads(): Promise<{ findings: Finding[]; details: object }> {
  await using stage = await Stage.start({ fill: (storeFile) => fillAudit(storeFile, RECORDS) });
  const quiet = await noticed(stage.admin, Promise.resolve(), 100);
  await stage.longestTurn();
  const reader = helper('reader.ts', stage.address, stage.identityFile(stage.viewer), `${READS}`, `${SECONDS}`);
  const reading = reader.ask('read');
  const [beside, grown] = await Promise.all([noticed(stage.admin, reading, 100), growth(stage, reading)]);
  const done = await reading;
  await reader.end();
  const turn = await stage.longestTurn();
  const calls = stats(beside.calls);
  const [quietBlocks, blocks] = [stats(quiet.blocks), stats(beside.blocks)];
  const quietCalls = stats(quiet.calls);
  return {
    findings: [
      { question: `an admin's call, quiet, p99`, value: quietCalls.p99, unit: 'ms' },
      {
        question: `an admin's call beside ${READS} reads of ${RECORDS} audit records, p99`,
        value: calls.p99,
        unit: 'ms',
        limit: { relation: '<=', value: 50 },
      },
      {
        question: 'a block to its proof beside them, median',
        value: blocks.median,
        unit: 'ms',
        against: 'quiet',
        ratio: blocks.median / quietBlocks.median,
      },
      {
        question: 'the same, p99',
        value: blocks.p99,
        unit: 'ms',
        against: 'quiet p99',
        ratio: blocks.p99 / quietBlocks.p99,
      },
      {
        question: "the longest turn of the controller's event loop, processor time",
        value: turn,
        unit: 'ms',
        limit: { relation: '<=', value: 50 },
      },
      { question: 'controller memory that they cost', value: grown / MIB, unit: 'MiB' },
    ],
    details: { quiet: { calls: quietCalls, blocks: quietBlocks }, beside: { calls, blocks }, done },
  };
}

async function evilHost(): Promise<{ findings: Finding[]; details: object }> {
  await using stage = await Stage.start();
  const quiet = await noticed(stage.admin, Promise.resolve(), 300);
  const evil = helper('evil-host.ts', stage.address, stage.identityFile(stage.evil));
  const ways = await evil.ask('ways');
  if (!Array.isArray(ways)) throw new Error('no ways');
  const details: Record<string, unknown> = { quiet: stats(quiet.calls) };
  const all: number[] = [];
  let worst = { way: '', turn: 0 };
  const doAll = async () => {
    for (const way of ways.map(String)) {
      await stage.longestTurn();
      const harm = evil.ask(way);
      const { calls, blocks } = await noticed(stage.admin, harm, 20);
      const now = stats(calls);
      const turn = await stage.longestTurn();
      details[way] = { turn, calls: now, blocks: stats(blocks), memoryMib: stage.memory() / MIB, done: await harm };
      all.push(...calls);
      if (turn > worst.turn) worst = { way, turn };
    }
  };
  // The first time with the garbage that V8 lets pile up for whatever traffic there is: what is kept shows when all is done again.
  const first = await growth(stage, doAll());
  const again = await growth(stage, doAll());
  await evil.end();
  return {
    findings: [
      {
        question: 'controller memory that one evil host costs, garbage included',
        value: first / MIB,
        unit: 'MiB',
      },
      {
        question: 'what it costs more when it does all of it again',
        value: again / MIB,
        unit: 'MiB',
        limit: { relation: '<=', value: 50 },
      },
      {
        question: "an admin's call beside it, all ways, p99",
        value: stats(all).p99,
        unit: 'ms',
        limit: { relation: '<=', value: 100 },
      },
      {
        question: `the longest turn of its event loop (${worst.way}), processor time`,
        value: worst.turn,
        unit: 'ms',
        limit: { relation: '<=', value: 100 },
      },
    ],
    details,
  };
}

try {
  const evil = await evilHost();
  const reads = await longReads();
  report('abuse', [...reads.findings, ...evil.findings], { load: loadavg(), reads: reads.details, evil: evil.details });
} finally {
  await endPrograms();
}
