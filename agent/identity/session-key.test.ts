// What an agent keeps of its sessions, by which the controller tells it from a copy.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogger } from '../../common/logger.ts';
import { SessionKeyFile } from './session-key.ts';

const log = createLogger('test', 'silent');
const key = (byte: number) => new Uint8Array(40).fill(byte);
const NONE = new Uint8Array(0);
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-session-key-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const shown = async (at = directory) => Uint8Array.from(await new SessionKeyFile(at, log).shown());

it('faults row 33: a key is kept through starts of the agent, for its owner alone; before the first there is none', async () => {
  expect(await shown()).toEqual(NONE);
  expect(await new SessionKeyFile(directory, log).keep(key(1))).toBe(true);
  expect(await shown()).toEqual(key(1));
  expect(statSync(join(directory, 'session.key')).mode & 0o777).toBe(0o600);
});

it('faults row 33: a copy of the state directory has the key of that time, and never a later one', async () => {
  const keys = new SessionKeyFile(directory, log);
  await keys.keep(key(1));
  const copy = `${directory}-copy`;
  try {
    cpSync(directory, copy, { recursive: true });
    await keys.keep(key(2));
    expect([await shown(), await shown(copy)]).toEqual([key(2), key(1)]);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
});

it('faults row 33: a hello waits for the key that is being kept, and the last of several counts', async () => {
  const keys = new SessionKeyFile(directory, log);
  const kept = [1, 2, 3].map((byte) => keys.keep(key(byte)));
  expect(Uint8Array.from(await keys.shown())).toEqual(key(3));
  expect(await Promise.all(kept)).toEqual([true, true, true]);
});

it('faults row 33: a key that cannot be kept is not said to be, and the one before stays', async () => {
  const keys = new SessionKeyFile(directory, log);
  await keys.keep(key(1));
  // As a full disk would, whatever rights this process has: no file can be made there.
  const beside = join(directory, 'session.key.new');
  mkdirSync(beside);
  expect(await keys.keep(key(2))).toBe(false);
  expect(await shown()).toEqual(key(1));
  rmSync(beside, { recursive: true });
  expect(await keys.keep(key(3))).toBe(true);
  expect(await shown()).toEqual(key(3));
});

it('faults row 33: a kill in the middle of keeping leaves the key before', async () => {
  await new SessionKeyFile(directory, log).keep(key(1));
  writeFileSync(join(directory, 'session.key.new'), key(2).subarray(0, 7));
  expect(await shown()).toEqual(key(1));
  expect(await new SessionKeyFile(directory, log).keep(key(3))).toBe(true);
  expect(existsSync(join(directory, 'session.key.new'))).toBe(false);
  expect(Uint8Array.from(readFileSync(join(directory, 'session.key')))).toEqual(key(3));
});

it('faults row 119: a key that is there and cannot be read is no empty one, and what this process has kept it knows', async () => {
  const path = join(directory, 'session.key');
  mkdirSync(path);
  await expect(shown()).rejects.toThrow(/the key of the last session cannot be read: .*session\.key/);
  rmSync(path, { recursive: true });
  const keys = new SessionKeyFile(directory, log);
  await keys.keep(key(1));
  rmSync(path);
  expect(Uint8Array.from(await keys.shown())).toEqual(key(1));
});
