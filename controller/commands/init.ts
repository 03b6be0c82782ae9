// `fleetblock-controller init`: a new fleet in an empty directory, whole or not at all.
import { chmodSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeNewCredentials } from '../../common/credentials-file.ts';
import { FleetblockError, messageOf } from '../../common/errors.ts';
import { ensurePrivateDirectory, syncDirectory } from '../../common/files.ts';
import { parseEndpoint } from '../../common/text/endpoint.ts';
import { isValidName } from '../../common/text/selector.ts';
import type { Clock } from '../../common/time/clock.ts';
import { Authority, OPERATOR_LIFE_MS, privateKeyPem } from '../identity/pki/authority.ts';
import { newKeyPair } from '../identity/pki/certificates.ts';
import { assertPrivate, DataDirectory, writeFleetSettings } from '../store/data-dir.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';

/** `dataDir` must be missing, empty, or left half done by an earlier init. `fleet` goes into the certificates. */
export interface InitOptions {
  readonly dataDir: string;
  readonly fleet: string;
  /** HOST:PORT that goes into the first admin's credentials. */
  readonly advertise: string;
  readonly clock: Clock;
}

/** Where the first admin's credentials are and until when they are good, Unix milliseconds. */
export interface NewFleet {
  readonly credentialsPath: string;
  readonly adminExpiresMs: number;
}

/** @throws FleetblockError; the directory is then as empty as before */
export async function initFleet({ dataDir, fleet, advertise, clock }: InitOptions): Promise<NewFleet> {
  if (!isValidName(fleet))
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `${JSON.stringify(fleet.slice(0, 80))} cannot be a fleet's name: use 1 to 63 letters, digits, dots, underscores and hyphens`,
    );
  if (parseEndpoint(advertise).port === 0)
    throw new FleetblockError('INVALID_ARGUMENT', 'operators cannot dial port 0: say --advertise HOST:PORT');
  const directory = new DataDirectory(dataDir);
  claimDirectory(directory);
  try {
    const made = await fill(directory, { fleet, advertise, clock });
    rmSync(directory.unfinished);
    syncDirectory(directory.path);
    return made;
  } catch (error) {
    empty(directory);
    if (error instanceof FleetblockError) throw error;
    throw new FleetblockError('FAILED_PRECONDITION', `cannot make a fleet in ${dataDir}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function fill(
  directory: DataDirectory,
  { fleet, advertise, clock }: Omit<InitOptions, 'dataDir'>,
): Promise<NewFleet> {
  const now = clock.wallMs();
  const authority = await Authority.create(directory.pki, fleet, now);
  const name = 'admin';
  const key = newKeyPair();
  const issued = await authority.issueOperator('admin', name, key.publicKey, now, OPERATOR_LIFE_MS.most);
  ensurePrivateDirectory(directory.store);
  const store = await openSqliteStore({ directory: directory.store, create: true, clock });
  try {
    await store.addOperator(
      { name, role: 'admin', serial: issued.serial, expiresMs: issued.notAfterMs },
      { actor: 'system', reason: 'first admin of a new fleet' },
    );
  } finally {
    await store.close();
  }
  ensurePrivateDirectory(directory.operators);
  const credentialsPath = join(directory.operators, `${name}.yaml`);
  writeNewCredentials(credentialsPath, {
    controller: advertise,
    fleet,
    operator: name,
    ca: authority.rootCertificate,
    certificate: issued.chain,
    key: privateKeyPem(key.privateKey),
  });
  writeFleetSettings(directory, { fleet, advertise });
  return { credentialsPath, adminExpiresMs: issued.notAfterMs };
}

/** Takes an empty directory, or one that an earlier init left half done. */
function claimDirectory(directory: DataDirectory): void {
  let names: string[];
  try {
    ensurePrivateDirectory(directory.path);
    names = readdirSync(directory.path);
  } catch (error) {
    throw new FleetblockError('FAILED_PRECONDITION', `cannot use the data directory: ${messageOf(error)}`, {
      cause: error,
    });
  }
  if (existsSync(directory.unfinished)) empty(directory);
  else if (names.length > 0)
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      `${directory.path} is not empty: a fleet is made in an empty directory only (run starts the one that is there)`,
    );
  try {
    // Made beforehand, perhaps with the mode of the umask. One of another user stays as it is, and is refused.
    if (process.geteuid?.() === statSync(directory.path).uid) chmodSync(directory.path, 0o700);
    assertPrivate(directory);
    writeFileSync(directory.unfinished, '');
    syncDirectory(directory.path);
  } catch (error) {
    if (error instanceof FleetblockError) throw error;
    throw new FleetblockError('FAILED_PRECONDITION', `cannot write to the data directory: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** Removes what init makes, the mark of the unfinished last. */
function empty(directory: DataDirectory): void {
  for (const path of [directory.pki, directory.store, directory.operators, directory.fleet, directory.unfinished])
    rmSync(path, { recursive: true, force: true });
}
