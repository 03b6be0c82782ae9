// Events and refusals say who did what to what.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packEntries } from '../../common/entries/packed.ts';
import { parsePrefix } from '../../common/text/prefix.ts';
import { SyncFleet, until } from './fleet.ts';

let fleet: SyncFleet;
beforeAll(async () => {
  fleet = await SyncFleet.start();
});
afterAll(() => fleet?.stop());

test('faults row 97: an event of a change names who and what', async () => {
  const { operator } = fleet;
  await operator.block(['1.2.3.4', '1.2.3.5'], { wait: null });
  await operator.unblock(['1.2.3.5'], { wait: null });
  await operator.block(['1.2.3.0/24'], { action: 'ACTION_ALLOW', wait: null });
  const events: string[] = [];
  for await (const { kind, text } of operator.client.WatchEvents({})) if (kind === 'change') events.push(text);
  expect(events).toEqual([
    'admin/admin blocked 1.2.3.4/32 1.2.3.5/32 on all',
    'admin/admin unblocked 1.2.3.5/32 on all',
    'admin/admin allowed 1.2.3.0/24 on all',
  ]);
});

test('faults row 97: a refusal is kept with verb and prefix; one of a dry run is not', async () => {
  const { operator } = fleet;
  await operator.block(['0.0.0.0/0'], { dryRun: true }).catch(() => undefined);
  await operator.block(['127.0.0.0/8', '9.9.9.9']).catch(() => undefined);
  await until('the refusal', async () => (await operator.audit({ verb: 'refused' })).length > 0);
  expect((await operator.audit({ verb: 'refused' })).map(({ subject }) => subject)).toEqual([
    'block 127.0.0.0/8 and 1 more',
  ]);
});

test('faults row 97: a refused import is kept with the name of its list; one of a dry run is not', async () => {
  const { operator } = fleet;
  const rows = packEntries([{ prefix: parsePrefix('127.0.0.1'), action: 'block', ttlMs: 0 }]);
  await expect(operator.importList('rehearsed', [rows], { dryRun: true })).rejects.toThrow(/loopback/);
  await expect(operator.importList('real', [rows])).rejects.toThrow(/loopback/);
  const subjects = async () => (await operator.audit({ verb: 'refused' })).map(({ subject }) => subject);
  await until('the refusal', async () => (await subjects()).includes('import list real'));
  expect((await subjects()).filter((subject) => subject.startsWith('import'))).toEqual(['import list real']);
});

test('faults row 128: a verb that the audit does not have is refused, with those that it has', async () => {
  await expect(fleet.operator.audit({ verb: 'blocked' })).rejects.toThrow(
    /INVALID_ARGUMENT: "blocked" is no verb of the audit: write one of allow\.add, .*, unblock, undo$/,
  );
});
