// For how long nothing is dropped where an interface is recreated, or another program takes ours off: from before the command that
// does it to attached again, so that the command's own time is in it.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { InterfaceState } from '../../agent/datapath/datapath.ts';
import { detachXdp } from '../../agent/datapath/pins/detach.ts';
import { openXdpDatapath } from '../../agent/datapath/xdp-datapath.ts';
import { toolPath } from '../../lab/namespaces.ts';
import { freshPinDir, makePair, PrivateNetwork, quiet } from '../../test/datapath/network.ts';
import { type Finding, stats } from '../report.ts';

const ROUNDS = 20;
/** So seldom that it is never the full check that finds it. */
const NEVER_MS = 3_600_000;
const execute = promisify(execFile);

/** Faults rows 5 and 48. */
export async function links(): Promise<Finding[]> {
  const network = PrivateNetwork.enter();
  const pinDir = freshPinDir();
  makePair('in0', 'out0');
  let changed = (_states: readonly InterfaceState[]) => {};
  let lapsed = () => {};
  const datapath = await openXdpDatapath({
    pinDir,
    interfaces: ['in0'],
    limits: { v4Addresses: 1000, v6Addresses: 1000, prefixes: 1000 },
    logger: quiet,
    auditMs: NEVER_MS,
    onInterfaceChange: (states) => changed(states),
    onLapse: () => lapsed(),
  });
  const became = (mode: InterfaceState['mode']) =>
    new Promise<void>((resolve) => {
      changed = ([state]) => {
        if (state?.mode === mode) resolve();
      };
    });
  // Nothing that the datapath waits for keeps a process alive.
  const awake = setInterval(() => {}, NEVER_MS);
  try {
    const made: number[] = [];
    const detached: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const lapse = new Promise<void>((resolve) => {
        lapsed = resolve;
      });
      detached.push(await taken(['bpftool', 'link', 'detach', 'pinned', join(pinDir, 'links', 'in0')], lapse));
      const gone = became('none');
      await taken(['ip', 'link', 'del', 'in0'], gone);
      made.push(await taken(['ip', 'link', 'add', 'in0', 'type', 'veth', 'peer', 'name', 'out0'], became('native')));
    }
    return [
      within('a recreated interface is attached again', made, 100),
      within('a program that was detached is back', detached, 200),
    ];
  } finally {
    clearInterval(awake);
    await datapath.closed();
    detachXdp(pinDir);
    network.leave();
  }
}

/** From before the command to the event, milliseconds. */
async function taken([command = '', ...words]: readonly string[], event: Promise<void>): Promise<number> {
  const started = performance.now();
  await Promise.all([execute(command, words, { env: { PATH: toolPath } }), event]);
  return performance.now() - started;
}

function within(question: string, samples: readonly number[], limitMs: number): Finding {
  const { median, max } = stats(samples);
  return {
    question: `${question}, median of ${samples.length} (longest ${max.toFixed(0)} ms)`,
    value: median,
    unit: 'ms',
    limit: { relation: '<=', value: limitMs },
  };
}
