// A LAPI that lies, is cut off, or says only a part: nothing goes of which it has not said so, or twice in a row nothing at all.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { unpackEntries } from '../../../common/entries/packed.ts';
import { formatPrefix } from '../../../common/text/prefix.ts';
import { type Feed, type FeedState, NEVER } from '../feed.ts';
import type { Found, Source } from '../source.ts';
import { lapiSources } from './lapi-source.ts';

interface Row {
  readonly id: number;
  readonly value: string;
  readonly duration?: string;
}

let answer: RequestListener = () => {};
const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(`${request.headers['x-api-key']} ${request.url}`);
  answer(request, response);
});
let nowMs = 1_000_000;
let source: Source;
let state: FeedState;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());
beforeEach(() => {
  const address = server.address();
  const url = `http://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}`;
  const feed: Feed = {
    ...{ name: 'lapi', url, target: 'all', action: 'block', everyMs: 1000, format: 'crowdsec', at: '', skipInvalid: 0 },
    ...{
      skipRefused: true,
      haltDrops: 0,
      keyHeader: '',
      allowPrivate: true,
      reason: '',
      paused: false,
      actor: 'a',
      createdMs: 0,
    },
  };
  source = lapiSources({ wallMs: () => nowMs, monotonicMs: () => nowMs })(feed, 'secret');
  state = NEVER;
  asked.length = 0;
});

const row = ({ id, value, duration = '1h' }: Row) => ({
  id,
  value,
  duration,
  type: 'ban',
  scope: 'Ip',
  origin: 'cscli',
});
const says = (added: readonly Row[], deleted: readonly Row[] = []) => {
  answer = (_, response) => response.end(JSON.stringify({ new: added.map(row), deleted: deleted.map(row) }));
};

async function look(): Promise<Found> {
  const found = await source.look({ state, conditional: true, signal: new AbortController().signal });
  // As a feed that puts it in force.
  if (found.kind === 'list') state = { ...state, ...found.marks, rows: prefixes(found).length };
  return found;
}

function prefixes(found: Found): string[] {
  if (found.kind !== 'list') throw new Error('unchanged');
  return found.slices.flatMap((slice) => unpackEntries(slice).map(({ prefix }) => formatPrefix(prefix))).sort();
}

const [A, B, C] = [
  { id: 1, value: '192.0.2.1' },
  { id: 2, value: '192.0.2.2' },
  { id: 3, value: '192.0.2.1', duration: '4h0m0.5s' },
];

it('asks for everything first, then for what is new, without dedup and with its key', async () => {
  says([A, B]);
  expect(prefixes(await look())).toEqual(['192.0.2.1/32', '192.0.2.2/32']);
  says([]);
  expect((await look()).kind).toBe('unchanged');
  expect(asked).toEqual([
    'secret /v1/decisions/stream?startup=true&dedup=false',
    'secret /v1/decisions/stream?startup=false&dedup=false',
  ]);
});

it('of two decisions on one address the longer one holds, and the end of one leaves the other', async () => {
  says([A, C]);
  const found = await look();
  expect(found.kind === 'list' && found.slices.flatMap(unpackEntries).map(({ ttlMs }) => ttlMs)).toEqual([14_400_500]);
  says([], [C]);
  expect(prefixes(await look())).toEqual(['192.0.2.1/32']);
  says([], [A]);
  expect(await look()).toMatchObject({ kind: 'list', slices: [], meant: ['GROWS', 'SHRINKS'] });
});

it('deleted comes before new', async () => {
  says([A]);
  await look();
  says([A], [A]);
  expect(prefixes(await look())).toEqual(['192.0.2.1/32']);
});

it.each([
  ['is cut off', ((_, response) => response.end('{"new":[{"id":1,"du')) satisfies RequestListener],
  [
    'breaks',
    ((_, response) =>
      response.writeHead(200, { 'content-length': 99 }).end('{') && response.destroy()) satisfies RequestListener,
  ],
  ['is an error', ((_, response) => response.writeHead(504).end()) satisfies RequestListener],
  ['is something else', ((_, response) => response.end('{"new":{"a":1}}')) satisfies RequestListener],
])('after an answer that %s everything is asked for', async (_, broken) => {
  says([A]);
  await look();
  answer = broken;
  await expect(look()).rejects.toThrow();
  says([A, B]);
  expect(prefixes(await look())).toEqual(['192.0.2.1/32', '192.0.2.2/32']);
  expect(asked.map((each) => each.includes('startup=true'))).toEqual([true, false, true]);
});

it('a whole answer that is a part removes nothing; the second in a row may be doubted', async () => {
  says([A, B]);
  await look();
  answer = (_, response) => response.writeHead(500).end();
  await expect(look()).rejects.toThrow();
  says([A]);
  expect((await look()).kind).toBe('unchanged');
  says([A, B]);
  expect((await look()).kind).toBe('unchanged');
  says([]);
  await look();
  answer = (_, response) => response.writeHead(500).end();
  await expect(look()).rejects.toThrow();
  says([A]);
  await look();
  const second = await look();
  expect(prefixes(second)).toEqual(['192.0.2.1/32']);
  expect(second.kind === 'list' && second.meant).toEqual(['GROWS']);
});

it('what was not put in force is given again', async () => {
  says([A]);
  const found = await source.look({ state, conditional: true, signal: new AbortController().signal });
  says([]);
  expect(prefixes(await look())).toEqual(prefixes(found));
});

it('after a burst everything is asked for once more: some of it may have been written meanwhile', async () => {
  says([A]);
  await look();
  const many = Array.from({ length: 200 }, (_, i) => ({ id: 10 + i, value: `198.51.100.${i}` }));
  says(many);
  await look();
  says([]);
  await look();
  says([A, B, ...many]);
  expect(prefixes(await look())).toContain('192.0.2.2/32');
});

it('a decision that is said again does not last longer', async () => {
  says([A]);
  await look();
  nowMs += 1_800_000;
  says([A]);
  expect((await look()).kind).toBe('unchanged');
});

it('says what it leaves out', async () => {
  const others = [
    { ...row(A), id: 7, type: 'captcha' },
    { ...row(A), id: 8, scope: 'Country', value: 'XX' },
    { ...row(A), id: 9, value: 'nowhere' },
  ];
  answer = (_, response) => response.end(JSON.stringify({ new: [row(A), ...others], deleted: [] }));
  expect(await look()).toMatchObject({
    notes: [
      'left out, as only bans of addresses and ranges are taken: captcha of Ip (1), ban of Country (1), ban of what is no address (1)',
    ],
  });
});
