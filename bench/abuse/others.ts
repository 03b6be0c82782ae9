// What others notice: their calls and their changes, timed during a load. They ask about one host that answers: a silent one
// would be waited for.
import type { Operator } from '../../test/sync/operator.ts';

export interface Noticed {
  /** Milliseconds of each call of an admin. */
  readonly calls: number[];
  /** Milliseconds of each block of one address, from the command's arrival to the host's ack. */
  readonly blocks: number[];
}

let next = 0;

/** One call after another until `meanwhile` has resolved or rejected, and never fewer than `least` rounds of them. */
export async function noticed(admin: Operator, meanwhile: Promise<unknown>, least: number): Promise<Noticed> {
  const seen: Noticed = { calls: [], blocks: [] };
  let over = false;
  const ended = meanwhile.finally(() => {
    over = true;
  });
  const timed = async (call: () => Promise<unknown>) => {
    const started = performance.now();
    await call();
    seen.calls.push(performance.now() - started);
  };
  for (let round = 0; round < least || !over; round++) {
    await timed(() => admin.hosts());
    await timed(() => admin.check('198.51.100.1', 'good'));
    const address = `20.0.${(next >> 8) & 255}.${next++ & 255}`;
    const { elapsedMs } = await admin.block([address], { target: { hosts: { names: ['good'] } } });
    seen.blocks.push(elapsedMs);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await ended;
  return seen;
}
