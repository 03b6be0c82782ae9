// Keeps the host's certificate fresh: a new key and certificate at about half of its life, while the sync stream goes on.
import { createPrivateKey, generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { FleetblockError, messageOf } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import { method } from '../../common/rpc/client/method.ts';
import { asMember, callOnce } from '../../common/rpc/client/once.ts';
import { formatDuration } from '../../common/text/duration.ts';
import { Backoff } from '../../common/time/backoff.ts';
import { sleep } from '../../common/timers.ts';
import { type Enrollment, loadEnrollment, storeEnrollment } from './enrollment.ts';

/** Clock and randomness are handed in, so that tests reach the renewal without waiting for days. */
export interface RenewalOptions {
  readonly stateDir: string;
  readonly log: Logger;
  /** Unix milliseconds. Default the system's clock. */
  readonly nowMs?: () => number;
  /** Uniform in [0, 1): spreads a fleet that was enrolled in one minute. Default Math.random. */
  readonly random?: () => number;
}

/** Looked at this often at least, by the wall clock: a host that slept renews when it wakes. */
const LOOK_EVERY_MS = 3_600_000;
const TIMEOUT_MS = 10_000;

/** Renews until the signal aborts. Failures are logged and tried again; nothing is thrown. */
export async function keepRenewed(options: RenewalOptions, signal: AbortSignal): Promise<void> {
  const { stateDir, log, nowMs = Date.now, random = Math.random } = options;
  const backoff = new Backoff({ baseMs: 60_000, maxMs: LOOK_EVERY_MS, random });
  const share = 0.5 + random() / 10;
  while (!signal.aborted) {
    let waitMs: number;
    try {
      const enrollment = loadEnrollment(stateDir);
      waitMs = renewalDueMs(enrollment, share) - nowMs();
      if (waitMs <= 0) {
        const renewed = await renew(enrollment, stateDir);
        log.info({ until: leafOf(renewed).validTo }, "renewed this host's certificate");
        backoff.reset();
        continue;
      }
    } catch (error) {
      waitMs = backoff.nextMs() + 1000;
      log.warn({ err: messageOf(error), again: formatDuration(waitMs) }, "could not renew this host's certificate");
    }
    await sleep(Math.min(waitMs, LOOK_EVERY_MS), signal);
  }
}

/** What is wrong with the certificate, one sentence; empty when all is well. */
export function certificateProblem(enrollment: Enrollment, nowMs: number): string {
  const leftMs = certificateEndsMs(enrollment) - nowMs;
  if (leftMs <= 0)
    return "this host's certificate has expired: it keeps dropping, but needs a new token (fleetblock-agent join) to get changes";
  const lifeMs = lifeOf(enrollment);
  return leftMs < lifeMs / 4
    ? `this host's certificate ends in ${formatDuration(leftMs)} and could not be renewed`
    : '';
}

/** Unix milliseconds. */
export function certificateEndsMs(enrollment: Enrollment): number {
  return leafOf(enrollment).validToDate.getTime();
}

/** When to renew, Unix milliseconds. `share` of the life: 0.5 for half. */
export function renewalDueMs(enrollment: Enrollment, share: number): number {
  return leafOf(enrollment).validFromDate.getTime() + lifeOf(enrollment) * share;
}

/**
 * Gets a certificate for a new key and stores both. @returns what was stored
 * @throws FleetblockError; what is stored is then as before
 */
export async function renew(enrollment: Enrollment, stateDir: string): Promise<Enrollment> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const request = {
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    possession: sign('sha256', Buffer.from(`fleetblock-renew:${enrollment.hostId}`), privateKey),
  };
  const target = asMember(enrollment.controller, enrollment.identity);
  const { certificateChain } = await callOnce(
    target,
    method('IdentityService', 'RenewCertificate'),
    request,
    TIMEOUT_MS,
  );
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const renewed = { ...enrollment, identity: { ...enrollment.identity, certificateChain, privateKey: key } };
  if (!leafOf(renewed).checkPrivateKey(createPrivateKey(key)))
    throw new FleetblockError('INTERNAL', 'the controller answered with a certificate for another key');
  storeEnrollment(stateDir, renewed);
  return renewed;
}

function leafOf({ identity }: Enrollment): X509Certificate {
  return new X509Certificate(identity.certificateChain);
}

function lifeOf(enrollment: Enrollment): number {
  const { validFromDate, validToDate } = leafOf(enrollment);
  return validToDate.getTime() - validFromDate.getTime();
}
