// A private CA for tests of the CLI: made with node-side crypto in a few milliseconds, of the product's kind (ECDSA P-256).
import 'reflect-metadata';
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { CONTROLLER_NAME } from '../../../common/rpc/channel.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

type KeyPair = { readonly publicKey: CryptoKey; readonly privateKey: CryptoKey };

/** PEM texts. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

export class TestAuthority {
  readonly #root: X509Certificate;
  readonly #keys: KeyPair;

  private constructor(root: X509Certificate, keys: KeyPair) {
    this.#root = root;
    this.#keys = keys;
  }

  static async create(): Promise<TestAuthority> {
    const keys = await newKeys();
    const root = await X509CertificateGenerator.createSelfSigned({
      name: 'CN=test root',
      notBefore: new Date(Date.now() - 10 * DAY_MS),
      notAfter: new Date(Date.now() + DAY_MS),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [new BasicConstraintsExtension(true, undefined, true)],
    });
    return new TestAuthority(root, keys);
  }

  /** PEM. */
  get root(): string {
    return this.#root.toString('pem');
  }

  server(name = CONTROLLER_NAME): Promise<Pair> {
    return this.#issue('controller', [{ type: 'dns', value: name }], DAY_MS);
  }

  /** `lifeMs` from now; negative: expired. */
  operator(lifeMs = DAY_MS): Promise<Pair> {
    return this.#issue('operator', [{ type: 'url', value: 'spiffe://test/operator/admin' }], lifeMs);
  }

  async #issue(name: string, names: { type: 'dns' | 'url'; value: string }[], lifeMs: number): Promise<Pair> {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.create({
      subject: `CN=${name}`,
      issuer: this.#root.subject,
      notBefore: new Date(Date.now() - 5 * DAY_MS),
      notAfter: new Date(Date.now() + lifeMs),
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      extensions: [new SubjectAlternativeNameExtension(names)],
    });
    const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
    const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
    return {
      certificate: certificate.toString('pem'),
      key: `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`,
    };
  }
}

async function newKeys(): Promise<KeyPair> {
  return await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}
