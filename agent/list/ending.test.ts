// A long list of which all rows end at one time.
import { afterEach, expect, it, vi } from 'vitest';
import { NO_ENTRIES, type PackedEntries } from '../../common/entries/packed.ts';
import { TestAgent } from '../../test/agent/harness.ts';
import { entry, ReferenceView, welcome } from '../../test/agent/reference.ts';

const ROWS = 200_000;
let agent: TestAgent;
afterEach(() => agent.stop());

function ending(): PackedEntries<'left'> {
  const addresses = new Uint8Array(ROWS * 4);
  for (let i = 0; i < ROWS; i++) new DataView(addresses.buffer).setUint32(i * 4, Math.imul(i, 0x9e3779b1) >>> 0);
  const columns = { lengths: new Uint8Array(ROWS).fill(32), flags: new Uint8Array(ROWS) };
  return { ...NO_ENTRIES, v4: { count: ROWS, addresses, ...columns, timesMs: new Float64Array(ROWS).fill(1000) } };
}

it('faults row 137: rows that have ended leave the maps some at a time, and a change goes in between', async () => {
  agent = new TestAgent({ lookIntervalMs: 3_600_000 });
  const view = new ReferenceView('e1', 7n);
  const { stream } = await agent.connection();
  stream.push(welcome('e1'), ...view.snapshot(), view.changePacked(ending(), NO_ENTRIES));
  await stream.next();
  expect((await stream.next()).ack).toMatchObject({ revision: '8' });
  agent.clock.advance(3_600_000);
  const taken: number[] = [];
  const apply = agent.datapath.apply.bind(agent.datapath);
  vi.spyOn(agent.datapath, 'apply').mockImplementation((change, after) => {
    taken.push(change.removes.v4.count);
    // Comes while the first of them are taken out.
    if (taken.length === 1) stream.push(view.change([entry('192.0.2.1')]));
    return apply(change, after);
  });
  await agent.agent.reconciler.audit();
  expect(Math.max(...taken)).toBeLessThanOrEqual(65_536);
  expect(taken.reduce((sum, rows) => sum + rows, 0)).toBe(ROWS);
  expect(taken.indexOf(0)).toBeLessThan(taken.length - 1);
  expect(agent.datapath.held.size).toBe(1);
});
