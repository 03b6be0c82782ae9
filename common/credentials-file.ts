// Writes the credentials file of an operator, which the CLI reads: YAML with one context per fleet, mode 0600.
import { stringify } from 'yaml';
import { writeFileAtomic } from './files.ts';

/** All that a CLI needs to reach one fleet, its private key included, as the file has it. */
export interface CredentialsContext {
  /** HOST:PORT */
  readonly controller: string;
  readonly fleet: string;
  readonly operator: string;
  /** PEM: the fleet's root. */
  readonly ca: string;
  /** PEM: leaf, then its issuer. */
  readonly certificate: string;
  /** PEM, PKCS#8. */
  readonly key: string;
}

/** Replaces the file in one step. `document`: `currentContext`, `contexts`, and whatever else the file has. */
export function writeCredentials(path: string, document: object): void {
  const text = stringify(document, { lineWidth: 0 });
  writeFileAtomic(path, `# fleetblock operator credentials. Keep it to yourself: mode 0600.\n${text}`);
}

/** Writes a file with one context, named after its fleet. */
export function writeNewCredentials(path: string, context: CredentialsContext): void {
  writeCredentials(path, { currentContext: context.fleet, contexts: { [context.fleet]: context } });
}
