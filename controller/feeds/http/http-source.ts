// Feeds that are documents on a web server.
import { createHash } from 'node:crypto';
import type { Clock } from '../../../common/time/clock.ts';
import { Slots } from '../../fleet/hub/slots.ts';
import { type Feed, NEVER } from '../feed.ts';
import { freeSlot } from '../free-slot.ts';
import type { ListReader } from '../reading/list-reader.ts';
import type { Found, Look, OpenSource } from '../source.ts';
import { get } from './get.ts';

/** What servers ask for, milliseconds: those that come more often are shut out, for a day or for ever. */
const LEAST_MS: Readonly<Record<string, number>> = {
  'spamhaus.org': 3_600_000,
  'dan.me.uk': 1_800_000,
};

/** Documents are in memory as a whole. */
const AT_ONCE = 4;

const UNMARKED = { etag: '', lastModified: '', digest: '' };

/** `reader` reads what was fetched. */
export function httpSources(reader: Pick<ListReader, 'read'>, clock: Clock): OpenSource {
  const slots = new Slots(AT_ONCE);
  return (feed, key) => ({
    leastMs: leastMsOf(new URL(feed.url).hostname),
    look: async (look) => {
      const release = await freeSlot(slots, look.signal);
      try {
        return await found(reader, clock, { feed, key, ...look });
      } finally {
        release();
      }
    },
  });
}

interface FeedLook extends Look {
  readonly feed: Feed;
  readonly key: string;
}

async function found(reader: Pick<ListReader, 'read'>, clock: Clock, look: FeedLook): Promise<Found> {
  const { feed, key, state, conditional, signal } = look;
  const known = conditional ? state : NEVER;
  const answer = await get({
    url: new URL(feed.url.replaceAll('{key}', encodeURIComponent(key))),
    secret: secretOf(feed, key),
    etag: known.etag,
    lastModified: known.lastModified,
    allowPrivate: feed.allowPrivate,
    signal,
  });
  if (answer.unchanged) return { kind: 'unchanged' };
  const digest = createHash('sha256').update(readAs(feed, answer.packed)).update(answer.body).digest('hex');
  const marks = { etag: answer.etag, lastModified: answer.lastModified, digest };
  if (digest === known.digest) return { kind: 'unchanged', marks };
  const { format, at, skipInvalid, action } = feed;
  const read = { format, at, skipInvalid, action, bytes: answer.body, packed: answer.packed, nowMs: clock.wallMs() };
  const { slices, isWhole, notes } = await reader.read(read, signal);
  // Its rows end: what is the same again is taken again, as of now.
  const ends = slices.some(({ v4, v6 }) => v4.timesMs.length + v6.timesMs.length > 0);
  return {
    kind: 'list',
    slices,
    digest,
    marks: ends ? UNMARKED : marks,
    mayBeCut: !answer.saysItsEnd && !isWhole,
    notes,
  };
}

function leastMsOf(host: string): number {
  const [, leastMs = 0] = Object.entries(LEAST_MS).find(([name]) => host === name || host.endsWith(`.${name}`)) ?? [];
  return leastMs;
}

function secretOf({ url, keyHeader }: Feed, key: string): Readonly<Record<string, string>> {
  if (key === '' || url.includes('{key}')) return {};
  return keyHeader === '' ? { authorization: `Bearer ${key}` } : { [keyHeader]: key };
}

/** The same bytes read in another way are another list. */
function readAs({ format, at, skipInvalid, action }: Feed, packed: boolean): string {
  return JSON.stringify([format, at, skipInvalid, action, packed]);
}
