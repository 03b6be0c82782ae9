// Addresses with a port as people type them: `10.0.0.5:7443`, `[2001:db8::5]:7443`, `controller.example.com:7443`.
import { isIP } from 'node:net';
import { FleetblockError } from '../errors.ts';

/** A host name or IP address, not looked up yet. */
export interface Endpoint {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

// The dot is what parts two labels: were it optional, a long name could be cut in exponentially many ways.
const LABEL = '[a-zA-Z0-9_](?:[a-zA-Z0-9_-]{0,61}[a-zA-Z0-9])?';
const HOST_NAME = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*\\.?$`);

/** Port 0 is allowed: to listen on any free one. @throws FleetblockError INVALID_ARGUMENT naming the form. */
export function parseEndpoint(text: string): Endpoint {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):([0-9]{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? '';
  const port = Number(digits);
  const isHost =
    bracketed === undefined ? isIP(host) === 4 || (HOST_NAME.test(host) && !/^[0-9.]+$/.test(host)) : isIP(host) === 6;
  if (!isHost || !(port <= 65535))
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `${JSON.stringify(text.slice(0, 80))} is not an address with a port: write one like 10.0.0.5:7443, [2001:db8::5]:7443 or name:7443`,
    );
  return { host, port };
}

/** What parseEndpoint reads: IPv6 addresses get their brackets. */
export function formatEndpoint({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
