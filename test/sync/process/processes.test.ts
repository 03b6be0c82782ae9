// The guarantees of the fleet as properties, with real processes over TLS: concurrent changes, label moves, controllers and agents killed
// with SIGKILL, connections cut, slow readers. Whenever it is quiet, what was answered is there, what was under way is there whole or
// not at all, and every agent holds exactly what the claims say for its host. FLEETBLOCK_MODEL_SECONDS: how long;
// FLEETBLOCK_SEED: the same decisions again.
import { expect, it } from 'vitest';
import { selectorFromWire, selectorToWire } from '../../../common/rpc/selector.ts';
import { parsePrefix } from '../../../common/text/prefix.ts';
import { formatSelector, parseSelector, selectorMatches } from '../../../common/text/selector.ts';
import type { Claim__Output } from '../../../proto/gen/fleetblock/v1/Claim.ts';
import { until } from '../fleet.ts';
import type { Change } from '../kill/frames.ts';
import { digestOfPrefixes, rowsOf } from '../kill/lists.ts';
import { Writer } from '../kill/writers.ts';
import type { Operator } from '../operator.ts';
import { seeded } from '../seeded.ts';
import { ProcessFleet } from './fleet.ts';

const SECONDS = Number(process.env.FLEETBLOCK_MODEL_SECONDS ?? 30);
const SEED = Number(process.env.FLEETBLOCK_SEED ?? Math.floor(Math.random() * 2 ** 31));
const HOSTS = 4;
const WRITERS = 5;

async function make(operator: Operator, change: Change, waitMs: number | undefined): Promise<void> {
  const wait = waitMs === undefined ? {} : { wait: { timeoutMs: waitMs } };
  switch (change.do) {
    case 'block':
      await operator.block([...change.prefixes], { target: selectorToWire(parseSelector(change.selector)), ...wait });
      return;
    case 'unblock':
      await operator.unblock([...change.prefixes], { target: selectorToWire(parseSelector(change.selector)), ...wait });
      return;
    case 'import': {
      const target = selectorToWire(parseSelector(change.selector));
      await operator.importList(change.list, rowsOf(change.version), { target, ...wait });
      return;
    }
    case 'remove':
      await operator.removeList(change.list);
      return;
    case 'label':
      await operator.labelHost(change.host, { env: change.env });
      return;
  }
}

/** The words of Writer.check. */
function stateOf(claims: readonly Claim__Output[], hosts: ReadonlyMap<string, string>): Map<string, string> {
  const state = new Map<string, string>();
  const lists = new Map<string, { selector: string; prefixes: string[] }>();
  for (const claim of claims) {
    const selector = formatSelector(selectorFromWire(claim.selector));
    if (claim.origin === 'manual') state.set(claim.prefix, selector);
    else {
      const list = lists.get(claim.origin.slice(5)) ?? { selector, prefixes: [] };
      list.prefixes.push(claim.prefix);
      lists.set(claim.origin.slice(5), list);
    }
  }
  for (const [name, { selector, prefixes }] of lists)
    state.set(`list ${name}`, `${selector} ${digestOfPrefixes(prefixes.map(parsePrefix))}`);
  for (const [name, env] of hosts) state.set(`env ${name}`, env);
  return state;
}

it(
  `ordered, atomic, resumable, reliable over processes: ${SECONDS} s of kills and cuts (seed ${SEED})`,
  async () => {
    console.info(`FLEETBLOCK_SEED=${SEED}`);
    const random = seeded(SEED);
    const pick = (count: number) => Math.floor(random() * count);
    const fleet = await ProcessFleet.start(HOSTS);
    const { operator } = fleet.fleet;
    const writers = Array.from({ length: WRITERS }, (_, i) => new Writer(i, seeded(SEED + i + 1)));
    const done = { answers: 0, controllerKills: 0, agentKills: 0, cuts: 0, clogs: 0, rounds: 0 };
    try {
      const end = performance.now() + SECONDS * 1000;
      while (performance.now() < end) {
        let writing = true;
        const write = async (writer: Writer) => {
          while (writing) {
            const change = writer.next();
            try {
              await make(operator, change, random() < 0.5 ? 300 : undefined);
              writer.done();
              done.answers++;
            } catch {
              // Killed under it: whether it was made is seen when it is quiet.
              return;
            }
          }
        };
        const all = Promise.all(writers.map(write));
        for (let step = 0; step < 12; step++) {
          await new Promise((resolve) => setTimeout(resolve, pick(200)));
          const agent = fleet.agents[pick(HOSTS)];
          const dice = pick(10);
          if (dice < 1) {
            await fleet.killController();
            done.controllerKills++;
          } else if (dice < 3) {
            await agent?.kill();
            done.agentKills++;
          } else if (dice < 5) {
            agent?.cable.cut();
            done.cuts++;
          } else if (dice < 7) {
            agent?.cable.clog();
            done.clogs++;
          } else if (dice < 9) agent?.cable.unclog();
        }
        if (random() < 0.5) {
          await fleet.killController();
          done.controllerKills++;
        }
        writing = false;
        await all;
        await quiet(fleet, writers);
        done.rounds++;
      }
    } finally {
      await fleet.stop();
    }
    console.info(done);
    expect(done.rounds).toBeGreaterThan(0);
    expect(done.answers).toBeGreaterThan(0);
  },
  (SECONDS + 240) * 1000,
);

/** Everybody is back and reads: what the store says is what was answered, and what the agents hold. */
async function quiet(fleet: ProcessFleet, writers: readonly Writer[]): Promise<void> {
  const { operator } = fleet.fleet;
  for (const { cable } of fleet.agents) cable.unclog();
  await fleet.serving();
  const synced = async () => (await operator.hosts()).every((host) => host.status === 'synced');
  await until('all hosts to be in step', synced, 90_000);
  const hosts = await operator.hosts();
  const claims = await operator.entries({ expired: true });
  const state = stateOf(claims, new Map(hosts.map((host) => [host.name, host.labels.env ?? ''] as const)));
  for (const writer of writers) writer.check(state);
  for (const agent of fleet.agents) {
    const host = hosts.find((each) => each.name === agent.name);
    if (!host) throw new Error(`${agent.name} is gone`);
    const wanted = claims
      .filter((claim) => selectorMatches(selectorFromWire(claim.selector), host))
      .map((claim) => `block ${claim.prefix}`);
    expect(await agent.dump(), agent.name).toEqual([...new Set(wanted)].sort());
  }
}
