// A host's package is replaced by that of another version, and back, under a flood: no listed packet gets past the hook, no other one is
// dropped, whatever dpkg, its scripts and the unit do meanwhile.
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { attachedProgram } from '../../agent/datapath/libbpf/link.ts';
import { VERSION } from '../../common/version.ts';
import { Lab } from '../../lab/lab.ts';
import { patience } from '../../lab/patience.ts';
import { Program, until } from '../../lab/program.ts';
import { indexOf, PrivateNetwork } from '../datapath/network.ts';
import { DebianRoot, packageFile } from './debian-root.ts';
import { EARLIER, packEarlier } from './earlier.ts';
import { CLEAN, FIRST_LISTED, Flood, LISTED } from './flood.ts';

/** Packets each way that come in at every step. */
const FRAMES = 50_000;

let root: DebianRoot;
let lab: Lab;
let network: PrivateNetwork | undefined;
let flood: Flood;
let agent: Program;
/** In the root, by version. */
const packages = new Map<string, string>();

beforeAll(async () => {
  root = await DebianRoot.minimal();
  const present = packageFile('fleetblock-agent');
  const [path = ''] = await root.bring(present);
  packages.set(VERSION, path);
  for (const earlier of EARLIER) {
    const file = await packEarlier(present, join(root.directory, 'root'), earlier);
    packages.set(earlier.version, join('/root', basename(file)));
  }
  await root.apt(path);
  lab = await Lab.create({ hosts: 1, programs: 'dist' });
  network = PrivateNetwork.join(lab.host(1).namespace);
  flood = new Flood();
  const token = await lab.fleetblock('token', 'create');
  const words = ['fleetblock-agent', 'join', lab.controller, '--token-file', '-', '--name', 'host1'];
  expect(await lab.host(1).run(root.command(...words), token.stdout)).toMatchObject({ exitCode: 0 });
  await startAgent();
  // Half by the bits, half by look-up.
  for (const words of [[`${FIRST_LISTED}/25`], ['198.51.100.128/26', '--duration', '1d']])
    expect(await lab.fleetblock('block', ...words, '--all-hosts', '--timeout', '60s')).toMatchObject({ exitCode: 0 });
});

afterAll(async () => {
  flood?.close();
  network?.leave();
  await agent?.end('SIGKILL');
  await lab?.close();
  await root?.close();
});

async function startAgent(): Promise<void> {
  agent = new Program({
    namespace: lab.host(1).namespace,
    command: root.command('fleetblock-agent', 'run', '--interface', `eth0,${LISTED},${CLEAN}`, '--wait-for-interface'),
    logFile: join(lab.directory, 'packaged-agent.log'),
  });
  await lab.synced(['host1']);
}

/** Lets more of the flood in, and tells what it met since the beginning. */
async function flooded(): Promise<{ readonly passed: number; readonly dropped: number }> {
  const before = flood.counts();
  return until('the flood to go on', async () => {
    const { listed, clean, passed } = flood.counts();
    if (listed.came - before.listed.came < FRAMES || clean.came - before.clean.came < FRAMES) return undefined;
    return { passed: Math.max(passed.listed, listed.came - listed.dropped), dropped: clean.dropped };
  });
}

const NOTHING = { passed: 0, dropped: 0 };

/** As the packages do it: dpkg replaces the files below the running agent, then the unit is restarted. */
async function restartedAfter(version: string): Promise<void> {
  await root.must('dpkg', '--install', packages.get(version) ?? '');
  expect(await flooded(), `${version} unpacked`).toEqual(NOTHING);
  await agent.end('SIGTERM');
  expect(await flooded(), `the agent before ${version} stopped`).toEqual(NOTHING);
  await startAgent();
  await isInCharge(version);
}

/** As a cautious operator does it. */
async function stoppedBefore(version: string): Promise<void> {
  await agent.end('SIGTERM');
  await root.must('dpkg', '--install', packages.get(version) ?? '');
  expect(await flooded(), `${version} unpacked, no agent`).toEqual(NOTHING);
  await startAgent();
  await isInCharge(version);
}

async function isInCharge(version: string): Promise<void> {
  expect(await flooded(), `${version} runs`).toEqual(NOTHING);
  expect(await root.must('fleetblock-agent', '--version')).toContain(version);
  await until(`an agent of ${version}`, async () => {
    const [host] = z.array(z.object({ status: z.string(), version: z.string() })).parse(await lab.json(0, 'hosts'));
    return (host?.status === 'synced' && host.version === version) || undefined;
  });
}

const programs = () => [LISTED, CLEAN].map((name) => attachedProgram(indexOf(name)).programId);

test.each(EARLIER)(
  'from $version, with $what, to this version and back',
  async ({ version }) => {
    await flood.start();
    await restartedAfter(version);
    const before = programs();
    await restartedAfter(VERSION);
    expect(programs()).not.toEqual(before);
    await stoppedBefore(version);
    await stoppedBefore(VERSION);
    const perSecond = await flood.stop();
    const { listed, clean, passed } = flood.counts();
    console.info(
      `${Math.round(perSecond)} packets/s, listed ${JSON.stringify(listed)}, clean ${JSON.stringify(clean)}`,
    );
    expect(passed).toEqual({ listed: 0, clean: clean.came });
    expect(listed.dropped).toBe(listed.came);
    expect(clean.dropped).toBe(0);
  },
  patience(600_000),
);
