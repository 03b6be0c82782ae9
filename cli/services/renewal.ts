// Operators' credentials renew themselves while they are used: in the second half of the certificate's life a command that has done its
// work gets a new key and certificate and puts them into the credentials file. It never fails a command.
import { createPublicKey, generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { FleetblockError, messageOf, systemCode } from '../../common/errors.ts';
import { syncDirectory } from '../../common/files.ts';
import { formatDuration } from '../../common/text/duration.ts';
import type { RenewOperatorReply__Output } from '../../proto/gen/fleetblock/v1/RenewOperatorReply.ts';
import type { RenewOperatorRequest } from '../../proto/gen/fleetblock/v1/RenewOperatorRequest.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { Cli } from '../environment.ts';
import { say } from '../output/say.ts';

/** Certificates begin this long before they are made: clocks may be a day apart. */
const BEFORE_MS = 25 * 3_600_000;
/** By how much this machine's clock may be ahead of the controller's, which has the last word. */
const MARGIN_MS = 60_000;
/** A file that a renewal left behind when it was killed is in the way for this long. */
const STALE_MS = 60_000;

type Renew = (request: RenewOperatorRequest) => Promise<RenewOperatorReply__Output>;

/** Which part of its life a certificate has left: 1 when it is new, 0 at its end. */
export function lifeLeft(certificate: X509Certificate, nowMs: number): number {
  const { validFromDate, validToDate } = certificate;
  const leftMs = validToDate.getTime() - nowMs;
  return leftMs / Math.max(1, validToDate.getTime() - validFromDate.getTime() - BEFORE_MS);
}

/** To be called when the command has done what it was asked to do. */
export async function renewIfDue(cli: Cli, credentials: Credentials, renew: Renew): Promise<void> {
  const certificate = new X509Certificate(credentials.certificateChain);
  if (cli.signal.aborted || lifeLeft(certificate, cli.now() - MARGIN_MS) > 0.5) return;
  try {
    await replaceInFile(credentials, certificate, renew);
  } catch (error) {
    // A controller of an earlier version.
    if (error instanceof FleetblockError && error.code === 'UNIMPLEMENTED') return;
    const left = certificate.validToDate.getTime() - cli.now();
    if (lifeLeft(certificate, cli.now()) < 0.25)
      say(
        cli,
        `warning: the credentials in ${credentials.path} end in ${formatDuration(left)} and could not be renewed: ${messageOf(error)}`,
      );
  }
}

async function replaceInFile(credentials: Credentials, certificate: X509Certificate, renew: Renew): Promise<void> {
  const path = realpathSync(credentials.path);
  if (statSync(path).uid !== process.geteuid?.())
    throw new FleetblockError('FAILED_PRECONDITION', 'the file is of another user');
  const beside = `${path}.renewing`;
  const file = claim(beside);
  // Another command is at it.
  if (file === undefined) return;
  try {
    if ((await read(path)).getIn(certificateOf(credentials)) !== credentials.certificateChain) return;
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { certificateChain } = await renew({
      publicKey: publicKey.export({ type: 'spki', format: 'der' }),
      possession: sign('sha256', Buffer.from(`fleetblock-operator:${operatorOf(certificate)}`), privateKey),
    });
    const renewed = new X509Certificate(certificateChain);
    if (!renewed.publicKey.equals(createPublicKey(privateKey)))
      throw new FleetblockError('INTERNAL', 'the controller answered with a certificate for another key');
    // As it is now: another context may have been added meanwhile.
    const document = await read(path);
    if (document.getIn(certificateOf(credentials)) !== credentials.certificateChain) return;
    document.setIn(certificateOf(credentials), certificateChain);
    document.setIn(['contexts', credentials.context, 'key'], privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const bytes = Buffer.from(document.toString({ lineWidth: 0 }));
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    fsyncSync(file);
    renameSync(beside, path);
    syncDirectory(dirname(path));
  } finally {
    closeSync(file);
    rmSync(beside, { force: true });
  }
}

/** The new file, mode 0600, which keeps other renewals of the same file away while it is there. */
function claim(beside: string): number | undefined {
  try {
    return openSync(beside, 'wx', 0o600);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    if (Date.now() - statSync(beside).mtimeMs > STALE_MS) rmSync(beside, { force: true });
    return undefined;
  }
}

async function read(path: string) {
  const { parseDocument } = await import('yaml');
  return parseDocument(readFileSync(path, 'utf8'));
}

const certificateOf = ({ context }: Credentials) => ['contexts', context, 'certificate'];

/** The last part of `spiffe://<fleet>/operator/<role>/<name>`. */
function operatorOf({ subjectAltName }: X509Certificate): string {
  return /\/([^/,\s]+)$/.exec(subjectAltName ?? '')?.[1] ?? '';
}
