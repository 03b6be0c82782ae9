// `fleetblock-controller credentials`: an operator's credentials made on the controller's own machine, running or not.
import { sign } from 'node:crypto';
import { writeNewCredentials } from '../../common/credentials-file.ts';
import type { Clock } from '../../common/time/clock.ts';
import { OperatorRegistry } from '../identity/auth/operator-registry.ts';
import { Identity } from '../identity/identity.ts';
import { Authority, privateKeyPem } from '../identity/pki/authority.ts';
import { newKeyPair, spkiOf } from '../identity/pki/certificates.ts';
import { DataDirectory, readFleetSettings } from '../store/data-dir.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { askLocalAdmin, type LocalAnswer, type LocalRequest } from './local-admin.ts';

/** `role` is checked by the one who issues: the running controller, or this process when none runs. */
export interface CredentialsOptions {
  readonly dataDir: string;
  readonly name: string;
  readonly role: string;
  /** Milliseconds; 0 for the default. */
  readonly ttlMs: number;
  /** File that they are written to, mode 0600. */
  readonly out: string;
  readonly clock: Clock;
}

/** @returns until when they are good, Unix milliseconds. @throws FleetblockError whose text names the fix */
export async function makeCredentials(options: CredentialsOptions): Promise<number> {
  const { dataDir, name, role, ttlMs, out } = options;
  const directory = new DataDirectory(dataDir);
  const { fleet, advertise } = readFleetSettings(directory);
  const authority = Authority.load(directory.pki, fleet);
  const key = newKeyPair();
  const request: LocalRequest = {
    command: 'create-operator',
    name,
    role,
    ttlMs,
    publicKey: spkiOf(key.publicKey).toString('base64'),
    possession: sign('sha256', Buffer.from(`fleetblock-operator:${name}`), key.privateKey).toString('base64'),
  };
  const issued = (await askLocalAdmin(dataDir, request)) ?? (await createStopped(options, authority, request));
  writeNewCredentials(out, {
    controller: advertise,
    fleet,
    operator: name,
    ca: authority.rootCertificate,
    certificate: issued.chain,
    key: privateKeyPem(key.privateKey),
  });
  return issued.notAfterMs;
}

/** No controller runs on the directory: the store is ours for the moment, its lock sees to that. */
async function createStopped(
  { dataDir, clock }: CredentialsOptions,
  authority: Authority,
  request: LocalRequest,
): Promise<LocalAnswer> {
  const store = await openSqliteStore({ directory: new DataDirectory(dataDir).store, clock });
  try {
    const operators = await OperatorRegistry.load(store, () => undefined);
    return await createLocally(
      new Identity({ authority, operators, store, findHost: () => undefined, clock }),
      request,
    );
  } finally {
    await store.close();
  }
}

/** What the admin socket does with a request. */
export function createLocally(identity: Identity, request: LocalRequest): Promise<LocalAnswer> {
  const publicKey = Buffer.from(request.publicKey, 'base64');
  const possession = Buffer.from(request.possession, 'base64');
  const { name, role, ttlMs } = request;
  const by = { actor: 'system', reason: "made on the controller's machine" };
  return identity.createOperator({ name, role, ttlMs, publicKey, possession }, by);
}
