// All doors together: see said.ts.
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addNamespace, deleteNamespace, inside, ipBatch } from '../../../lab/namespaces.ts';
import { patience } from '../../../lab/patience.ts';
import { CALLED_FROM, CONNECTED_FROM } from './statements.ts';

/** Another seed finds other orders. */
const [seed, statements] = [
  process.env.FLEETBLOCK_DOORS_SEED ?? '20',
  process.env.FLEETBLOCK_DOORS_STATEMENTS ?? '200',
];
const isRoot = process.getuid?.() === 0;
const NETWORK = `fb-doors-${process.pid}`;

beforeAll(async () => {
  if (!isRoot) return;
  await addNamespace(NETWORK);
  // Taken for local, and no interface's: where an operator sits.
  await ipBatch(
    NETWORK,
    [CALLED_FROM, CONNECTED_FROM].map((address) => `route add local ${address} dev lo`),
  );
});
afterAll(async () => {
  if (isRoot) await deleteNamespace(NETWORK);
});

it.skipIf(!isRoot)(
  `faults row 153: ${statements} statements, seed ${seed}`,
  { timeout: patience(600_000) },
  async () => {
    const said = join(import.meta.dirname, 'said.ts');
    const [file, args] = inside(NETWORK, [process.execPath, said, seed, statements]);
    const { exitCode, stderr } = await execa(file, args, { reject: false });
    expect(exitCode, stderr).toBe(0);
  },
);
