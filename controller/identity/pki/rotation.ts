// Issuers that are replaced: a new key and certificate in the place of the old, whose certificate is kept beside for as long as what it
// signed stays valid. A crash at any step leaves the old issuer or the new one, whole.
import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FleetblockError } from '../../../common/errors.ts';
import { readSecretFile, syncDirectory, writeFileAtomic } from '../../../common/files.ts';
import type { Issuer } from './certificates.ts';

const paths = (directory: string, name: string) => ({
  pem: join(directory, `${name}.pem`),
  key: join(directory, `${name}.key`),
  nextPem: join(directory, `${name}.next.pem`),
  nextKey: join(directory, `${name}.next.key`),
  /** Certificates of issuers before, PEM. */
  former: join(directory, `${name}.former.pem`),
});

/** Puts the new issuer in the place of the one of that name. `distrust`: what that one signed is refused. */
export function replaceIssuer(directory: string, name: string, next: Issuer, distrust: boolean): void {
  const files = paths(directory, name);
  finishReplacing(directory, name);
  const former = distrust ? [] : [readFileSync(files.pem, 'utf8'), ...formerPems(directory, name)];
  writeFileAtomic(files.nextPem, next.pem, 0o644);
  writeFileAtomic(files.nextKey, next.key.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  // Known as a former one before it is one: at no step is what it signed refused.
  writeFileAtomic(files.former, former.join(''), 0o644);
  renameSync(files.nextKey, files.key);
  syncDirectory(directory);
  renameSync(files.nextPem, files.pem);
  syncDirectory(directory);
}

/** What a crash left of a replacement: done when the new key is in place, dropped otherwise. */
export function finishReplacing(directory: string, name: string): void {
  const { pem, key, nextPem, nextKey } = paths(directory, name);
  if (existsSync(nextPem)) {
    const privateKey = createPrivateKey(readSecretFile(key, 'the private key'));
    if (new X509Certificate(readFileSync(nextPem)).checkPrivateKey(privateKey)) renameSync(nextPem, pem);
  }
  for (const path of [nextPem, nextKey]) rmSync(path, { force: true });
  syncDirectory(directory);
}

/** Certificates of issuers before, the newest first. */
export function formerIssuers(directory: string, name: string): X509Certificate[] {
  return formerPems(directory, name).map((pem) => new X509Certificate(pem));
}

function formerPems(directory: string, name: string): string[] {
  const { former } = paths(directory, name);
  if (!existsSync(former)) return [];
  return readFileSync(former, 'utf8').match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----\n/g) ?? [];
}

/** @throws FleetblockError: missing, open to others, or another root's; the text names the fix */
export function readRootKey(path: string, root: X509Certificate): { privateKey: KeyObject; publicKey: KeyObject } {
  const privateKey = createPrivateKey(readSecretFile(path, "the root's key"));
  if (!root.checkPrivateKey(privateKey))
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      `${path} is not the key of this fleet's root: name it with --root-key`,
    );
  return { privateKey, publicKey: createPublicKey(privateKey) };
}
