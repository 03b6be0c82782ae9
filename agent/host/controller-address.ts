// Where the controller is: its name, and the addresses that it had, kept on disk. A host that boots while no name server answers
// finds its controller by them, and protects them from its own blocks.
import { lookup as lookUp } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { writeFileAtomic } from '../../common/files.ts';
import { formatEndpoint, parseEndpoint } from '../../common/text/endpoint.ts';

/** `stateDir` is where the last addresses are kept across boots. */
export interface ControllerAddressOptions {
  /** HOST:PORT */
  readonly controller: string;
  /** Undefined: nothing is kept. */
  readonly stateDir: string | undefined;
  /** Addresses of a name. Default: as the system resolves names. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
}

/** In the state directory. */
export const ADDRESSES_FILE = 'controller-addresses.json';

/** How long one look waits for the name; its answer is used by the next look otherwise. */
const RESOLVE_MS = 200;

/** Used by the dialer and by the protected addresses, so that no block cuts this host off from where it dials. */
export class ControllerAddress {
  readonly #host: string;
  readonly #port: number;
  readonly #file: string | undefined;
  readonly #resolve: (name: string) => Promise<readonly string[]>;
  // While the name does not resolve, the controller is where it was.
  #addresses: readonly string[];
  #resolving: Promise<void> | undefined;
  #resolved: boolean;
  #attempts = 0;

  constructor({ controller, stateDir, resolve = systemResolve }: ControllerAddressOptions) {
    ({ host: this.#host, port: this.#port } = parseEndpoint(controller));
    this.#file = stateDir === undefined ? undefined : join(stateDir, ADDRESSES_FILE);
    this.#resolve = resolve;
    this.#resolved = isIP(this.#host) !== 0;
    this.#addresses = this.#resolved ? [this.#host] : this.#recorded();
  }

  /** As far as known: now, or when its name was last resolved. */
  get addresses(): readonly string[] {
    return this.#addresses;
  }

  /** Looks the name up. Never waits long: at boot there is no network yet, and the list must be in the kernel before there is one. */
  async look(): Promise<void> {
    if (isIP(this.#host)) return;
    this.#resolving ??= this.#resolve(this.#host)
      .then((found) => this.#found(found))
      .catch(() => {
        this.#resolved = false;
      })
      .finally(() => {
        this.#resolving = undefined;
      });
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, RESOLVE_MS);
    });
    await Promise.race([this.#resolving, patience]);
    clearTimeout(timer);
  }

  /** HOST:PORT for the next attempt to connect: while the name does not resolve, each of its last addresses and the name in turn. */
  target(): string {
    const choices = this.#resolved ? [this.#host] : [...this.#addresses, this.#host];
    const host = choices[this.#attempts++ % choices.length] ?? this.#host;
    return formatEndpoint({ host, port: this.#port });
  }

  #found(addresses: readonly string[]): void {
    if (addresses.length === 0) return;
    this.#resolved = true;
    const before = JSON.stringify(this.#addresses);
    this.#addresses = [...addresses].sort();
    if (this.#file === undefined || JSON.stringify(this.#addresses) === before) return;
    try {
      writeFileAtomic(this.#file, `${JSON.stringify({ host: this.#host, addresses: this.#addresses })}\n`);
    } catch {
      // The record of the list reports a disk that cannot be written to.
    }
  }

  /** What an earlier run has found for this very name; whatever cannot be read is nothing. */
  #recorded(): string[] {
    if (this.#file === undefined) return [];
    try {
      const record: unknown = JSON.parse(readFileSync(this.#file, 'utf8'));
      if (typeof record !== 'object' || record === null || !('host' in record) || !('addresses' in record)) return [];
      if (record.host !== this.#host || !Array.isArray(record.addresses)) return [];
      return record.addresses.map(String).filter((address) => isIP(address) !== 0);
    } catch {
      return [];
    }
  }
}

async function systemResolve(name: string): Promise<readonly string[]> {
  return (await lookUp(name, { all: true })).map(({ address }) => address);
}
