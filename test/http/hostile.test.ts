// What no client sends: bodies that are too long, too deep, ambiguous or endless; connections that say little; requests that two readers
// could understand differently. The controller stays, serves others, and changes nothing.
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientIdentity } from '../../common/rpc/channel.ts';
import { type RunningFleet, servedOverHttp } from '../identity/running.ts';
import {
  ask,
  askStream,
  closed,
  envelope,
  OPERATOR,
  opened,
  rawConnection,
  requestTo,
  restOf,
  send,
} from './client.ts';
import { makeKey } from './keys.ts';

let running: RunningFleet;
let admin: ClientIdentity;
let key: string;
let viewer: string;
const JSON_TYPE = { 'content-type': 'application/json' };
const BLOCK = `${OPERATOR}Block`;

beforeAll(async () => {
  ({ running, admin } = await servedOverHttp());
  key = await makeKey(running, { name: 'tester', role: 'operator' }, admin);
  viewer = await makeKey(running, { name: 'looker', role: 'viewer' }, admin);
});
afterAll(() => running.stop());

const post = (body: string | Buffer, headers: Readonly<Record<string, string>> = JSON_TYPE) =>
  send(running, BLOCK, body, { key, headers });
const works = async () => {
  const reply = await ask(running, `${OPERATOR}ListConfirmations`, {}, { key });
  expect(reply.status).toBe(200);
};
const revision = () => running.server.store.head;

describe('bodies', () => {
  it.each([
    ['nothing', '', 'is not JSON'],
    ['half a document', '{"prefixes":["203.0.113.1"', 'is not JSON'],
    ['two documents', '{}{}', 'is not JSON'],
    ['a trailing comma', '{"dryRun":true,}', 'is not JSON'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'is not UTF-8'],
    ['an array', '[]', 'BlockRequest'],
    ['null', 'null', 'BlockRequest'],
    ['an unknown field', '{"prefixs":["203.0.113.1"]}', 'key "prefixs" is unknown'],
    ['a field of another type', '{"prefixes":"203.0.113.1"}', 'BlockRequest.prefixes'],
    ['a number that is none', '{"ttlMs":"1h"}', 'BlockRequest.ttl_ms'],
    ['a negative number', '{"ttlMs":"-1"}', 'BlockRequest.ttl_ms'],
    ['a number too large', '{"ttlMs":"18446744073709551616"}', 'BlockRequest.ttl_ms'],
    ['an action that is none', '{"action":"BLOCK"}', 'Action'],
    ['two targets', '{"target":{"allHosts":true,"labels":"a=b"}}', 'Selector.target'],
    ['a key twice', '{"force":false,"force":true}', 'the key "force" is given twice'],
    ['a key in two spellings', '{"force":false,"\\u0066orce":true}', 'the key "force" is given twice'],
    ['a field by both of its names', '{"dryRun":true,"dry_run":false}', 'dry_run'],
    ['a key twice further in', '{"target":{"labels":"a","labels":"b"}}', 'the key "labels" is given twice'],
    ['the prototype of all objects', '{"__proto__":{"force":true}}', 'key "__proto__" is unknown'],
    ['a constructor', '{"constructor":{"prototype":{"force":true}}}', 'key "constructor" is unknown'],
    ['depth', `${'['.repeat(500_000)}`, 'nested more than 16 deep'],
    ['depth in keys', `${'{"a":'.repeat(200_000)}`, 'nested more than 16 deep'],
  ])('%s: a clear refusal', async (_, body, text) => {
    const before = revision();
    const reply = await post(body);
    expect(reply.status).toBe(400);
    expect(reply.json()).toMatchObject({ code: 'invalid_argument', message: expect.stringContaining(text) });
    expect(revision()).toBe(before);
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('force');
  });

  it('names like those of prototypes are labels, or no labels, as over gRPC', async () => {
    const labels = '{"labels":{"__proto__":"x"}}';
    const reply = await send(running, `${OPERATOR}CreateToken`, labels, { identity: admin, headers: JSON_TYPE });
    expect(reply.json().message).toMatch(/__proto__=x is not a label/);
  });

  it('a million empty objects are read in bounded time, and refused', async () => {
    const reply = await post(`{"prefixes":[${'{},'.repeat(600_000)}{}]}`);
    expect(reply.json().code).toBe('invalid_argument');
  });

  it('more than is taken is refused before it is read', async () => {
    const reply = await post('x', { ...JSON_TYPE, 'content-length': String(3 * 1024 * 1024) }).catch(() => undefined);
    expect(reply?.json().code ?? 'resource_exhausted').toBe('resource_exhausted');
    await works();
  });

  it('a body without end is cut', async () => {
    const sent = requestTo(running, BLOCK, { key, headers: JSON_TYPE });
    const over = new Promise<string>((resolve) => {
      sent.on('error', (error) => resolve(error.message));
      sent.on('close', () => resolve('closed'));
    });
    let status = 0;
    sent.on('response', (response) => {
      status = response.statusCode ?? 0;
      response.resume();
    });
    const piece = Buffer.alloc(64 * 1024, 0x20);
    let bytes = 0;
    while (!sent.destroyed && bytes < 1024 * 1024 * 1024) {
      bytes += piece.length;
      if (!sent.write(piece)) await Promise.race([once(sent, 'drain').catch(() => {}), over]);
    }
    await over;
    expect([0, 429]).toContain(status);
    expect(bytes).toBeLessThan(1024 * 1024 * 1024);
    await works();
  });

  it('a message that JSON makes short and gRPC would not take is refused', async () => {
    const reply = await post(JSON.stringify({ prefixes: ['203.0.113.1'], reason: 'x'.repeat(1_200_000) }));
    expect(reply.json()).toMatchObject({
      code: 'resource_exhausted',
      message: expect.stringContaining('at most 1048576'),
    });
  });

  it.each([
    ['a message without an end', Buffer.from([0, 0, 0, 0, 9, 123]), 'invalid_argument'],
    ['a message of 4 GB', Buffer.from([0, 255, 255, 255, 255]), 'resource_exhausted'],
    ['a compressed message', Buffer.from([1, 0, 0, 0, 2, 123, 125]), 'invalid_argument'],
    ['no message', Buffer.alloc(0), 'invalid_argument'],
  ])('of a stream, %s', async (_, body, code) => {
    for (const method of ['ListAudit', 'ImportList']) {
      const headers = { 'content-type': 'application/connect+json' };
      const reply = await send(running, OPERATOR + method, body, { key, headers });
      expect(opened(reply.body).last.error.code).toBe(code);
    }
  });

  it('a second message where one is taken', async () => {
    const reply = await askStream(running, `${OPERATOR}ListAudit`, [{}, {}], { key });
    expect(opened(reply.body).last.error.message).toContain('a second message');
  });

  it('an import whose connection breaks changes nothing', async () => {
    const before = revision();
    const sent = requestTo(running, `${OPERATOR}ImportList`, {
      key,
      headers: { 'content-type': 'application/connect+json' },
    });
    sent.on('error', () => {});
    const begin = Buffer.from(
      JSON.stringify({ begin: { list: 'broken', target: { allHosts: true }, allowShrink: true } }),
    );
    sent.write(Buffer.concat([Buffer.from([0, 0, 0, begin.length >> 8, begin.length & 255]), begin]), () =>
      sent.destroy(),
    );
    await closed(sent);
    await expect.poll(() => running.server.http?.connections()).toBe(0);
    expect(revision()).toBe(before);
    expect(await running.server.store.lists()).toEqual([]);
  });
});

describe('requests', () => {
  it.each([
    ['GET', { method: 'GET' }, 405],
    ['PUT', { method: 'PUT' }, 405],
    [
      'OPTIONS, as browsers ask first',
      { method: 'OPTIONS', headers: { 'access-control-request-method': 'POST' } },
      405,
    ],
    ['no content type', {}, 415],
    ['a form', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415],
    ['plain text', { headers: { 'content-type': 'text/plain' } }, 415],
    ['protobuf', { headers: { 'content-type': 'application/proto' } }, 415],
    ['gzip', { headers: { ...JSON_TYPE, 'content-encoding': 'gzip' } }, 415],
    ['another version of the protocol', { headers: { ...JSON_TYPE, 'connect-protocol-version': '2' } }, 415],
    ['a page of another site', { headers: { ...JSON_TYPE, origin: 'https://evil.example' } }, 403],
    ['a page of this very site', { headers: { ...JSON_TYPE, origin: 'https://controller.fleetblock.internal' } }, 403],
    ['a browser that says so', { headers: { ...JSON_TYPE, 'sec-fetch-site': 'cross-site' } }, 403],
    ['an expectation that is none', { headers: { ...JSON_TYPE, expect: 'wonders' } }, 417],
  ])('%s', async (_, asked, status) => {
    const before = revision();
    const reply = await send(running, BLOCK, '{}', { key, ...asked });
    expect(reply.status).toBe(status);
    expect(reply.headers['access-control-allow-origin']).toBeUndefined();
    expect(revision()).toBe(before);
  });

  it.each([
    '/',
    '/fleetblock.v1.OperatorService',
    `${BLOCK}/`,
    `${BLOCK}?x=1`,
    `${OPERATOR}block`,
    `${OPERATOR}__proto__`,
    `${OPERATOR}constructor`,
  ])('%s is not there', async (path) => {
    expect((await send(running, path, '{}', { key, headers: JSON_TYPE })).status).toBe(404);
  });

  it.each([
    ['HTTP/1.0', 'POST /fleetblock.v1.OperatorService/Block HTTP/1.0\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}', '505'],
    ['no HTTP', '\x16\x03\x01\r\n\r\n', '400'],
    ['HTTP/2 without having agreed on it', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '400'],
    ['no host', `POST ${BLOCK} HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}`, '400'],
    ['two hosts', `POST ${BLOCK} HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 2\r\n\r\n{}`, '400'],
    ['two lengths', `POST ${BLOCK} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, '400'],
    [
      'a length and chunks',
      `POST ${BLOCK} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      '400',
    ],
    [
      'chunks that are not last',
      `POST ${BLOCK} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
      '400',
    ],
    [
      'a header with a space before its colon',
      `POST ${BLOCK} HTTP/1.1\r\nHost: a\r\nContent-Length : 2\r\n\r\n{}`,
      '400',
    ],
    ['a folded header', `POST ${BLOCK} HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\n{}`, '400'],
    [
      'two keys',
      `POST ${BLOCK} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\nContent-Length: 2\r\n\r\n{}`,
      '400',
    ],
    ['a head without end', `POST ${BLOCK} HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}`, '431'],
  ])('%s', async (_, bytes, status) => {
    const before = revision();
    const socket = await rawConnection(running);
    socket.end(bytes);
    // What is not read when a connection is cut may take the answer with it.
    expect(await restOf(socket)).toMatch(new RegExp(`^(HTTP/1.1 ${status} |$)`));
    expect(revision()).toBe(before);
  });

  it('what follows a request before its answer is not served', async () => {
    const one = `POST ${OPERATOR}WatchEvents HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\nContent-Length: 15\r\n\r\n{"follow":true}`;
    const two = `POST ${BLOCK} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nContent-Length: 59\r\n\r\n{"prefixes":["203.0.113.66"],"target":{"allHosts":true} }  `;
    const before = revision();
    const socket = await rawConnection(running);
    socket.write(one + two);
    expect(await restOf(socket)).not.toContain('203.0.113.66');
    expect(revision()).toBe(before);
  });
});

describe('keys', () => {
  it('of a viewer change nothing', async () => {
    const before = revision();
    const reply = await ask(running, BLOCK, { prefixes: ['203.0.113.1'], target: { allHosts: true } }, { key: viewer });
    expect(reply.status).toBe(403);
    expect(revision()).toBe(before);
  });

  it('in other schemes, cut, extended or in the address are none', async () => {
    const tries = [
      `Basic ${key}`,
      `Bearer ${key.slice(0, -1)}`,
      `Bearer ${key}A`,
      `Bearer ${key} x`,
      `bearer${key}`,
      key,
    ];
    for (const authorization of tries) {
      const reply = await ask(running, `${OPERATOR}ListConfirmations`, {}, { headers: { authorization } });
      expect(reply.status, authorization).toBe(401);
      expect(reply.headers['www-authenticate']).toBe('Bearer');
      expect(reply.body.toString()).not.toContain(key.slice(5, 15));
    }
  });

  it('are not kept, said in lists, or written to the audit', async () => {
    const secret = key.split('.')[2] ?? '';
    const listed = await askStream(running, '/fleetblock.v1.IdentityService/ListApiKeyChunks', [{}], {
      identity: admin,
    });
    expect(opened(listed.body).messages[0].apiKeys).toContainEqual(
      expect.objectContaining({ name: 'tester', role: 'operator', usedAtMs: expect.stringMatching(/^[1-9]/) }),
    );
    const audited = await askStream(running, `${OPERATOR}ListAudit`, [{}], { identity: admin });
    for (const { body } of [listed, audited]) expect(body.toString()).not.toContain(secret);
  });

  it('that are revoked end their open calls', async () => {
    const short = await makeKey(running, { name: 'short', role: 'viewer' }, admin);
    const watch = async (type: string, body: string | Buffer) => {
      const headers = { 'content-type': type, accept: 'text/event-stream' };
      const sent = requestTo(running, `${OPERATOR}WatchEvents`, { key: short, headers });
      sent.end(body);
      const [response] = await once(sent, 'response');
      return async () => Buffer.concat(await response.toArray());
    };
    const stream = await watch('application/connect+json', envelope({ follow: true }));
    const events = await watch('application/json', '{"follow":true}');
    await ask(running, '/fleetblock.v1.IdentityService/RevokeApiKey', { name: 'short' }, { identity: admin });
    expect(opened(await stream()).last.error.code).toBe('unauthenticated');
    expect(String(await events())).toMatch(/event: error\ndata: \{"code":"unauthenticated"/);
    expect((await ask(running, `${OPERATOR}ListConfirmations`, {}, { key: short })).status).toBe(401);
  });
});
