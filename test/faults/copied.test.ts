// A copied state directory, with real agents on real kernels: in whatever order the host and its copy come, no block counts the host
// while its own kernel lets the source through. FLEETBLOCK_TEST_COPIES says how many times each order is played.
import { cp, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GOOD, Lab } from '../../lab/lab.ts';
import { ipBatch } from '../../lab/namespaces.ts';
import { patience } from '../../lab/patience.ts';
import { until } from '../../lab/program.ts';

const ROUNDS = Number(process.env.FLEETBLOCK_TEST_COPIES ?? 1);
/** A source of its own for every block, so that no kernel drops it already. */
const SOURCES = Array.from({ length: 100 }, (_, i) => `192.168.1.${120 + i}`);
const whyNot = Lab.whyNot();

describe.skipIf(whyNot)(`faults row 33: a host and its copy${whyNot ? ` (skipped: ${whyNot})` : ''}`, () => {
  let lab: Lab;
  let blocks = 0;
  beforeAll(async () => {
    lab = await Lab.create({ hosts: 2 });
    const add = SOURCES.map((source) => `address add ${source}/24 dev eth0`);
    await ipBatch(lab.attacker.station.namespace, add);
    await lab.enroll(lab.host(1));
    lab.host(1).startAgent();
    await lab.synced(['host1']);
  });
  afterAll(() => lab?.close());

  const real = () => lab.host(1);
  /** Host 2 has never joined: it is where the copy runs. */
  const copy = () => lab.host(2);
  async function takeCopy(): Promise<void> {
    await rm(copy().stateDir, { recursive: true, force: true });
    await cp(real().stateDir, copy().stateDir, {
      recursive: true,
      preserveTimestamps: true,
      filter: (path) => !path.endsWith('.sock'),
    });
  }
  /** @returns whether it counted the host; then the host's own kernel is asked, by packets */
  async function block(): Promise<boolean> {
    const source = SOURCES[blocks++ % SOURCES.length] ?? '';
    const words = ['block', source, '--host', 'host1', '--timeout', '2s', '-o', 'json'];
    const { stdout, stderr } = await lab.fleetblock(...words);
    const { hosts } = Object(JSON.parse(stdout || '{}'));
    if (hosts?.targeted !== 1) throw new Error(`no answer: ${stderr}`);
    if (hosts.enforced !== 1) return false;
    expect(await lab.attacker.reaches(source, real().address), `${source} reaches the host that was counted`).toBe(
      false,
    );
    return true;
  }
  const found = async () =>
    JSON.stringify(Object(await lab.json(0, 'status')).problems).includes('DUPLICATE_IDENTITY') ? true : undefined;
  async function enrollAgain(): Promise<void> {
    await Promise.all([copy().stopAgent('SIGKILL'), real().stopAgent()]);
    await copy().detach();
    const token = await lab.fleetblock('token', 'create', '--host', 'host1', '--keep-identity');
    await real().join(lab.controller, token.stdout, '--replace');
    real().startAgent();
    await lab.synced(['host1']);
  }

  const orders: [string, () => Promise<void>][] = [
    ['the copy comes while the host runs', async () => copy().startAgent()],
    [
      'the host is killed, and both are started at once',
      async () => {
        await real().stopAgent('SIGKILL');
        copy().startAgent();
        real().startAgent();
      },
    ],
    [
      'the copy comes while the host is away, and the host after it',
      async () => {
        await real().stopAgent();
        copy().startAgent();
        await until('the copy to have been there', async () => {
          await block();
          return found();
        });
        real().startAgent();
      },
    ],
  ];

  test.each(orders)(
    '%s: found, never counted, and resolved by a new certificate',
    async (_order, happens) => {
      for (let round = 0; round < ROUNDS; round++) {
        // Once all sources have had their turn.
        if (blocks > SOURCES.length - 20) {
          await lab.fleetblock('unblock', ...SOURCES);
          blocks = 0;
        }
        expect(await block()).toBe(true);
        await takeCopy();
        await happens();
        await until('the copy to be found', async () => {
          await block();
          return found();
        });
        for (let i = 0; i < 2; i++) expect(await block()).toBe(false);
        await copy().logged('two machines present the identity');
        await real().logged('two machines present the identity');
        expect(await block()).toBe(false);
        expect(await lab.attacker.reaches(GOOD, real().address)).toBe(true);
        await enrollAgain();
        expect(await block()).toBe(true);
      }
    },
    patience(120_000) * ROUNDS,
  );
});
