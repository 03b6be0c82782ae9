// A million addresses from a file into the kernel of a real host: the command an operator types, with a controller that makes it
// durable and an agent that proves it, against `nft -f` and `ipset restore` of the same list. And whom it holds up meanwhile: the
// longest time for which the event loops of controller and agent were held. REPETITIONS, default 3; THREE_HOSTS=no: only the one host.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STATE_FILE } from '../agent/state-file.ts';
import { Lab } from '../test/lab/lab.ts';
import { addressRows } from '../test/sync/rows.ts';
import { Peers } from './import/peers.ts';
import { ProbeReader, probeEnv } from './import/probe-reader.ts';
import { type Finding, report, stats } from './report.ts';

const ENTRIES = 1_000_000;
const REPETITIONS = Number(process.env.REPETITIONS ?? 3);
const LONGEST_HOLD_MS = 100;
const METRICS = '127.0.0.1:9464';
const probeDirectory = `/tmp/fleetblock-import-probe-${process.pid}`;

function addresses(from: number): string[] {
  return addressRows(ENTRIES, from).flatMap(({ v4 }) =>
    Array.from({ length: v4.count }, (_, i) => v4.addresses.subarray(i * 4, i * 4 + 4).join('.')),
  );
}

/** Milliseconds of one run of the CLI; everything but the expected end is an error. */
async function timed(lab: Lab, ...words: string[]): Promise<number> {
  const started = performance.now();
  const { exitCode, stdout, stderr } = await lab.fleetblock(...words, '--timeout', '60s');
  const ms = performance.now() - started;
  if (exitCode !== 0) throw new Error(`fleetblock ${words.join(' ')}: exit code ${exitCode}: ${stdout} ${stderr}`);
  console.error(`${ms.toFixed(0)} ms: ${stdout}`);
  return ms;
}

/** Seconds that hosts have spent in their kernels so far, as they say in their acks. */
async function kernelSeconds(lab: Lab): Promise<number> {
  const script = `fetch('http://${METRICS}/metrics').then(r => r.text()).then(t => process.stdout.write(t))`;
  const { stdout } = await lab.runAtController([process.execPath, '-e', script]);
  return Number(/^fleetblock_kernel_apply_seconds_sum(?:\{.*\})? (\S+)$/m.exec(stdout)?.[1]);
}

class Holds {
  readonly rows: { readonly what: string; readonly controller: number; readonly agent: number }[] = [];
  readonly #lab: Lab;
  readonly #reader = new ProbeReader(probeDirectory);

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  async during<T>(what: string, work: () => Promise<T>): Promise<T> {
    await this.#read();
    const result = await work();
    this.rows.push({ what, ...(await this.#read()) });
    return result;
  }

  async #read(): Promise<{ controller: number; agent: number }> {
    const controller = await this.#reader.longestHold(this.#lab.controllerPid);
    const agent = await this.#reader.longestHold(this.#lab.host(1).agentPid);
    return { controller, agent };
  }
}

async function oneHost(peers: Peers, first: string, second: string) {
  await using lab = await Lab.create({
    hosts: 1,
    programs: 'dist',
    env: { ...probeEnv(probeDirectory), FLEETBLOCK_METRICS: METRICS },
  });
  await lab.startHosts();
  const holds = new Holds(lab);
  const ours: number[] = [];
  const nft: number[] = [];
  const ipset: number[] = [];
  const kernelMs: number[] = [];
  for (let round = 0; round < REPETITIONS; round++) {
    nft.push(peers.nft());
    const before = await kernelSeconds(lab);
    ours.push(await holds.during('import', () => timed(lab, 'import', first, '--list', 'bench', '--all-hosts')));
    kernelMs.push(((await kernelSeconds(lab)) - before) * 1000);
    ipset.push(peers.ipset());
    if (round < REPETITIONS - 1) await holds.during('removal', () => timed(lab, 'lists', 'rm', 'bench'));
  }
  const replaced = await holds.during('replacement', () =>
    timed(lab, 'import', second, '--list', 'bench', '--all-hosts'),
  );
  await holds.during('one block', () => timed(lab, 'block', '198.51.100.1', '--all-hosts'));
  await holds.during('export', () => exported(lab));
  await holds.during('audit verify', () => lab.fleetblock('audit', 'verify'));
  const behind = await oneBehind(lab);
  const lost = await stateLost(lab, holds);
  const restart = await restarted(lab, holds);
  await holds.during('removal', () => timed(lab, 'lists', 'rm', 'bench'));
  return { ours, nft, ipset, kernelMs, replaced, behind, lost, restart, holds: holds.rows };
}

/** Bytes that reach a host which was away for one change over a million entries. */
async function oneBehind(lab: Lab): Promise<number> {
  const host = lab.host(1);
  const received = async () => {
    // Not from /sys: that shows the interfaces of whoever mounted it.
    const { stdout } = await host.run(['ip', '-s', '-j', 'link', 'show', 'dev', host.station.interface]);
    const bytes = /"rx":\s*\{\s*"bytes":\s*([0-9]+)/.exec(stdout)?.[1];
    if (bytes === undefined) throw new Error(`no counters in ${stdout}`);
    return Number(bytes);
  };
  await host.stopAgent();
  await lab.fleetblock('block', '198.51.100.2', '--all-hosts', '--no-wait');
  const before = await received();
  host.startAgent();
  await lab.synced([host.name]);
  return (await received()) - before;
}

/** Milliseconds from the start of an agent that has lost its record and its maps to synced. */
async function stateLost(lab: Lab, holds: Holds): Promise<number> {
  const host = lab.host(1);
  await host.stopAgent();
  await host.detach();
  rmSync(host.stateFile(STATE_FILE));
  const started = performance.now();
  host.startAgent();
  await lab.synced([host.name]);
  const ms = performance.now() - started;
  await holds.during('after a snapshot', async () => {});
  return ms;
}

/** To nowhere: what it costs the controller is the question. */
async function exported(lab: Lab): Promise<void> {
  const { exitCode, stderr } = await lab.fleetblock('export', '-o', 'plain');
  if (exitCode !== 0) throw new Error(`export: ${stderr}`);
}

async function restarted(lab: Lab, holds: Holds): Promise<number> {
  await lab.stopController();
  const started = performance.now();
  await lab.startController();
  const ms = performance.now() - started;
  await holds.during('restart, host back', () => lab.synced(['host1']));
  return ms;
}

async function threeHosts(file: string): Promise<number> {
  await using lab = await Lab.create({ hosts: 3, programs: 'dist' });
  await lab.startHosts();
  return timed(lab, 'import', file, '--list', 'bench', '--all-hosts');
}

Peers.assertThere();
mkdirSync(probeDirectory);
try {
  const list = addresses(0);
  const first = join(probeDirectory, 'first.txt');
  const second = join(probeDirectory, 'second.txt');
  writeFileSync(first, list.join('\n'));
  writeFileSync(second, addresses(ENTRIES).join('\n'));
  const peers = new Peers(probeDirectory, `fbi${process.pid}`, list);
  const { ours, nft, ipset, kernelMs, replaced, behind, lost, restart, holds } = await oneHost(peers, first, second);
  const three = process.env.THREE_HOSTS === 'no' ? undefined : await threeHosts(first);

  const median = (samples: readonly number[]) => stats(samples).median;
  const imported = median(ours);
  const held = (who: 'controller' | 'agent'): Finding => {
    const worst = holds.toSorted((a, b) => b[who] - a[who])[0];
    return {
      question: `longest hold of the ${who}'s event loop (${worst?.what})`,
      value: worst?.[who] ?? Number.NaN,
      unit: 'ms',
      limit: { relation: '<=', value: LONGEST_HOLD_MS },
    };
  };
  report(
    'import',
    [
      {
        question: '1 M addresses from a file to one kernel, durable and proven',
        value: imported,
        unit: 'ms',
        against: 'nft -f',
        ratio: imported / median(nft),
        target: { relation: '<=', ratio: 1.5 },
      },
      {
        question: 'the same',
        value: imported,
        unit: 'ms',
        against: 'ipset restore',
        ratio: imported / median(ipset),
        target: { relation: '<=', ratio: 1 },
      },
      { question: 'of that in the kernel', value: median(kernelMs), unit: 'ms' },
      ...(three === undefined ? [] : [{ question: 'to three hosts', value: three, unit: 'ms' }]),
      { question: 'replaced by another 1 M', value: replaced, unit: 'ms' },
      {
        question: 'a host that was away for one change over 1 M: what reaches it',
        value: behind / 1024,
        unit: 'KiB',
        limit: { relation: '<=', value: 64 },
      },
      {
        question: 'a host that lost its list, started to synced',
        value: lost,
        unit: 'ms',
        against: "the import's time in the kernel",
        ratio: lost / median(kernelMs),
        target: { relation: '<=', ratio: 3 },
      },
      { question: 'controller with 1 M, started to serving', value: restart, unit: 'ms' },
      held('controller'),
      held('agent'),
    ],
    { ours: stats(ours), nft: stats(nft), ipset: stats(ipset), kernelMs: stats(kernelMs), holds },
  );
  console.table(holds);
} finally {
  rmSync(probeDirectory, { recursive: true, force: true });
}
