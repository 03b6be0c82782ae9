// What has to end in time: the stream of a host that is revoked, and a block that is not confirmed.
import { systemClock } from '../../common/time/clock.ts';
import { SyncFleet, until } from '../../test/sync/fleet.ts';
import { DeafHost } from '../../test/sync/simulated/deaf-host.ts';
import { type Finding, stats } from '../report.ts';

const ROUNDS = 10;
const CONFIRM_MS = 1000;

/** Faults row 35, and docs/cli.md of `--confirm`. */
export async function ends(): Promise<Finding[]> {
  const fleet = await SyncFleet.start();
  try {
    const revoked = stats(await times(ROUNDS, (round) => revocation(fleet, `gone${round}`)));
    const host = await fleet.agent('web1');
    await until('synced', async () => (await fleet.operator.host('web1')).status === 'synced');
    const undone = stats(
      await times(3, async (round) => {
        const { confirm } = await fleet.operator.block([`203.0.113.${round}`], { confirmMs: CONFIRM_MS });
        const endMs = Number(confirm?.deadlineMs);
        await until(
          'it is undone',
          async () => host.datapath.held.size === 0 && (await fleet.operator.entries()).length === 0,
        );
        return systemClock.wallMs() - endMs;
      }),
    );
    await host.stop();
    return [
      {
        question: 'from the revocation of a host to the end of its stream, longest',
        value: revoked.max,
        unit: 'ms',
        limit: { relation: '<=', value: 1000 },
      },
      {
        question: 'from the end of a time to confirm to undone, at the host and in the store, longest',
        value: undone.max,
        unit: 'ms',
        limit: { relation: '<=', value: 3000 },
      },
    ];
  } finally {
    await fleet.stop();
  }
}

/** @returns milliseconds */
async function revocation(fleet: SyncFleet, name: string): Promise<number> {
  const host = new DeafHost(fleet.address, await fleet.enroll(name));
  try {
    await until('connected', () => fleet.server.controller.hub.statusOf(host.identity.hostId) !== 'offline');
    const started = performance.now();
    await fleet.server.store.revokeHost(name, { actor: 'admin/bench', reason: '' });
    await until('the stream has ended', () => host.ended !== undefined);
    return performance.now() - started;
  } finally {
    host.close();
  }
}

async function times(rounds: number, measure: (round: number) => Promise<number>): Promise<number[]> {
  const taken: number[] = [];
  for (let round = 0; round < rounds; round++) taken.push(await measure(round));
  return taken;
}
