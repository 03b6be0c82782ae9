// The OpenAPI document against the handlers: every RPC has a path, every path is answered, and real replies are what it says.
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientIdentity } from '../../common/rpc/channel.ts';
import { REQUIRED_ROLE } from '../../controller/identity/auth/policy.ts';
import type { OpenApi } from '../../controller/server/http/openapi.ts';
import { FOR_ANYBODY, METHODS } from '../identity/port/rows.ts';
import { type RunningFleet, servedOverHttp } from '../identity/running.ts';
import { ask, askStream, columnsOf, IDENTITY, OPERATOR, opened, send } from './client.ts';

let running: RunningFleet;
let admin: ClientIdentity;
let document: OpenApi;
const ajv = new Ajv2020({ strict: false });

beforeAll(async () => {
  ({ running, admin } = await servedOverHttp());
  const reply = await send(running, '/openapi.json', '', { method: 'GET' });
  expect(reply.headers['content-type']).toBe('application/json');
  document = reply.json();
  ajv.addSchema({ $id: 'openapi', components: document.components });
});
afterAll(() => running.stop());

/** @throws what is wrong with a value */
function check(name: string, value: unknown): void {
  const validate = ajv.compile({ $ref: `openapi#/components/schemas/${name}` });
  if (!validate(value))
    throw new Error(`${name}: ${ajv.errorsText(validate.errors)}: ${JSON.stringify(value).slice(0, 500)}`);
}

const served = METHODS.filter(({ name }) => !FOR_ANYBODY.has(name) && REQUIRED_ROLE[name] !== 'agent');

describe('the document', () => {
  it('has a path for every RPC that HTTP serves, and no other', () => {
    expect(Object.keys(document.paths).sort()).toEqual(served.map(({ method }) => method.path).sort());
  });

  it.each(served)('$name: its role, its words, its request and its replies', ({ name, method }) => {
    const operation = document.paths[method.path]?.post;
    expect(operation).toMatchObject({ operationId: name.split('/')[1], 'x-fleetblock-role': REQUIRED_ROLE[name] });
    const streams = method.requestStream || method.responseStream;
    expect(operation?.requestBody).toMatchObject({
      content: method.requestStream ? { 'application/connect+json': {} } : { 'application/json': {} },
    });
    expect(operation?.responses).toMatchObject({
      200: { content: streams ? { 'application/connect+json': {} } : { 'application/json': {} } },
    });
  });

  it('is a valid document: all references lead somewhere, and all schemas are schemas', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
    expect(references.length).toBeGreaterThan(50);
    for (const [, name = ''] of references) expect(document.components.schemas).toHaveProperty([name]);
    for (const schema of Object.values(document.components.schemas)) expect(ajv.validateSchema(schema)).toBe(true);
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
  });

  it('every path is answered by a handler: none is unimplemented', async () => {
    for (const path of Object.keys(document.paths)) {
      const reply = await send(running, path, '{}', { identity: admin, headers: { 'content-type': 'text/plain' } });
      expect(reply.status, path).toBe(415);
      check('Error', reply.json());
    }
  });
});

describe('real replies', () => {
  const target = { allHosts: true };
  const unary: [string, object, string][] = [
    [`${OPERATOR}Block`, { prefixes: ['203.0.113.0/24'], target, reason: 'x', ttlMs: '3600000' }, 'ChangeReply'],
    [
      `${OPERATOR}Block`,
      { prefixes: ['203.0.113.5'], target, confirmMs: '60000', wait: { timeoutMs: 1 } },
      'ChangeReply',
    ],
    [`${OPERATOR}Unblock`, { prefixes: ['203.0.113.5'] }, 'ChangeReply'],
    [`${OPERATOR}ListConfirmations`, {}, 'ListConfirmationsReply'],
    [`${OPERATOR}CreateToken`, { labels: { env: 'prod' } }, 'CreateTokenReply'],
    [`${OPERATOR}LabelHost`, { name: 'host1', set: { env: 'prod' } }, 'LabelHostReply'],
    [`${OPERATOR}ResyncHosts`, { target }, 'ResyncHostsReply'],
    [`${IDENTITY}CreateApiKey`, { name: 'k', role: 'operator', origin: 'crowdsec' }, 'CreateApiKeyReply'],
    [`${IDENTITY}CreateOperatorToken`, { name: 'bob', role: 'viewer' }, 'CreateOperatorTokenReply'],
    [`${IDENTITY}VerifyAudit`, {}, 'VerifyAuditReply'],
    [`${IDENTITY}RevokeApiKey`, { name: 'k' }, 'RevokeApiKeyReply'],
  ];
  it.each(unary)('%s %j', async (path, request, schema) => {
    const reply = await ask(running, path, request, { identity: admin });
    expect(reply.status, String(reply.body)).toBe(200);
    check(schema, reply.json());
    expect(() => check(schema, { ...reply.json(), more: 1 })).toThrow(/additional properties/);
  });

  const streams: [string, object[], string][] = [
    [
      `${OPERATOR}ImportList`,
      [{ begin: { list: 'feed', target } }, { rows: columnsOf('198.51.100.0/24') }],
      'ListChangeReply',
    ],
    [`${OPERATOR}ListEntryChunks`, [{}], 'EntriesChunk'],
    [`${OPERATOR}Export`, [{}], 'ExportChunk'],
    [`${OPERATOR}ListHostChunks`, [{}], 'ListHostsReply'],
    [`${OPERATOR}ListListChunks`, [{}], 'ListListsReply'],
    [`${OPERATOR}CheckPrefix`, [{ address: '203.0.113.9', timeoutMs: 1 }], 'CheckReply'],
    [`${OPERATOR}WatchEvents`, [{}], 'Event'],
    [`${OPERATOR}ListAudit`, [{}], 'AuditEntry'],
    [`${IDENTITY}ListOperatorChunks`, [{}], 'ListOperatorsReply'],
    [`${IDENTITY}ListTokenChunks`, [{}], 'ListTokensReply'],
    [`${IDENTITY}ListApiKeyChunks`, [{}], 'ListApiKeysReply'],
  ];
  it.each(streams)('%s %j', async (path, messages, schema) => {
    const reply = await askStream(running, path, messages, { identity: admin });
    const { messages: found, last } = opened(reply.body);
    expect(last).toEqual({});
    expect(found.length).toBeGreaterThan(0);
    for (const message of found) check(schema, message);
    expect(document.paths[path]?.post['x-fleetblock-item']).toEqual({ $ref: `#/components/schemas/${schema}` });
  });

  it('errors with details', async () => {
    const messages = [{ begin: { list: 'bad', target } }, { rows: columnsOf('127.0.0.1') }];
    const reply = await askStream(running, `${OPERATOR}ImportList`, messages, { identity: admin });
    const { error } = opened(reply.body).last;
    check('Error', error);
    expect(error.details[0]).toMatchObject({
      type: 'fleetblock.v1.ErrorDetails',
      debug: { refusedCount: 1, refused: [{ row: '1', prefix: '127.0.0.1/32' }] },
    });
    check('ErrorDetails', error.details[0].debug);
  });
});
