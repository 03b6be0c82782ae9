// What lies where below a controller's data directory, and what it was made for.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FleetblockError, messageOf } from '../../common/errors.ts';
import { readSecretFile, writeFileAtomic } from '../../common/files.ts';

/** Paths alone: nothing is read or made by asking for one. */
export class DataDirectory {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** The certificate authority. */
  get pki(): string {
    return join(this.path, 'pki');
  }

  get store(): string {
    return join(this.path, 'store');
  }

  /** Credentials files written by this controller itself: the first admin's. */
  get operators(): string {
    return join(this.path, 'operators');
  }

  /** Present while `init` is at work, and after it was cut off. */
  get unfinished(): string {
    return join(this.path, '.init-unfinished');
  }

  /** Hexadecimal: hub/seals.ts. */
  get secret(): string {
    return join(this.path, 'secret');
  }

  get fleet(): string {
    return join(this.path, 'fleet.json');
  }
}

/** A long list takes as much for a moment, bytes. */
const LITTLE_ROOM = 64 * 2 ** 20;

/** What is left on the disk of a directory, bytes. */
export function roomLeft(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

/** A sentence when the disk of a directory is nearly full, else undefined. */
export function littleRoom(path: string): string | undefined {
  const left = roomLeft(path);
  return left < LITTLE_ROOM
    ? `the disk of ${path} has ${Math.floor(left / 2 ** 20)} MiB left: changes are refused once it is full`
    : undefined;
}

/** Of the secret over which codes for hosts are made. */
export const SECRET_BYTES = 32;

/** `keep` puts a new one on the disk: once nothing counts any more that was made with the one before. */
export interface Secret {
  readonly bytes: Uint8Array;
  readonly isNew: boolean;
  readonly keep: () => void;
}

/** A new one when there is none. @throws FleetblockError FAILED_PRECONDITION: others may read it */
export function loadSecret({ secret: path }: DataDirectory): Secret {
  const isNew = !existsSync(path);
  const hex = isNew ? randomBytes(SECRET_BYTES).toString('hex') : readSecretFile(path, "the controller's secret");
  return { bytes: Buffer.from(hex, 'hex'), isNew, keep: () => isNew && writeFileAtomic(path, hex) };
}

/**
 * Anyone who can enter the directory can speak to the admin socket in it, and its owner can replace everything in it.
 * @throws FleetblockError FAILED_PRECONDITION
 */
export function assertPrivate({ path }: DataDirectory): void {
  const { mode, uid } = statSync(path);
  const self = process.geteuid?.() ?? 0;
  if (uid !== self && uid !== 0)
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      `the data directory ${path} belongs to another user (uid ${uid}): run chown ${self} ${path}, or run this as that user`,
    );
  if ((mode & 0o077) !== 0)
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      `the data directory ${path} is open to other users: run chmod 700 ${path}`,
    );
}

/** What `init` writes to fleet.json, and every start reads. */
export interface FleetSettings {
  readonly fleet: string;
  /** HOST:PORT by which operators and agents reach this controller. */
  readonly advertise: string;
}

/** Atomically, with mode 0644: there is no secret in it. */
export function writeFleetSettings(directory: DataDirectory, settings: FleetSettings): void {
  writeFileAtomic(directory.fleet, `${JSON.stringify(settings, undefined, 2)}\n`, 0o644);
}

/** @throws FleetblockError FAILED_PRECONDITION: no fleet was made there, its init was cut off, or others may enter it */
export function readFleetSettings(directory: DataDirectory): FleetSettings {
  const init = `fleetblock-controller init --data-dir ${directory.path}`;
  if (existsSync(directory.unfinished))
    throw new FleetblockError('FAILED_PRECONDITION', `init was cut off in ${directory.path}: run ${init} again`);
  if (!existsSync(directory.fleet))
    throw new FleetblockError('FAILED_PRECONDITION', `there is no fleet in ${directory.path}: make one with ${init}`);
  assertPrivate(directory);
  try {
    const value: unknown = JSON.parse(readFileSync(directory.fleet, 'utf8'));
    if (isSettings(value)) return value;
  } catch (error) {
    throw new FleetblockError('FAILED_PRECONDITION', `cannot read ${directory.fleet}: ${messageOf(error)}`, {
      cause: error,
    });
  }
  throw new FleetblockError('DATA_LOSS', `${directory.fleet} is damaged: restore it from a backup`);
}

function isSettings(value: unknown): value is FleetSettings {
  return (
    typeof value === 'object' &&
    value !== null &&
    'fleet' in value &&
    typeof value.fleet === 'string' &&
    'advertise' in value &&
    typeof value.advertise === 'string'
  );
}
