import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { createLogger } from '../../common/logger.ts';
import { systemClock } from '../../common/time/clock.ts';
import { Authority } from '../identity/pki/authority.ts';
import { serveLocalAdmin } from '../server/local-admin.ts';
import { DataDirectory, readFleetSettings } from '../store/data-dir.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { initFleet } from './init.ts';

let scratch: string;
let dataDir: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'fleetblock-init-'));
  dataDir = join(scratch, 'data');
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(scratch, { recursive: true, force: true });
});

const init = (more: { fleet?: string; advertise?: string } = {}) =>
  initFleet({ dataDir, fleet: 'lab', advertise: 'controller.example.com:7443', clock: systemClock, ...more });

it('makes an authority, a store that knows the first admin, and their credentials', async () => {
  const { credentialsPath } = await init();
  expect(readdirSync(dataDir).sort()).toEqual(['fleet.json', 'operators', 'pki', 'store']);
  expect(statSync(credentialsPath).mode & 0o777).toBe(0o600);
  const { currentContext, contexts } = parse(readFileSync(credentialsPath, 'utf8'));
  const context = contexts[currentContext];
  expect(context).toMatchObject({ controller: 'controller.example.com:7443', fleet: 'lab', operator: 'admin' });
  const leaf = new X509Certificate(context.certificate);
  expect(leaf.subjectAltName).toBe('URI:spiffe://lab/operator/admin/admin');
  expect(leaf.checkPrivateKey(createPrivateKey(context.key))).toBe(true);
  expect(new X509Certificate(context.ca).ca).toBe(true);
  expect(readFleetSettings(new DataDirectory(dataDir)).advertise).toBe('controller.example.com:7443');
  const store = await openSqliteStore({ directory: join(dataDir, 'store'), clock: systemClock });
  expect(await store.operators()).toMatchObject([
    { name: 'admin', role: 'admin', serial: leaf.serialNumber.toLowerCase(), revokedMs: 0 },
  ]);
  await store.close();
});

it('takes an empty directory that is there, and refuses any other', async () => {
  mkdirSync(dataDir, { mode: 0o700 });
  writeFileSync(join(dataDir, 'notes.txt'), 'mine');
  await expect(init()).rejects.toThrow(/is not empty/);
  expect(readdirSync(dataDir)).toEqual(['notes.txt']);
  rmSync(join(dataDir, 'notes.txt'));
  await init();
  await expect(init()).rejects.toThrow(/is not empty/);
});

it('faults row 76: the directory is for its owner alone, from init on and at every start', async () => {
  mkdirSync(dataDir, { mode: 0o755 });
  chmodSync(dataDir, 0o777);
  await init();
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  const directory = new DataDirectory(dataDir);
  expect(readFleetSettings(directory).fleet).toBe('lab');
  for (const mode of [0o701, 0o710, 0o755, 0o777]) {
    chmodSync(dataDir, mode);
    expect(() => readFleetSettings(directory)).toThrow(`is open to other users: run chmod 700 ${dataDir}`);
  }
});

it('faults row 76: the admin socket is for its owner alone, whatever the umask and the directory say', async () => {
  await init();
  chmodSync(dataDir, 0o755);
  const umask = process.umask(0);
  const log = createLogger('test', 'silent');
  const notAsked = () => Promise.reject(new Error('not asked'));
  const admin = await serveLocalAdmin({ dataDir, log, createOperator: notAsked, health: notAsked });
  process.umask(umask);
  expect(statSync(join(dataDir, 'admin.sock')).mode & 0o777).toBe(0o600);
  admin.close();
});

it('leaves nothing behind when it fails', async () => {
  vi.spyOn(Authority.prototype, 'issueOperator').mockRejectedValue(new Error('disk on fire'));
  await expect(init()).rejects.toThrow(/cannot make a fleet in .*disk on fire/);
  expect(readdirSync(dataDir)).toEqual([]);
});

it('begins again where it was cut off, and nothing runs on the half', async () => {
  await init();
  writeFileSync(join(dataDir, '.init-unfinished'), '');
  const before = readFileSync(join(dataDir, 'pki', 'root.pem'), 'utf8');
  expect(() => readFleetSettings(new DataDirectory(dataDir))).toThrow(/init was cut off.*init --data-dir/);
  await init();
  expect(readFileSync(join(dataDir, 'pki', 'root.pem'), 'utf8')).not.toBe(before);
  expect(existsSync(join(dataDir, '.init-unfinished'))).toBe(false);
});

it('names the fix for bad names and addresses', async () => {
  await expect(init({ fleet: 'a/b' })).rejects.toThrow(/cannot be a fleet's name/);
  await expect(init({ advertise: '0.0.0.0:0' })).rejects.toThrow(/--advertise HOST:PORT/);
  expect(existsSync(dataDir)).toBe(false);
});

it('says what is missing where no fleet is', () => {
  mkdirSync(dataDir, { mode: 0o700 });
  expect(() => readFleetSettings(new DataDirectory(dataDir))).toThrow(/no fleet in .*fleetblock-controller init/);
  writeFileSync(join(dataDir, 'fleet.json'), '{}');
  expect(() => readFleetSettings(new DataDirectory(dataDir))).toThrow(/is damaged/);
  chmodSync(dataDir, 0o700);
});
