// What a feed is: the document that an operator declares, and what is remembered of its looks.
import { z } from 'zod';
import { FleetblockError } from '../../common/errors.ts';
import { formAt, LIST_FORMATS } from '../../common/lists/forms.ts';
import { isListName } from '../../common/text/origin.ts';

const declared = z.object({
  name: z.string(),
  /** `{key}` stands for the key. */
  url: z.string(),
  /** Canonical text of a selector. */
  target: z.string(),
  action: z.enum(['block', 'monitor']),
  /** Milliseconds from one look to the next. */
  everyMs: z.number(),
  /** A form of lists, `auto`, or what SOURCES knows. */
  format: z.string(),
  /** See Written in common/lists/read-rows.ts; empty: nowhere in particular. */
  at: z.string(),
  /** Bad lines that may be left out. */
  skipInvalid: z.number(),
  /** Leave out what the guard refuses. */
  skipRefused: z.boolean(),
  /** The header that the key is sent in; empty: as a bearer token. */
  keyHeader: z.string(),
  /** Loopback, link-local and private addresses are asked, too. */
  allowPrivate: z.boolean(),
  reason: z.string(),
  /** Packets per second that a host may drop while a change goes in stages; 0: any number. */
  haltDrops: z.number().default(0),
  paused: z.boolean(),
  /** Who declared it, and when: Unix milliseconds. */
  actor: z.string(),
  createdMs: z.number(),
});

/** A list that is fetched again and again, into the list of its own name. Kept as it is, as JSON. */
export type Feed = Readonly<z.infer<typeof declared>>;

/** Of all addresses of a family. */
const share = z.object({ 4: z.number(), 6: z.number() }).default({ 4: 0, 6: 0 });

const marks = {
  /** What the server calls the version that is in force. */
  etag: z.string().default(''),
  lastModified: z.string().default(''),
  /** SHA-256 of it, hex: an answer that is the same again is not read. */
  digest: z.string().default(''),
};

const remembered = z.object({
  ...marks,
  /** Unix milliseconds, 0 for never: the last look, the last that went well, the last that changed the list. */
  lookedMs: z.number().default(0),
  goodMs: z.number().default(0),
  changedMs: z.number().default(0),
  /** Of the list that is in force. */
  rows: z.number().default(0),
  /** By the rows in force. */
  share,
  /** Why the last look failed; empty: it did not. */
  error: z.string().default(''),
  /** In a row. */
  failures: z.number().default(0),
  /** Unix milliseconds: the next look; and before when the server wants none. */
  dueMs: z.number().default(0),
  notBeforeMs: z.number().default(0),
  /** A list that was taken, and reaches its hosts in stages: it is in force when its rollout is done. */
  staged: z
    .object({
      /** The id of the rollout. */
      rollout: z.string(),
      marks: z.object(marks),
      /** Of what it says, empty: not known. */
      digest: z.string(),
      rows: z.number(),
      share,
    })
    .optional(),
  /** The last look brought a list that waits for an operator. */
  held: z
    .object({
      rows: z.number(),
      share,
      /** Empty: not known. */
      digest: z.string().default(''),
      /** Kinds of doubts; none: there is nothing that an operator could accept. */
      kinds: z.array(z.string()).default([]),
      why: z.array(z.string()),
      /** An operator has accepted it, or wants what was undone tried again, while its server could not be asked: the next look does it. */
      accepted: z.boolean().default(false),
      /** Names of hosts whose peers do not halt it then. */
      ignoreHosts: z.array(z.string()).optional(),
    })
    .optional(),
});

/** What is remembered of a feed's looks, across restarts. */
export type FeedState = Readonly<z.infer<typeof remembered>>;

/** A format of feeds alone: Spamhaus ends its lists with their number of rows, without which they were cut off. Read as JSON. */
export const SPAMHAUS = 'spamhaus';

/** The format of a CrowdSec LAPI, which is asked as a bouncer asks it. */
export const CROWDSEC = 'crowdsec';

/** Of a feed that was never looked at. */
export const NEVER: FeedState = remembered.parse({});

/** For settings: `feed` is declared, `feed-state` remembered, `feed-key` the secret that a server asks for, which no answer has. */
export const KINDS = { feed: 'feed', state: 'feed-state', key: 'feed-key' } as const;

/** @throws ZodError, SyntaxError: not what this program wrote */
export function readFeed(body: string): Feed {
  return declared.parse(JSON.parse(body));
}

/** What cannot be read counts as never looked at: all is fetched again then. */
export function readState(body: string): FeedState {
  try {
    return remembered.parse(JSON.parse(body));
  } catch {
    return NEVER;
  }
}

/** Of the controller's feed, in the audit and as the owner of its list. */
export function actorOf(name: string): string {
  return `feed/${name}`;
}

const LONGEST_URL = 2000;
const HEADER = /^[A-Za-z0-9-]{1,64}$/;
/** Names that HTTP itself uses: a key in one of them would break the request, or go to every proxy. */
const TAKEN =
  /^(host|connection|content-.*|transfer-encoding|accept.*|if-.*|range|upgrade|te|trailer|expect|keep-alive|proxy-.*)$/i;
const SHORTEST_EVERY_MS = 60_000;
/** A LAPI is on this machine or near it, and says only what is new. */
const SHORTEST_CROWDSEC_MS = 1000;
const LONGEST_EVERY_MS = 30 * 86_400_000;
const LONGEST_KEY = 4096;

/** @throws FleetblockError INVALID_ARGUMENT naming the fix */
export function checkFeed(feed: Feed, key: string, sources: readonly string[]): void {
  if (!isListName(feed.name))
    throw bad(
      `${JSON.stringify(feed.name.slice(0, 80))} cannot be a feed's name: use lower-case letters, digits, dots, underscores and hyphens`,
    );
  const url = URL.canParse(feed.url) ? new URL(feed.url) : undefined;
  if (feed.url.length > LONGEST_URL || !url || !['http:', 'https:'].includes(url.protocol))
    throw bad('a feed has a URL of http or https, like https://www.spamhaus.org/drop/drop_v4.json');
  if (url.username || url.password)
    throw bad(
      'a password in the URL is shown to everyone who lists the feeds: use --key-file, and {key} in the URL for it',
    );
  if (feed.url.includes('{key}') && key === '') throw bad('the URL has {key}, and there is no key: use --key-file');
  if (!/^[\x21-\x7e]*$/.test(key) || key.length > LONGEST_KEY)
    throw bad(`a key is one line of at most ${LONGEST_KEY} printable characters without blanks`);
  if (feed.keyHeader !== '' && (!HEADER.test(feed.keyHeader) || TAKEN.test(feed.keyHeader)))
    throw bad(`${JSON.stringify(feed.keyHeader.slice(0, 80))} is no header that takes a key: write one like X-Api-Key`);
  if (feed.keyHeader !== '' && key === '')
    throw bad('--key-header names where the key is sent: use --key-file with it');
  if (![...LIST_FORMATS, SPAMHAUS, ...sources].includes(feed.format))
    throw bad(`${JSON.stringify(feed.format.slice(0, 40))} is no form of a feed: see fleetblock feed add --help`);
  if (feed.format === CROWDSEC && key === '')
    throw bad('LAPI wants the key that cscli bouncers add prints: use --key-file');
  if (!Number.isSafeInteger(feed.haltDrops) || feed.haltDrops < 0)
    throw bad('halt_drops is a number of packets per second: say --halt-drops 1000');
  if (feed.format === CROWDSEC && (feed.keyHeader !== '' || feed.skipInvalid > 0))
    throw bad('LAPI takes its key as X-Api-Key and says no bad lines: leave out --key-header and --skip-invalid');
  if (feed.keyHeader !== '' && feed.url.includes('{key}'))
    throw bad('the key goes into the URL, at {key}: leave out --key-header, or {key}');
  if (feed.at !== '') formAt(feed.at, feed.format);
  const shortestMs = feed.format === CROWDSEC ? SHORTEST_CROWDSEC_MS : SHORTEST_EVERY_MS;
  if (!(feed.everyMs >= shortestMs && feed.everyMs <= LONGEST_EVERY_MS))
    throw bad('a feed is looked at once per minute at most (crowdsec: per second), and once in 30 days at least');
}

function bad(message: string): FleetblockError {
  return new FleetblockError('INVALID_ARGUMENT', message);
}
