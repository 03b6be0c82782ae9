// How long an operator's certificate may be renewed by its holder.
import { randomUUID, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { OperatorRegistry } from './auth/operator-registry.ts';
import { Identity, RENEWABLE_MS } from './identity.ts';
import { Authority } from './pki/authority.ts';
import { newKeyPair, spkiOf } from './pki/certificates.ts';

const DAY_MS = 86_400_000;
let scratch: string;
let store: Store;
let identity: Identity;
let now = Date.UTC(2026, 10, 24);
const clock = { wallMs: () => now, monotonicMs: () => now };

beforeEach(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'fleetblock-renewable-'));
  store = await openSqliteStore({ directory: join(scratch, 'store'), create: true, clock });
  const authority = await Authority.create(join(scratch, 'pki'), 'lab', now);
  const operators = await OperatorRegistry.load(store, () => undefined);
  identity = new Identity({ authority, operators, store, findHost: () => undefined, clock });
});
afterEach(async () => {
  await store.close();
  rmSync(scratch, { recursive: true, force: true });
});

function request(name: string) {
  const { publicKey, privateKey } = newKeyPair();
  const possession = sign('sha256', Buffer.from(`fleetblock-operator:${name}`), privateKey);
  return { publicKey: spkiOf(publicKey), possession };
}
const make = (name: string, role: 'viewer' | 'admin', ttlMs: number) =>
  identity.createOperator({ name, role, ttlMs, ...request(name) }, { actor: 'test', reason: '' });
function renew(name: string, role: 'viewer' | 'admin', serial: string) {
  const { publicKey, possession } = request(name);
  const caller = { role, id: name, actor: `${role}/${name}`, serial, from: 'test' };
  return identity.renewOperator(caller, publicKey, possession);
}

it.each(['viewer', 'admin'] as const)(
  'faults row 77: %s: from half of its life on, as long as the role allows',
  async (role) => {
    let current = await make('ann', role, 30 * DAY_MS);
    const since = now;
    await expect(renew('ann', role, current.serial)).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
    let refusal: unknown;
    while (refusal === undefined) {
      now += (current.notAfterMs - now) / 2 + 1000;
      const [outcome] = await Promise.allSettled([renew('ann', role, current.serial)]);
      if (outcome.status === 'fulfilled') current = outcome.value;
      else refusal = outcome.reason;
      expect(current.notAfterMs).toBeLessThanOrEqual(since + RENEWABLE_MS[role]);
    }
    expect(refusal).toMatchObject({
      message: `the credentials of ann have been renewed for ${RENEWABLE_MS[role] / DAY_MS} days: have new ones made with fleetblock operator token`,
    });
    expect(current.notAfterMs).toBeGreaterThan(since + RENEWABLE_MS[role] - DAY_MS);
  },
);

it('faults rows 74 and 77: not when it was revoked, nor with a key that the caller does not have, nor without limit', async () => {
  const { serial } = await make('ann', 'viewer', DAY_MS);
  now += 13 * 3_600_000;
  const caller = { role: 'viewer', id: 'ann', actor: 'viewer/ann', serial, from: 'test' } as const;
  const wrong = { ...request('ann'), possession: request('ann').possession };
  await expect(identity.renewOperator(caller, wrong.publicKey, wrong.possession)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
  const outcomes = await Promise.allSettled(Array.from({ length: 30 }, () => renew('ann', 'viewer', serial)));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
  now += 3_600_000;
  await store.revokeOperators({ name: 'ann', lastAdmin: false }, { actor: 'test', reason: '' });
  await expect(renew('ann', 'viewer', serial)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  await expect(renew('ann', 'viewer', randomUUID())).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});
