import * as crypto from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../../common/logger.ts';
import { formatApiKey } from '../../../common/text/token.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import { MemoryState } from '../../store/memory/state.ts';
import { sha256 } from '../identity.ts';
import { createApiKey } from '../tokens.ts';
import { ApiKeys } from './api-keys.ts';

vi.mock('node:crypto', { spy: true });

const BY = { actor: 'admin/alice', reason: '' };
const clock = { now: 1_700_000_000_000, wallMs: () => clock.now, monotonicMs: () => clock.now };
const log = createLogger('test', 'silent');
let store: MemoryStore;
let keys: ApiKeys;
let revocations = 0;

beforeEach(async () => {
  store = new MemoryStore({ disk: { state: new MemoryState() }, clock });
  keys = await ApiKeys.load({ store, clock, log, onRevoked: () => revocations++ });
});
afterEach(() => keys.close());

const make = async (name: string, ttlMs = 0) =>
  (await createApiKey({ apiKeys: keys, clock }, { name, role: 'operator', origin: '', ttlMs }, BY)).key;

describe('a key', () => {
  it('is found by its whole text alone', async () => {
    const text = await make('feeds');
    expect(keys.find(text)).toMatchObject({ name: 'feeds' });
    const [kind, id = '', secret = ''] = text.split('.');
    const other = secret.startsWith('A') ? 'B' : 'A';
    for (const wrong of [
      '',
      `${kind}.${id}`,
      `${kind}.${id}.`,
      `${kind}.${id}.${secret.slice(0, -1)}`,
      `${kind}.${id}.${other}${secret.slice(1)}`,
      `${kind}.${id}.${secret.slice(0, 41)}${other}${secret.slice(42)}`,
      `${kind}.${id}x.${secret}`,
      `fbo1.${id}.${secret}`,
      `${text} `,
      text.toUpperCase(),
    ])
      expect(keys.find(wrong), wrong).toBeUndefined();
  });

  it('is compared as a whole, in one time: whatever differs, and where there is none', async () => {
    const text = await make('feeds');
    const [, id = '', secret = ''] = text.split('.');
    const wrong = Buffer.from(secret, 'base64url');
    wrong[31] = (wrong[31] ?? 0) ^ 1;
    for (const tried of [text, formatApiKey({ id, secret: wrong }), formatApiKey({ id: 'nosuchkey', secret: wrong })]) {
      const compare = vi.mocked(crypto.timingSafeEqual).mockClear();
      keys.find(tried);
      expect(compare).toHaveBeenCalledTimes(1);
      expect(compare.mock.calls[0]?.map((bytes) => bytes.byteLength)).toEqual([32, 32]);
    }
  });

  it('is kept as a hash', async () => {
    const secret = (await make('feeds')).split('.')[2] ?? '';
    const [kept] = await store.apiKeys();
    expect(Buffer.from(kept?.secretHash ?? '')).toEqual(sha256(Buffer.from(secret, 'base64url')));
  });

  it('is good until it ends or is revoked, and is still known by name then', async () => {
    const text = await make('short', 1000);
    const id = keys.find(text)?.id ?? '';
    expect(keys.mayCall(id)).toBe(true);
    clock.now += 1000;
    expect(keys.mayCall(id)).toBe(false);
    expect(keys.find(text)?.name).toBe('short');
    const other = keys.find(await make('long'))?.id ?? '';
    const before = revocations;
    await keys.revoke('long', BY);
    expect(keys.mayCall(other)).toBe(false);
    expect(revocations).toBe(before + 1);
    expect(keys.mayCall('nosuchkey')).toBe(false);
  });

  it('is listed with its last use, which is saved at the end', async () => {
    const id = keys.find(await make('feeds'))?.id ?? '';
    keys.used(id);
    expect(await keys.list()).toMatchObject([{ usedMs: clock.now }]);
    expect(await store.apiKeys()).toMatchObject([{ usedMs: 0 }]);
    await keys.close();
    expect(await store.apiKeys()).toMatchObject([{ usedMs: clock.now }]);
  });
});
