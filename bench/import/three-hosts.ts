// Three hosts: the import to all of them, then replaced and removed.
import { benchLab, changed, importList, listFile } from './bench-lab.ts';
import type { PartResult } from './part.ts';

export async function threeHosts(): Promise<PartResult> {
  const first = listFile(0);
  const second = listFile(1);
  const { lab, stalls } = await benchLab(3);
  await using _ = lab;
  const imported = await stalls.during('import', () => importList(lab, first));
  const replaced = await stalls.during('replacement', () => importList(lab, second));
  const removed = await stalls.during('removal', () => changed(lab, 'lists', 'rm', 'bench'));
  return {
    findings: [
      { question: '1 M addresses from a file to three kernels, durable and proven', value: imported, unit: 'ms' },
      { question: 'replaced by another 1 M, three hosts', value: replaced, unit: 'ms' },
      { question: 'removed, three hosts', value: removed, unit: 'ms' },
      ...stalls.findings(),
    ],
    details: {},
    stalls: stalls.rows,
  };
}
