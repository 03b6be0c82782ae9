// What went from a layer that was empty when the controller began again: hosts and bouncers that missed it are told.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { unpackEntries } from '../../common/entries/packed.ts';
import { formatPrefix, parsePrefix } from '../../common/text/prefix.ts';
import { Bans } from '../../controller/operations/outlets/bans.ts';
import { gathered } from '../../controller/store/contract/harness.ts';
import type { CatchUp } from '../../controller/views/catch-up.ts';
import { RunningFleet } from '../identity/running.ts';

const BY = { actor: 'test', reason: '' };
let running: RunningFleet;
let host: string;
beforeAll(async () => {
  running = await RunningFleet.start();
  host = await running.addHost('host1');
  await running.serve();
});
afterAll(() => running.stop());

it('a removal before the restart is told after it', async () => {
  const prefix = parsePrefix('198.51.100.7');
  const asked = { prefixes: [prefix], origin: 'manual', action: 'block', dryRun: false, ...BY } as const;
  await running.store.addClaims({ ...asked, selector: { kind: 'all' }, expiresMs: 0, forced: false });
  const since = running.store.head;
  await running.store.removeClaims({ ...asked, selector: undefined });
  await running.server.close();
  await running.serve();
  const { controller, store } = running.server;
  const bans = new Bans({ ...controller, store });
  const changes = await bans.changes(since, () => true);
  if (!changes) throw new Error('history is too short');
  expect((await gathered(changes.removed)).map(formatPrefix)).toEqual(['198.51.100.7/32']);
  expect(await bans.unchanged(since)).toBe(false);
  const caughtUp = await new Promise<CatchUp>((resolve) => controller.views.catchUp(host, since, resolve));
  if (caughtUp.kind !== 'delta') throw new Error(`it gets ${caughtUp.kind}`);
  expect(unpackEntries(caughtUp.delta.removes).map((row) => formatPrefix(row.prefix))).toEqual(['198.51.100.7/32']);
});
