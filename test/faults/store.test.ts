// The store's file under kills, damage and a full disk.
import { execFileSync, spawn } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { formatPrefix, parsePrefix } from '../../common/text/prefix.ts';
import { systemClock } from '../../common/time/clock.ts';
import { backupStore, restoreStore } from '../../controller/store/sqlite/file/backup.ts';
import { openSqliteStore } from '../../controller/store/sqlite/sqlite-store.ts';
import type { Store } from '../../controller/store/store.ts';
import { pairOf } from './pairs.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-store-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const open = (where = directory) => openSqliteStore({ directory: where, create: true, clock: systemClock });
const block = (store: Store, prefix: string) =>
  store.addClaims({
    actor: 'admin/test',
    reason: '',
    prefixes: [parsePrefix(prefix)],
    action: 'block',
    origin: 'manual',
    selector: { kind: 'all' },
    expiresMs: 0,
    dryRun: false,
  });

async function prefixesIn(store: Store): Promise<Set<string>> {
  const found = new Set<string>();
  for await (const batch of store.claims({}))
    for (const claim of batch) found.add(formatPrefix(claim.prefix).replace('/32', ''));
  return found;
}

it('faults row 21: kill -9 in a loop under concurrent writers loses nothing that was acknowledged', async () => {
  const rounds = Number(process.env.FLEETBLOCK_KILLS ?? 20);
  const acknowledged = new Set<number>();
  let next = 0;
  for (let round = 0; round < rounds; round++) {
    const writer = spawn(
      process.execPath,
      [fileURLToPath(new URL('store-writer.ts', import.meta.url)), directory, `${next}`],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let output = '';
    const started = new Promise<void>((resolve) => {
      writer.stdout.on('data', (bytes: Buffer) => {
        output += bytes;
        resolve();
      });
    });
    const gone = new Promise((resolve) => writer.once('close', resolve));
    await started;
    await sleep(Math.random() * 60);
    writer.kill('SIGKILL');
    await gone;
    // A line that the kill cut is no acknowledgement that a writer has read.
    const lines = output.slice(0, output.lastIndexOf('\n')).split('\n').map(Number);
    for (const number of lines) acknowledged.add(number);
    // Numbers in flight at the kill may or may not be there: they are not used again.
    next = Math.max(next, ...lines) + 100;
  }
  const store = await open();
  const found = await prefixesIn(store);
  let changes = 0;
  for (let number = 0; number < next; number++) {
    const held = pairOf(number).map((prefix) => found.has(prefix));
    expect(held[0], `change ${number} is half there`).toBe(held[1]);
    if (acknowledged.has(number)) expect(held[0], `acknowledged change ${number} is lost`).toBe(true);
    if (held[0]) changes++;
  }
  let audited = 0;
  for await (const batch of store.audit({ verb: 'block' })) audited += batch.length;
  expect(acknowledged.size).toBeGreaterThan(rounds);
  expect(audited).toBe(changes);
  expect(store.head).toBe(BigInt(changes));
  await store.close();
}, 120_000);

/** A store as a crash leaves it, with its WAL: files of an open one, copied. */
async function crashed(changes: number): Promise<string> {
  const live = join(directory, 'live');
  const copy = join(directory, 'crashed');
  mkdirSync(copy);
  const store = await open(live);
  for (let i = 0; i < changes; i++) await block(store, `20.0.${i >> 8}.${i & 255}`);
  for (const name of ['store.db', 'store.db-wal']) copyFileSync(join(live, name), join(copy, name));
  await store.close();
  return copy;
}

it('opens what a crash left, with every commit', async () => {
  const store = await open(await crashed(100));
  expect(store.head).toBe(100n);
  await store.close();
});

it('faults row 22: a store copied without its WAL is refused', async () => {
  const copy = await crashed(100);
  rmSync(join(copy, 'store.db-wal'));
  // At every start, not only at the first.
  for (let start = 0; start < 2; start++)
    await expect(open(copy)).rejects.toMatchObject({
      code: 'DATA_LOSS',
      message: expect.stringMatching(/copied without its -wal/),
    });
});

it('faults row 22: a byte flipped in the WAL, which SQLite takes for its end, is refused', async () => {
  const copy = await crashed(100);
  const path = join(copy, 'store.db-wal');
  const bytes = readFileSync(path);
  const middle = bytes.length >> 1;
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  writeFileSync(path, bytes);
  await expect(open(copy)).rejects.toMatchObject({
    code: 'DATA_LOSS',
    message: expect.stringMatching(/bad frame before \d+ commits/),
  });
});

it('a torn last transaction, as a crash leaves it, is no damage', async () => {
  const copy = await crashed(100);
  const path = join(copy, 'store.db-wal');
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.subarray(0, bytes.length - 100));
  const store = await open(copy);
  expect(store.head).toBe(99n);
  await store.close();
});

it('faults row 22: damage in the main file is refused, structure or content', async () => {
  const store = await open();
  for (let i = 0; i < 300; i++) await block(store, `20.0.${i >> 8}.${i & 255}`);
  await store.close();
  const path = join(directory, 'store.db');
  const whole = readFileSync(path);
  const header = Buffer.from(whole);
  header.fill(0xff, 4096, 4196);
  writeFileSync(path, header);
  await expect(open()).rejects.toMatchObject({ code: 'DATA_LOSS' });
  // Flipped bits in the claims, which the structure survives: another address would be blocked, by another operator.
  const content = Buffer.from(whole);
  for (let at = content.indexOf('admin/test'); at >= 0; at = content.indexOf('admin/test', at + 1))
    content.writeUInt8(content.readUInt8(at) ^ 1, at);
  writeFileSync(path, content);
  const damaged = await open();
  await expect(prefixesIn(damaged)).rejects.toMatchObject({ code: 'DATA_LOSS' });
  await damaged.close();
});

it('faults row 23: a backup restored begins another life: same state, new epoch', async () => {
  const store = await open(join(directory, 'a'));
  await block(store, '20.0.0.1');
  const backup = join(directory, 'backup.db');
  const info = backupStore(join(directory, 'a'), backup);
  expect(info).toEqual({ epoch: store.epoch, revision: 1n });
  expect(statSync(backup).mode & 0o777).toBe(0o600);
  await block(store, '20.0.0.2');
  expect(() => restoreStore(join(directory, 'a'), backup)).toThrow(/another fleetblock-controller uses/);
  await store.close();
  const restored = restoreStore(join(directory, 'a'), backup);
  const again = await open(join(directory, 'a'));
  expect(again.epoch).toBe(restored.epoch);
  expect(again.epoch).not.toBe(info.epoch);
  expect([...(await prefixesIn(again))]).toEqual(['20.0.0.1']);
  await again.close();
});

it('faults row 23: a restore that was cut off still keeps the store before it', async () => {
  const store = await open(join(directory, 'a'));
  await block(store, '20.0.0.1');
  const backup = join(directory, 'backup.db');
  backupStore(join(directory, 'a'), backup);
  await block(store, '20.0.0.2');
  await store.close();
  const path = join(directory, 'a', 'store.db');
  // Cut off when the store was out of the way and the backup not yet in its place.
  renameSync(path, `${path}.before-restore`);
  restoreStore(join(directory, 'a'), backup);
  const again = await open(join(directory, 'a'));
  expect([...(await prefixesIn(again))]).toEqual(['20.0.0.1']);
  await again.close();
  renameSync(`${path}.before-restore`, path);
  const before = await open(join(directory, 'a'));
  expect([...(await prefixesIn(before))].sort()).toEqual(['20.0.0.1', '20.0.0.2']);
  await before.close();
});

it('refuses a second process on the same directory', async () => {
  const store = await open();
  await expect(open()).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
  await store.close();
  await (await open()).close();
});

it.skipIf(process.getuid?.() !== 0)(
  'faults row 24: disk full: writes are refused, reads go on, and writes again when there is room',
  async () => {
    const mount = join(directory, 'small');
    mkdirSync(mount);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', mount]);
    try {
      const store = await open(join(mount, 'store'));
      await block(store, '20.0.0.1');
      const filler = join(mount, 'filler');
      try {
        writeFileSync(filler, Buffer.alloc(4 << 20));
      } catch {
        // Full: as wanted.
      }
      const refused: unknown[] = [];
      for (let i = 0; i < 200 && refused.length === 0; i++)
        await block(store, `20.1.0.${i}`).catch((error: unknown) => refused.push(error));
      expect(refused[0]).toMatchObject({
        code: 'RESOURCE_EXHAUSTED',
        message: expect.stringMatching(/disk of the controller is full/),
      });
      const { head } = store;
      expect(await prefixesIn(store)).toContain('20.0.0.1');
      rmSync(filler);
      expect((await block(store, '20.2.0.1')).revision).toBe(head + 1n);
      await store.close();
      const again = await open(join(mount, 'store'));
      expect(await prefixesIn(again)).toContain('20.2.0.1');
      await again.close();
    } finally {
      execFileSync('umount', [mount]);
    }
  },
);

it.skipIf(process.getuid?.() !== 0)(
  'faults row 24: a start on a full disk says that it is full, not that something is damaged, and a later one finds everything',
  async () => {
    const mount = join(directory, 'small');
    mkdirSync(mount);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', mount]);
    try {
      const where = join(mount, 'store');
      const first = await open(where);
      await block(first, '20.0.0.1');
      await first.close();
      const filler = join(mount, 'filler');
      // From no room at all to some: each is too little for another part of the start.
      for (const left of [0, 4096, 8192]) {
        fillAllBut(filler, left);
        await expect(open(where)).rejects.toMatchObject({
          code: 'RESOURCE_EXHAUSTED',
          message: expect.stringMatching(/disk of the controller is full/),
        });
        rmSync(filler);
      }
      const again = await open(where);
      expect([...(await prefixesIn(again))]).toEqual(['20.0.0.1']);
      await again.close();
    } finally {
      execFileSync('umount', [mount]);
    }
  },
);

/** Leaves this many bytes of the file system. */
function fillAllBut(path: string, left: number): void {
  const { bavail, bsize } = statfsSync(dirname(path));
  writeFileSync(path, Buffer.alloc(bavail * bsize - left));
}
