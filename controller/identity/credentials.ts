// The credentials file of an operator, as the CLI reads it.
import { stringify } from 'yaml';

/** All that a CLI needs to reach one fleet, its private key included. */
export interface OperatorCredentials {
  readonly fleet: string;
  /** HOST:PORT */
  readonly controller: string;
  readonly operator: string;
  /** PEM: the fleet's root. */
  readonly ca: string;
  /** PEM: leaf, then its issuer. */
  readonly certificate: string;
  /** PEM, PKCS#8. */
  readonly key: string;
}

/** YAML with one context, named after the fleet. To be written with mode 0600. */
export function formatCredentials({ fleet, ...context }: OperatorCredentials): string {
  const { controller, operator, ca, certificate, key } = context;
  const document = {
    currentContext: fleet,
    contexts: { [fleet]: { controller, fleet, operator, ca, certificate, key } },
  };
  return `# fleetblock operator credentials. Keep it to yourself: mode 0600.\n${stringify(document, { lineWidth: 0 })}`;
}
