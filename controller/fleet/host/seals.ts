// What this controller said, recognised when a host shows it again: codes over a secret that lies beside the store and not in it, so
// that a store which lost commits cannot forget them. A host can show no revision that was never sent, and no key of another host.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Revision } from '../../../common/revision.ts';

const SEAL_BYTES = 16;
const SERIAL_BYTES = 8;

/** HMAC-SHA-256, cut to 16 bytes. A session key is its serial as 8 bytes, big-endian, and then the code. */
export class Seals {
  readonly #secret: Uint8Array;
  #last: { readonly epoch: string; readonly revision: Revision; readonly seal: Uint8Array } | undefined;

  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  /** Goes with everything that brings a host to this revision. The last one is remembered: a fleet asks for the same. */
  revision(epoch: string, revision: Revision): Uint8Array {
    if (this.#last?.epoch !== epoch || this.#last.revision !== revision)
      this.#last = { epoch, revision, seal: this.#code('revision', epoch, `${revision}`) };
    return this.#last.seal;
  }

  provesRevision(epoch: string, revision: Revision, seal: Uint8Array): boolean {
    return same(this.#code('revision', epoch, `${revision}`), seal);
  }

  /** The key of one session of a host; later sessions have higher serials. */
  sessionKey(hostId: string, serial: number): Uint8Array {
    const bytes = Buffer.alloc(SERIAL_BYTES);
    bytes.writeBigUInt64BE(BigInt(serial));
    return Buffer.concat([bytes, this.#code('session', hostId, `${serial}`)]);
  }

  /** @returns undefined for what this controller never gave to that host */
  serialOf(hostId: string, key: Uint8Array): number | undefined {
    if (key.length !== SERIAL_BYTES + SEAL_BYTES) return undefined;
    const serial = Number(Buffer.from(key).readBigUInt64BE());
    if (!Number.isSafeInteger(serial)) return undefined;
    return same(this.sessionKey(hostId, serial), key) ? serial : undefined;
  }

  #code(...words: string[]): Uint8Array {
    return createHmac('sha256', this.#secret).update(words.join('\0')).digest().subarray(0, SEAL_BYTES);
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
