// The holder of a certificate. TLS has checked the chain to the root; here the issuer decides what the holder may be.
import { createHash, X509Certificate } from 'node:crypto';
import { CLOCK_SKEW_MS, type ClientIssuers } from './authority.ts';
import { generationOf } from './certificates.ts';
import { parseSubject, type Subject } from './names.ts';

/** Signed by the right issuer; whether it is in its time is for the authorizer to say. */
export interface PeerIdentity {
  readonly subject: Subject;
  /** Lower-case hexadecimal. */
  readonly serial: string;
  /** Of an agent: see HostRecord. */
  readonly generation: number;
  /** Unix milliseconds, whole seconds. */
  readonly issuedMs: number;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** Certificates whose reading is remembered: an entry is a few hundred bytes, a signature check 0.1 ms. */
const REMEMBERED = 20_000;

/** Remembers what it read, by the certificate's hash: it is asked with every call. */
export class PeerReader {
  readonly #fleet: string;
  readonly #issuers: ClientIssuers;
  readonly #read = new Map<string, PeerIdentity>();

  constructor(fleet: string, issuers: ClientIssuers) {
    this.#fleet = fleet;
    this.#issuers = issuers;
  }

  /** @returns undefined unless the certificate (DER) was signed by this fleet's issuer of exactly that kind of subject */
  read(der: Uint8Array): PeerIdentity | undefined {
    const fingerprint = createHash('sha256').update(der).digest('base64');
    const known = this.#read.get(fingerprint);
    if (known) return known;
    const identity = this.#readNew(der);
    if (!identity) return undefined;
    if (this.#read.size >= REMEMBERED) this.#read.clear();
    this.#read.set(fingerprint, identity);
    return identity;
  }

  #readNew(der: Uint8Array): PeerIdentity | undefined {
    const certificate = parse(der);
    const subject = certificate && subjectOf(certificate);
    if (!certificate || !subject || subject.fleet !== this.#fleet || certificate.ca) return undefined;
    const issuers = this.#issuers[subject.kind];
    if (!issuers.some((issuer) => certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)))
      return undefined;
    const serial = certificate.serialNumber.toLowerCase();
    return {
      subject,
      serial,
      generation: generationOf(serial),
      issuedMs: certificate.validFromDate.getTime() + CLOCK_SKEW_MS,
      notBeforeMs: certificate.validFromDate.getTime(),
      notAfterMs: certificate.validToDate.getTime(),
    };
  }
}

/** Whose certificate it says that it is. */
export function subjectOf({ subjectAltName }: X509Certificate): Subject | undefined {
  // One URI and nothing else, or it is not one of ours.
  const [, uri = ''] = /^URI:([^,"\s]+)$/.exec(subjectAltName ?? '') ?? [];
  return parseSubject(uri);
}

function parse(der: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}
