// Every RPC x every kind of caller over HTTP, from the same rows as over gRPC; and every RPC x every kind of API key.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestFleet } from '../identity/fleet.ts';
import { type Callers, makeCallers } from '../identity/port/callers.ts';
import {
  CLOSED,
  DENIED,
  FOR_ANYBODY,
  MATRIX,
  METHODS,
  NOBODY,
  READ_BY_BOUND,
  SERVED,
  UNAUTHENTICATED,
  VIEWER,
} from '../identity/port/rows.ts';
import { OVER_TLS, RunningFleet } from '../identity/running.ts';
import { type Asked, ask, askStream, IDENTITY, opened } from './client.ts';
import { makeKey } from './keys.ts';

let running: RunningFleet;
let other: TestFleet;
let callers: Callers;
const keys = new Map<string, string>();

beforeAll(async () => {
  running = await RunningFleet.start();
  other = await TestFleet.make('lab');
  callers = await makeCallers(running, other);
  await running.serve({ http: OVER_TLS });
  const make = (name: string, more: Partial<Parameters<typeof makeKey>[1]> = {}) =>
    makeKey(running, { name, role: 'operator', ...more }, callers.identities.get('admin'));
  keys.set('viewer', await make('vera', { role: 'viewer' }));
  keys.set('operator', await make('oscar'));
  keys.set('bound operator', await make('bound', { origin: 'crowdsec' }));
  keys.set('revoked', await make('rita'));
  await ask(running, `${IDENTITY}RevokeApiKey`, { name: 'rita' }, { identity: callers.identities.get('admin') });
  keys.set('expired', await make('emil', { ttlMs: '1' }));
  keys.set('of no record', `fbk1.AAAAAAAAAAAA.${'A'.repeat(43)}`);
  keys.set('no key at all', 'nonsense');
});
afterAll(async () => {
  await running.stop();
  other.remove();
});

/** Methods that HTTP has: what agents call, and what needs no certificate, it has not. */
const SERVED_METHODS = METHODS.filter(
  ({ name }) => !FOR_ANYBODY.has(name) && MATRIX[name]?.agent !== SERVED && !name.startsWith('AgentService/'),
);

/** With an empty request, in whatever form the method takes. @returns the code, or SERVED for an answer or an objection of the handler */
async function callEmpty({ method }: (typeof METHODS)[number], asked: Asked): Promise<string> {
  const { path, requestStream, responseStream } = method;
  // A call without an end is served while it is open.
  const timed = { ...asked, headers: { 'connect-timeout-ms': path.endsWith('/WatchDrops') ? '1000' : '30000' } };
  const streams = requestStream || responseStream;
  try {
    const reply = await (streams ? askStream(running, path, [{}], timed) : ask(running, path, {}, timed));
    const { code } = (streams && reply.status === 200 ? opened(reply.body).last.error : reply.json()) ?? {};
    const name = String(code).toUpperCase();
    return [DENIED, UNAUTHENTICATED].includes(name) ? name : SERVED;
  } catch {
    return CLOSED;
  }
}

describe('the matrix over HTTP', () => {
  it('has all that operators may call', () => {
    expect(SERVED_METHODS.map(({ name }) => name).sort()).toEqual(
      Object.entries(MATRIX)
        .filter(([, row]) => row.agent === DENIED)
        .map(([name]) => name)
        .sort(),
    );
  });

  describe.each(SERVED_METHODS)('$name', (method) => {
    const byRole = MATRIX[method.name];
    const [service = ''] = method.name.split('/');
    const bound = READ_BY_BOUND.has(service) && byRole !== VIEWER ? DENIED : byRole?.operator;
    // Without a certificate there may be a key: it is the call that is refused.
    it.each(Object.entries({ ...NOBODY, 'no certificate': UNAUTHENTICATED, ...byRole }))(
      '%s: %s',
      async (caller, expected) => {
        expect(await callEmpty(method, { identity: callers.identities.get(caller) })).toBe(expected);
      },
    );

    it.each([
      ['viewer', byRole?.viewer],
      ['operator', byRole?.operator],
      ['bound operator', bound],
      ['revoked', UNAUTHENTICATED],
      ['expired', UNAUTHENTICATED],
      ['of no record', UNAUTHENTICATED],
      ['no key at all', UNAUTHENTICATED],
    ])('the key of: %s: %s', async (key, expected) => {
      expect(await callEmpty(method, { key: keys.get(key) })).toBe(expected);
    });
    it('a key counts before a certificate, and a bad one is not made up for by it', async () => {
      expect(await callEmpty(method, { key: 'nonsense', identity: callers.identities.get('admin') })).toBe(
        UNAUTHENTICATED,
      );
    });
  });

  it.each(['AgentService/Sync', 'IdentityService/RenewCertificate', 'EnrollmentService/Enroll'])(
    '%s is not there',
    async (name) => {
      const reply = await ask(running, `/fleetblock.v1.${name}`, {}, { identity: callers.identities.get('agent') });
      expect(reply.status).toBe(404);
      expect(reply.json().code).toBe('unimplemented');
    },
  );
});
