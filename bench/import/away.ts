// Who was away: a host that missed one change over a million entries, a host that lost its list, a controller that starts with it.
import { rmSync } from 'node:fs';
import { STATE_FILE } from '../../agent/list/record/state-file.ts';
import type { Lab } from '../../lab/lab.ts';
import { benchLab, importList, kernelSeconds, listFile } from './bench-lab.ts';
import type { PartResult } from './part.ts';
import type { Stalls } from './stalls.ts';

export async function away(): Promise<PartResult> {
  const first = listFile(0);
  const { lab, stalls } = await benchLab(1);
  await using _ = lab;
  const before = await kernelSeconds(lab);
  await importList(lab, first);
  const kernelMs = ((await kernelSeconds(lab)) - before) * 1000;
  const behind = await stalls.during('one change behind', () => oneBehind(lab));
  const lost = await stateLost(lab, stalls);
  return {
    findings: [
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
        ratio: lost / kernelMs,
        target: { relation: '<=', ratio: 3 },
      },
      ...stalls.findings(),
    ],
    details: { kernelMs },
    stalls: stalls.rows,
  };
}

/** Bytes that reach a host which was away for one change over a million entries. */
async function oneBehind(lab: Lab): Promise<number> {
  const host = lab.host(1);
  const received = async () => {
    // Not from /sys: that shows the interfaces of the namespace that it was mounted in.
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
async function stateLost(lab: Lab, stalls: Stalls): Promise<number> {
  const host = lab.host(1);
  await host.stopAgent();
  await host.detach();
  rmSync(host.stateFile(STATE_FILE));
  const started = performance.now();
  await stalls.during('snapshot', async () => {
    host.startAgent();
    await lab.synced([host.name]);
  });
  return performance.now() - started;
}
