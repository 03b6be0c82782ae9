// The controller killed at every named step, and at thousands of moments, under concurrent writers: nothing that was answered is lost,
// nothing is half there, and the hosts return to equal digests. FLEETBLOCK_KILLS: how many moments, and
// FLEETBLOCK_KILL_SECONDS: for how long at most; FLEETBLOCK_STORES: over how many stores side by side, because a start mostly waits
// for the disk; FLEETBLOCK_SEED: the same ones again.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { FAILPOINTS, type FailpointName } from '../../../common/failpoint.ts';
import { systemClock } from '../../../common/time/clock.ts';
import { openSqliteStore } from '../../../controller/store/sqlite/sqlite-store.ts';
import { seeded } from '../seeded.ts';
import { bundleController, type Kill, Rounds } from './rounds.ts';
import type { Random } from './writers.ts';

const KILLS = Number(process.env.FLEETBLOCK_KILLS ?? 25);
const STORES = Number(process.env.FLEETBLOCK_STORES ?? 1);
const SECONDS = Number(process.env.FLEETBLOCK_KILL_SECONDS ?? Number.POSITIVE_INFINITY);
const SEED = Number(process.env.FLEETBLOCK_SEED ?? Math.floor(Math.random() * 2 ** 31));

const isFailpoint = (name: string): name is FailpointName => Object.hasOwn(FAILPOINTS, name);
/** Those that a controller passes on an existing store; a new one is for test/faults/store-open.test.ts. */
const POINTS = Object.keys(FAILPOINTS)
  .filter(isFailpoint)
  .filter((name) => /^(store|hub|changes)\./.test(name) && name !== 'store.open.made' && name !== 'store.open.created');

let bin: string;
let program: string;
let directory: string;
beforeAll(async () => {
  bin = mkdtempSync(join(tmpdir(), 'fleetblock-kill-bin-'));
  program = await bundleController(bin);
});
afterAll(() => rmSync(bin, { recursive: true, force: true }));
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-kill-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** One audit record a revision, none twice: what the answers said is all that happened. */
async function checkAudit(directory: string): Promise<void> {
  const store = await openSqliteStore({ directory, clock: systemClock });
  const revisions = new Set<bigint>();
  for await (const batch of store.audit({}))
    for (const { revision } of batch) if (revision > 0n) revisions.add(revision);
  expect(revisions.size).toBe(Number(store.head));
  expect(await store.verifyAudit()).toMatchObject({ brokenAt: undefined });
  await store.close();
}

it.each(POINTS)(
  'faults row 21: killed at %s, nothing is lost or half done',
  async (point) => {
    const rounds = new Rounds(program, directory, seeded(SEED));
    await rounds.run({ afterMs: 30 });
    const stop = point.startsWith('store.close.');
    let died = 0;
    for (const passage of [1, 3, 9]) {
      // Steps of a start or stop are passed once.
      const once = stop || point.startsWith('store.open.');
      if (await rounds.run({ point, passage: once ? 1 : passage, afterMs: stop ? 20 : 400, stop })) died++;
    }
    // What the writers ask for is chance, and how much of it they get done depends on the machine.
    for (let more = 0; died === 0 && more < 30; more++)
      if (await rounds.run({ point, passage: 1, afterMs: stop ? 20 : 4000, stop })) died++;
    expect(died, `the controller never came by ${point}`).toBeGreaterThan(0);
    expect(await rounds.run({ afterMs: 20 })).toBe(false);
    await checkAudit(directory);
  },
  400_000,
);

it(
  `faults row 21: ${KILLS} kills at some moment or step (seed ${SEED})`,
  async () => {
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1000;
    const stores = Array.from({ length: STORES }, (_, i) => {
      const random = seeded(SEED + i);
      const own = join(directory, String(i));
      return { own, random, rounds: new Rounds(program, own, random) };
    });
    const answers = () => stores.reduce((sum, { rounds }) => sum + rounds.answers, 0);
    let killed = 0;
    await Promise.all(
      stores.map(async ({ own, random, rounds }) => {
        // Comes to its end by itself, and leaves its compiled code to those who do not.
        await rounds.run({ afterMs: 100, stop: true });
        for (let next = killed + 1; next <= KILLS && seconds() < SECONDS; next = killed + 1) {
          killed = next;
          await rounds.run(someKill(random));
          if (next % 500 === 0)
            console.info(`${next} kills, ${answers()} answers, ${(next / seconds()).toFixed(1)} kills/s`);
        }
        await rounds.run({ afterMs: 10 });
        expect(rounds.answers).toBeGreaterThan(0);
        await checkAudit(own);
      }),
    );
    const died = new Map<string, number>();
    for (const { rounds } of stores)
      for (const [where, times] of rounds.died) died.set(where, (died.get(where) ?? 0) + times);
    console.info(
      `${killed} kills in ${seconds().toFixed(0)} s over ${STORES} stores, ${answers()} changes answered, 0 lost, 0 half done`,
      Object.fromEntries(died),
    );
  },
  Math.max(1_200_000, KILLS * 5000),
);

/** Half of them at a step, if the controller passes it in time. */
function someKill(random: Random): Kill {
  const point = random() < 0.5 ? POINTS[Math.floor(random() * POINTS.length)] : undefined;
  const stop = point?.startsWith('store.close.') ?? false;
  const passage = stop ? 1 : 1 + Math.floor(random() ** 2 * 12);
  return {
    ...(point && { point, passage }),
    answers: Math.floor(random() * 6),
    afterMs: Math.floor(random() * 20),
    stop,
  };
}
