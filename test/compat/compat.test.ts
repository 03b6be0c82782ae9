// What was released goes on working: the record of each release is played to the controller and to the agent of today, as it is and as a
// later minor version may say it. `node test/compat/record.ts` makes the record of a release.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { SyncFleet } from '../sync/fleet.ts';
import { UNKNOWN_KIND, withUnknownFields } from './fields.ts';
import { follow } from './followed.ts';
import { PlayedHost } from './played-host.ts';
import { live } from './recorded-life.ts';
import { readTrace } from './trace.ts';

const TRACES = join(import.meta.dirname, 'traces');
const FORMS = [
  { form: 'as it was recorded', alter: (bytes: Buffer) => [bytes] },
  { form: 'as a later minor version may say it', alter: (bytes: Buffer) => [withUnknownFields(bytes), UNKNOWN_KIND] },
];
const CASES = readdirSync(TRACES).flatMap((file) =>
  FORMS.map((form) => ({ ...form, release: file.replace(/\.trace$/, ''), file: join(TRACES, file) })),
);

/** Of 0.1.0. */
const KINDS = [
  ...['hello', 'ack', 'nack', 'status', 'pong', 'lookupReply', 'dropEvents', 'keyKept'],
  ...['welcome', 'delta', 'snapshotBegin', 'snapshotChunk', 'snapshotEnd', 'ping', 'lookup', 'dropWatch'],
];

let fleet: SyncFleet | undefined;
afterEach(async () => {
  await fleet?.stop();
  fleet = undefined;
});

describe('a record of a release', () => {
  test('says everything that agents and controllers say to each other', () => {
    for (const file of readdirSync(TRACES)) {
      const kinds = readTrace(join(TRACES, file)).flatMap((session) => session.map(({ kind }) => kind));
      expect(kinds, file).toEqual(expect.arrayContaining(KINDS));
    }
  });

  test.each(CASES)('$release: this controller serves its agent, $form', async ({ file, alter }) => {
    fleet = await SyncFleet.start({ hub: { silenceLimitMs: 3000 } });
    const host = new PlayedHost(fleet, await fleet.enroll('host1'), readTrace(file), alter);
    expect(await live(fleet, host)).toEqual({
      proven: [1, 1, 1, 1],
      lookup: 'drop by 198.51.100.1/32',
      dropped: '7 from 198.51.100.1 on eth0',
      refused: 'CAPACITY',
      host: { status: 'synced', entries: '507', interfaces: ['eth0 native'] },
    });
  });

  test.each(CASES)('$release: this agent follows its controller, $form', async ({ file, alter }) => {
    const { recorded, given } = await follow(readTrace(file), alter);
    expect(given).toEqual(recorded);
  });
});
