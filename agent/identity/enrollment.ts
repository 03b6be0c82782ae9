// A host's identity in the fleet: how it is got with a token, and the one file that holds it.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FleetblockError } from '../../common/errors.ts';
import { ensureOwnDirectory, readSecretFile, writeFileAtomic } from '../../common/files.ts';
import type { ClientIdentity } from '../../common/rpc/channel.ts';
import { method } from '../../common/rpc/client/method.ts';
import { asStranger, callOnce } from '../../common/rpc/client/once.ts';
import { fetchPinnedRoot } from '../../common/rpc/pinned-root.ts';
import { parseEndpoint } from '../../common/text/endpoint.ts';
import { isValidName } from '../../common/text/selector.ts';
import type { EnrollmentToken } from '../../common/text/token.ts';

/** What the identity file holds: all that `run` needs to dial the controller and be recognised. */
export interface Enrollment {
  /** HOST:PORT that the agent dials. */
  readonly controller: string;
  readonly hostId: string;
  readonly hostName: string;
  readonly fleet: string;
  readonly identity: ClientIdentity;
}

/** For joinFleet(): what is sent with the token and where the identity is kept. */
export interface JoinOptions {
  /** HOST:PORT */
  readonly controller: string;
  readonly token: EnrollmentToken;
  readonly stateDir: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly agentVersion: string;
  /** Enroll a host that is enrolled already: its identity is replaced once the new one is there. Default no. */
  readonly replace?: boolean;
}

/** A wrong address is said soon; a controller that is there may have a whole fleet to enroll. Milliseconds. */
const CONNECT_MS = 10_000;
const ANSWER_MS = 60_000;
const FILE = 'enrollment.json';
/** The key that a token is being used for, until the answer is stored. */
const UNDER_WAY = 'enrolling.json';

/**
 * Makes a key, has the controller certify it and stores both. The token's secret leaves this host only towards a
 * controller whose root has the token's pin.
 * When the answer is lost, the same token may be used again from the same state directory: for the same key.
 * @throws FleetblockError with a text that names the fix; nothing is stored then
 */
export async function joinFleet(options: JoinOptions): Promise<Enrollment> {
  const { controller, token, stateDir, name } = options;
  parseEndpoint(controller);
  if (!isValidName(name))
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `${JSON.stringify(name.slice(0, 80))} cannot be a host's name (1 to 63 letters, digits, dots, underscores and hyphens): choose one with --name`,
    );
  const path = join(stateDir, FILE);
  if (existsSync(path) && !options.replace)
    throw new FleetblockError(
      'ALREADY_EXISTS',
      `this host is enrolled already (${path}): to enroll it again, give --replace`,
    );
  // Before the token is spent: a directory that cannot be written would waste it.
  ensureOwnDirectory(stateDir);
  const privateKey = keyFor(token.id, stateDir);
  const rootCertificate = await fetchPinnedRoot(controller, token.pin, CONNECT_MS);
  const request = {
    tokenId: token.id,
    tokenSecret: Buffer.from(token.secret),
    hostName: name,
    labels: { ...options.labels },
    publicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'der' }),
    possession: sign('sha256', Buffer.from(`fleetblock-enroll:${token.id}`), privateKey),
    agentVersion: options.agentVersion,
  };
  const enroll = method('EnrollmentService', 'Enroll');
  const answer = await callOnce(asStranger(controller, rootCertificate), enroll, request, ANSWER_MS).catch(
    (error: unknown) => {
      throw lostAnswer(error) ?? error;
    },
  );
  const enrollment: Enrollment = {
    controller,
    hostId: answer.hostId,
    hostName: answer.hostName,
    fleet: answer.fleet,
    identity: {
      // The one whose pin was checked, whatever the answer says.
      rootCertificate,
      certificateChain: answer.certificateChain,
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    },
  };
  storeEnrollment(stateDir, enrollment);
  rmSync(join(stateDir, UNDER_WAY), { force: true });
  return enrollment;
}

/** The key of an earlier try with this token, or a new one; on disk before the token is spent for it. */
function keyFor(tokenId: string, stateDir: string): KeyObject {
  const path = join(stateDir, UNDER_WAY);
  if (existsSync(path)) {
    const [id, pem] = texts(parseJson(readSecretFile(path, 'the key of an earlier join')), ['tokenId', 'privateKey']);
    if (id === tokenId && pem) return createPrivateKey(pem);
  }
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  writeFileAtomic(path, `${JSON.stringify({ tokenId, privateKey: pem })}\n`);
  return privateKey;
}

/** The token may be spent; undefined when the controller said what is wrong. */
function lostAnswer(error: unknown): FleetblockError | undefined {
  if (!(error instanceof FleetblockError) || (error.code !== 'UNAVAILABLE' && error.code !== 'DEADLINE_EXCEEDED'))
    return undefined;
  return new FleetblockError(
    error.code,
    `${error.message}; it may have enrolled this host anyway: run the same command with the same token again, which is safe to repeat`,
    { cause: error },
  );
}

/** Replaces the file in one step: a certificate never stands beside another one's key. Mode 0600. */
export function storeEnrollment(stateDir: string, enrollment: Enrollment): void {
  writeFileAtomic(join(stateDir, FILE), `${JSON.stringify(enrollment, undefined, 2)}\n`);
}

/** @throws FleetblockError FAILED_PRECONDITION: not enrolled, open to other users, or damaged; the text names the fix */
export function loadEnrollment(stateDir: string): Enrollment {
  const path = join(stateDir, FILE);
  if (!existsSync(path))
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      `this host is not enrolled (there is no ${path}): run fleetblock-agent join HOST:PORT --token-file - --state-dir ${stateDir}`,
    );
  const enrollment = parseEnrollment(readSecretFile(path, 'the identity of this host'));
  if (!enrollment)
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      `${path} is damaged: remove it and run fleetblock-agent join again`,
    );
  return enrollment;
}

function parseEnrollment(text: string): Enrollment | undefined {
  const value = parseJson(text);
  const [controller, hostId, hostName, fleet] = texts(value, ['controller', 'hostId', 'hostName', 'fleet']);
  const identity = typeof value === 'object' && value !== null && 'identity' in value ? value.identity : undefined;
  const [rootCertificate, certificateChain, privateKey] = texts(identity, [
    'rootCertificate',
    'certificateChain',
    'privateKey',
  ]);
  if (!controller || !hostId || !hostName || !fleet || !rootCertificate || !certificateChain || !privateKey)
    return undefined;
  return { controller, hostId, hostName, fleet, identity: { rootCertificate, certificateChain, privateKey } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The fields of an unknown value that are texts. */
function texts(value: unknown, keys: readonly string[]): readonly (string | undefined)[] {
  const fields =
    typeof value === 'object' && value !== null ? new Map<string, unknown>(Object.entries(value)) : new Map();
  return keys.map((key) => {
    const field: unknown = fields.get(key);
    return typeof field === 'string' ? field : undefined;
  });
}
