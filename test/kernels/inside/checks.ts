// Runs inside a guest: the checks whose names are given (`demo,tests`), each reported as one line on the console as soon as it is done.
import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { execa } from 'execa';
import { messageOf } from '../../../common/errors.ts';
import { devices } from './devices.ts';

/** What needs the kernel most: packets, pins and links through all that can happen to them, the layout of the maps. */
const TESTS = [
  'test/datapath/packets/packets',
  'test/datapath/packets/rules',
  'test/datapath/lifecycle/',
  'test/datapath/layout',
];

type Check = () => Promise<string>;

const CHECKS: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  doctor: { doctor },
  demo: { demo },
  tests: { tests },
  devices,
  // By itself where its name has no comma.
  ...Object.fromEntries(Object.entries(devices).map(([name, check]) => [name, { [name]: check }])),
  refusal: { refusal },
};

/** A program of this tree. @returns its exit code, and all that it said */
async function tree(...words: string[]): Promise<{ readonly exitCode: number | undefined; readonly said: string }> {
  const { exitCode, all } = await execa('node', words, { all: true, reject: false });
  return { exitCode, said: all };
}

async function doctor(): Promise<string> {
  const { exitCode, said } = await tree('dist/agent/main.js', 'doctor');
  if (exitCode !== 0) throw new Error(said);
  return 'healthy';
}

async function demo(): Promise<string> {
  const { exitCode, said } = await tree('scripts/demo.ts');
  if (exitCode !== 0) throw new Error(said);
  return 'held';
}

async function tests(): Promise<string> {
  const file = '/root/tests.json';
  const { said } = await tree(
    ...['node_modules/vitest/vitest.mjs', 'run', '--project', 'system', '--reporter=default', '--reporter=json'],
    ...[`--outputFile.json=${file}`, ...TESTS],
  );
  const { numPassedTests: passed, numPendingTests: skipped, success } = JSON.parse(readFileSync(file, 'utf8'));
  if (success !== true) throw new Error(said);
  return skipped === 0 ? `${passed} passed` : `${passed} passed, ${skipped} need a newer kernel`;
}

/** An older kernel is refused by name, by the agent and by the doctor, before anything is changed. */
async function refusal(): Promise<string> {
  const run = await tree('dist/agent/main.js', 'run', '--interface', 'lo');
  const examined = await tree('dist/agent/main.js', 'doctor');
  for (const { exitCode, said } of [run, examined])
    if (exitCode === 0 || !said.includes(release()) || !/5\.15/.test(said))
      throw new Error(`exit code ${exitCode}: ${said}`);
  return run.said.trim().replace(/^.*?(?=Linux )/, '');
}

const unknown = async () => {
  throw new Error(`there is no such check: ${Object.keys(CHECKS).join(', ')}`);
};

for (const name of process.argv[2]?.split(',') ?? [])
  for (const [check, perform] of Object.entries(CHECKS[name] ?? { [name]: unknown })) {
    try {
      console.log(`@@ ${check}: ok ${await perform()}`);
    } catch (error) {
      console.log(`${messageOf(error)}\n@@ ${check}: failed ${messageOf(error).split('\n', 1)[0]}`);
    }
  }
