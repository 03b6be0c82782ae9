// The controller's own certificate: made at start, renewed in the running process, its key never on disk.

import { messageOf } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import type { Clock } from '../../common/time/clock.ts';
import { type Authority, SERVER_LIFE_MS } from './pki/authority.ts';

const LOOK_EVERY_MS = 3_600_000;

/** PEM texts. */
export interface ServerCertificate {
  readonly privateKey: string;
  /** Leaf first, without the root. */
  readonly chain: string;
  /** What clients' certificates must lead to. Also shown to hosts that enroll: they check it against their token's pin. */
  readonly root: string;
}

/** `log` gets every renewal, and every failed one. */
export interface ServerIdentityOptions {
  readonly authority: Authority;
  readonly clock: Clock;
  readonly log: Logger;
}

/** `make` once at the start, then `keepFresh`; the caller puts what it gets into its TLS server. */
export class ServerIdentity {
  readonly #options: ServerIdentityOptions;
  #endMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ServerIdentityOptions) {
    this.#options = options;
  }

  async make(): Promise<ServerCertificate> {
    const { authority, clock } = this.#options;
    const { privateKey, chain, notAfterMs } = await authority.issueServer(clock.wallMs());
    this.#endMs = notAfterMs;
    return { privateKey, chain, root: authority.rootCertificate };
  }

  /** Looks every hour, by the wall clock: a machine that slept for weeks renews when it wakes. */
  keepFresh(use: (identity: ServerCertificate) => void): void {
    this.#timer = setInterval(() => void this.renewIfDue(use), LOOK_EVERY_MS).unref();
  }

  /** Renews in the second half of the certificate's life. */
  async renewIfDue(use: (identity: ServerCertificate) => void): Promise<void> {
    const { clock, log } = this.#options;
    if (clock.wallMs() < this.#endMs - SERVER_LIFE_MS / 2) return;
    try {
      use(await this.make());
      log.info({ until: new Date(this.#endMs).toISOString() }, "renewed the controller's certificate");
    } catch (error) {
      log.error({ err: messageOf(error) }, "could not renew the controller's certificate: trying again in an hour");
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
