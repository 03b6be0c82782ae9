// What every store does with operators and login tokens.
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { NewOperator } from '../port/operators.ts';
import { BY, gathered, type Harness } from './harness.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest();
const HOUR_MS = 3_600_000;

/** Certificates added, renewed and revoked; login tokens taken by one key, answered again, and revoked with what came of them. */
export function operatorsContract(h: Harness): void {
  const add = (name: string, serial: string, more: Partial<NewOperator> = {}) =>
    h.store.addOperator({ name, role: 'admin', serial, expiresMs: h.clock.now + HOUR_MS, ...more }, BY);
  const token = (id: string, name = 'bob') =>
    h.store.createOperatorToken(
      { id, secretHash: sha256(id), name, role: 'viewer', ttlMs: HOUR_MS, expiresMs: h.clock.now + 1000 },
      BY,
    );
  const use = (id: string, key = 'key', secret = id) =>
    h.store.useOperatorToken({ id, secretHash: sha256(secret), keyHash: sha256(key) });
  const logIn = (id: string, serial: string) =>
    h.store.logIn(id, { name: 'bob', role: 'viewer', serial, expiresMs: h.clock.now + HOUR_MS }, `chain ${serial}`, BY);

  it('keeps a certificate with the day of the first one that it renews', async () => {
    const sinceMs = h.clock.now;
    await add('alice', 's1');
    h.clock.now += 1000;
    expect(await add('alice', 's2', { renews: 's1' })).toMatchObject({ sinceMs, createdMs: sinceMs + 1000 });
    await h.reopen();
    expect(await h.store.operators()).toMatchObject([{ serial: 's1' }, { serial: 's2', sinceMs, revokedMs: 0 }]);
    await add('carol', 's3');
    await h.store.revokeOperators({ name: 'alice', lastAdmin: false }, BY);
    await expect(add('alice', 's4', { renews: 's2' })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('revokes a certificate with its renewals, and never the last admin unless told so', async () => {
    await add('alice', 's1');
    await add('alice', 's2', { renews: 's1' });
    const revoke = (lastAdmin: boolean) => h.store.revokeOperators({ serial: 's1', lastAdmin }, BY);
    await expect(revoke(false)).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
    expect((await h.store.operators()).map(({ revokedMs }) => revokedMs)).toEqual([0, 0]);
    expect((await revoke(true)).operators.map(({ serial }) => serial)).toEqual(['s1', 's2']);
    await expect(revoke(true)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('gives a login token to the first key, and answers that key again', async () => {
    await token('t1');
    await expect(use('t1', 'key', 'guess')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await use('t1')).toMatchObject({ chain: '', name: 'bob' });
    await expect(use('t1', 'another key')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await logIn('t1', 's1')).toMatchObject({ chain: 'chain s1', record: { serial: 's1' } });
    expect(await logIn('t1', 's2')).toEqual({ chain: 'chain s1' });
    expect(await use('t1')).toMatchObject({ chain: 'chain s1', serial: 's1' });
    await h.store.revokeOperators({ name: 'bob', lastAdmin: false }, BY);
    await expect(use('t1')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('revokes login tokens with the operator, and forgets them after their end', async () => {
    await token('t1');
    await token('t2', 'carol');
    expect((await h.store.revokeOperators({ name: 'bob', lastAdmin: false }, BY)).tokens).toMatchObject([{ id: 't1' }]);
    expect((await h.store.revokeOperatorToken('t2', BY)).revokedMs).toBe(h.clock.now);
    await expect(use('t2')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(logIn('t2', 's1')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(h.store.revokeOperatorToken('t3', BY)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    h.clock.now += 1000;
    await token('t4');
    expect((await h.store.operatorTokens()).map(({ id }) => id)).toEqual(['t4']);
    const verbs = (await gathered(h.store.audit({}))).map(({ verb }) => verb);
    expect(verbs.filter((verb) => verb === 'operator.token.revoke')).toHaveLength(2);
  });

  it('knows the secret of a token, whatever has become of it', async () => {
    await token('t1');
    await h.store.revokeOperatorToken('t1', BY);
    expect(await h.store.knowsSecret('t1', sha256('t1'))).toBe(true);
    expect(await h.store.knowsSecret('t1', sha256('t2'))).toBe(false);
    expect(await h.store.knowsSecret('t2', sha256('t2'))).toBe(false);
  });
}
