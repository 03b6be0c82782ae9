// One host: the import against nft and ipset of the same list, then replaced and removed.
import { type Finding, stats } from '../report.ts';
import {
  addresses,
  benchLab,
  changed,
  importList,
  kernelSeconds,
  listFile,
  REPETITIONS,
  scratch,
  timed,
} from './bench-lab.ts';
import type { PartResult } from './part.ts';
import { Peers } from './peers.ts';

export async function oneHost(): Promise<PartResult> {
  Peers.assertThere();
  const first = listFile(0);
  const second = listFile(1);
  const peers = new Peers(scratch, `fbi${process.pid}`, addresses(0));
  const { lab, stalls } = await benchLab(1);
  await using _ = lab;
  const ours: number[] = [];
  const nft: number[] = [];
  const ipset: number[] = [];
  const kernelMs: number[] = [];
  for (let round = 0; round < REPETITIONS; round++) {
    nft.push(peers.nft());
    const before = await kernelSeconds(lab);
    ours.push(await stalls.during('import', () => importList(lab, first)));
    kernelMs.push(((await kernelSeconds(lab)) - before) * 1000);
    ipset.push(peers.ipset());
    if (round < REPETITIONS - 1) await stalls.during('removal', () => changed(lab, 'lists', 'rm', 'bench'));
  }
  const replaced = await stalls.during('replacement', () => importList(lab, second));
  await stalls.during('one block', () => changed(lab, 'block', '198.51.100.1', '--all-hosts'));
  await stalls.during('export', () => timed(lab, 'export', '-o', 'plain'));
  await stalls.during('removal', () => changed(lab, 'lists', 'rm', 'bench'));

  const imported = stats(ours).median;
  const against = (peer: string, samples: readonly number[], ratio: number): Finding => ({
    question: '1 M addresses from a file to one kernel, durable and proven',
    value: imported,
    unit: 'ms',
    against: peer,
    ratio: imported / stats(samples).median,
    target: { relation: '<=', ratio },
  });
  return {
    findings: [
      against('nft -f', nft, 1.5),
      against('ipset restore', ipset, 1),
      { question: 'of that in the kernel', value: stats(kernelMs).median, unit: 'ms' },
      { question: 'replaced by another 1 M', value: replaced, unit: 'ms' },
      ...stalls.findings(),
    ],
    details: { ours: stats(ours), nft: stats(nft), ipset: stats(ipset), kernelMs: stats(kernelMs) },
    stalls: stalls.rows,
  };
}
