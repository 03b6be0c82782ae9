// Makes the fleet's certificates: ECDSA P-256, DER and PEM by @peculiar/x509, keys by node:crypto.
import 'reflect-metadata';
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { FleetblockError } from '../../../common/errors.ts';

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** What a certificate may be used for: to call the controller, or to be it. */
export type Usage = 'client' | 'server';

/** `url` says who a client is (names.ts), `dns` what a server is called. */
export type AlternativeName = { readonly type: 'url' | 'dns'; readonly value: string };

/** ECDSA P-256. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A certificate authority: its own certificate and the key that signs. */
export interface Issuer {
  readonly name: string;
  readonly pem: string;
  readonly key: KeyPair;
}

/** Certificates have whole seconds. */
export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** `usage` must be that of its issuer: TLS refuses a leaf that goes beyond it. */
export interface LeafRequest extends Validity {
  readonly commonName: string;
  readonly names: readonly AlternativeName[];
  readonly publicKey: KeyObject;
  readonly usage: Usage;
  /** Of a host, see generationOf. */
  readonly generation?: number;
}

/** `pem`: the certificate alone, without its issuer. */
export interface Leaf {
  readonly pem: string;
  /** Lower-case hexadecimal. */
  readonly serial: string;
}

/** ECDSA P-256, in memory only. */
export function newKeyPair(): KeyPair {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** Reads SubjectPublicKeyInfo (DER). @throws FleetblockError INVALID_ARGUMENT unless it is an ECDSA P-256 key. */
export function readPublicKey(spki: Uint8Array): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    // One answer for all that is no key.
  }
  if (key?.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new FleetblockError('INVALID_ARGUMENT', 'the public key must be ECDSA P-256, as SubjectPublicKeyInfo in DER');
  return key;
}

/** SubjectPublicKeyInfo, DER. `key`: a public one. */
export function spkiOf(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

/** SHA-256 over SubjectPublicKeyInfo, as in RFC 7469. */
export function pinOf(key: KeyObject): Uint8Array {
  return createHash('sha256').update(spkiOf(key)).digest();
}

/** The root: self-signed, may have one level of issuers below. */
export async function makeRoot(name: string, validity: Validity): Promise<Issuer> {
  const key = newKeyPair();
  const pem = await sign({
    subject: name,
    publicKey: key.publicKey,
    signer: { name, key },
    validity,
    extensions: [new BasicConstraintsExtension(true, 1, true), authorityUsage()],
  });
  return { name, pem: pem.pem, key };
}

/** An issuer below the root whose extended key usage binds all that it signs: agents' keys can never be the controller's. */
export async function makeIssuer(root: Issuer, name: string, usage: Usage, validity: Validity): Promise<Issuer> {
  const key = newKeyPair();
  const { pem } = await sign({
    subject: name,
    publicKey: key.publicKey,
    signer: root,
    validity,
    extensions: [new BasicConstraintsExtension(true, 0, true), authorityUsage(), extendedUsage(usage)],
  });
  return { name, pem, key };
}

/** A certificate that can sign no other. Its serial carries the generation, if there is one, and random bits. */
export async function makeLeaf(issuer: Issuer, request: LeafRequest): Promise<Leaf> {
  return sign({
    subject: request.commonName,
    publicKey: request.publicKey,
    signer: issuer,
    validity: request,
    serialNumber: request.generation === undefined ? newSerial() : serialOfGeneration(request.generation),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      extendedUsage(request.usage),
      new SubjectAlternativeNameExtension([...request.names]),
    ],
  });
}

interface Unsigned {
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly signer: Pick<Issuer, 'name' | 'key'>;
  readonly validity: Validity;
  readonly extensions: readonly Extension[];
  /** Default: random. */
  readonly serialNumber?: string;
}

async function sign(unsigned: Unsigned): Promise<Leaf> {
  const { subject, publicKey, signer, validity, extensions, serialNumber = newSerial() } = unsigned;
  const signingKey = signer.key.privateKey.toCryptoKey(ECDSA, false, ['sign']);
  const certificate = await X509CertificateGenerator.create({
    serialNumber,
    subject: [{ CN: [subject] }],
    issuer: [{ CN: [signer.name] }],
    notBefore: validity.notBefore,
    notAfter: validity.notAfter,
    signingAlgorithm: ECDSA,
    signingKey,
    publicKey: spkiOf(publicKey),
    extensions: [
      ...extensions,
      await SubjectKeyIdentifierExtension.create(spkiOf(publicKey)),
      await AuthorityKeyIdentifierExtension.create(spkiOf(signer.key.publicKey)),
    ],
  });
  return { pem: `${certificate.toString('pem')}\n`, serial: serialNumber };
}

const authorityUsage = () => new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true);

const extendedUsage = (usage: Usage) =>
  new ExtendedKeyUsageExtension([usage === 'client' ? ExtendedKeyUsage.clientAuth : ExtendedKeyUsage.serverAuth]);

/** 126 random bits after a fixed first bit pattern: positive, and never shortened by a leading zero. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

/** First byte of a serial that carries a generation: others begin with 0x40 to 0x7f. */
const OF_GENERATION = 0x20;

/** That byte, the generation in three bytes, 96 random bits. A serial is signed, and needs no extension that others may not know. */
function serialOfGeneration(generation: number): string {
  const bytes = randomBytes(16);
  bytes.writeUInt32BE(OF_GENERATION * 2 ** 24 + (generation & 0xffffff));
  return bytes.toString('hex');
}

/** Which enrollment of its host a certificate comes from, by its serial; those made before there were generations are of the first. */
export function generationOf(serial: string): number {
  const bytes = Buffer.from(serial, 'hex');
  return bytes.length === 16 && bytes[0] === OF_GENERATION ? bytes.readUIntBE(1, 3) : 0;
}
