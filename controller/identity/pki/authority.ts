// The fleet's certificate authority on disk: a root and one issuer each for agents, operators and the controller itself.
import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FleetblockError, messageOf } from '../../../common/errors.ts';
import { ensurePrivateDirectory, readSecretFile, writeFileAtomic } from '../../../common/files.ts';
import { CONTROLLER_NAME, ENROLLMENT_NAME } from '../../../common/rpc/channel.ts';
import {
  type Issuer,
  type LeafRequest,
  makeIssuer,
  makeLeaf,
  makeRoot,
  newKeyPair,
  pinOf,
  type Usage,
} from './certificates.ts';
import { formatSubject, type IssuerName, type OperatorRole } from './names.ts';
import { finishReplacing, formerIssuers, readRootKey, replaceIssuer } from './rotation.ts';

const DAY_MS = 86_400_000;

/** Certificates begin this long before they are made: a host's clock may be a day behind the controller's. */
export const CLOCK_SKEW_MS = 25 * 3_600_000;

/** A host that could not renew for this long must be enrolled again. */
const AGENT_LIFE_MS = 7 * DAY_MS;
/** What may be asked for; identity.ts has the default. */
export const OPERATOR_LIFE_MS = { least: DAY_MS / 2, most: 30 * DAY_MS } as const;
/** The server's certificate is renewed at half of it, in the running process. */
export const SERVER_LIFE_MS = 30 * DAY_MS;
const AUTHORITY_LIFE_MS = 20 * 365 * DAY_MS;

const ISSUERS = { agents: 'client', operators: 'client', servers: 'server' } as const satisfies Record<
  IssuerName,
  Usage
>;

type Issuers = Readonly<Record<IssuerName, Issuer>>;

/** Certificates that vouch for agents and for operators: the issuer's own, and those of issuers before it that are trusted. */
export interface ClientIssuers {
  readonly agent: readonly X509Certificate[];
  readonly operator: readonly X509Certificate[];
}

/** PEM, leaf first, then its issuer. */
export interface IssuedCertificate {
  readonly chain: string;
  readonly serial: string;
  readonly notAfterMs: number;
}

/** An instance holds the keys of the issuers, never the root's. */
export class Authority {
  readonly fleet: string;
  /** PEM. */
  readonly rootCertificate: string;
  readonly #root: X509Certificate;
  readonly #issuers: Issuers;
  readonly #former: ClientIssuers;

  private constructor(
    fleet: string,
    rootCertificate: string,
    issuers: Issuers,
    former: ClientIssuers = { agent: [], operator: [] },
  ) {
    this.fleet = fleet;
    this.rootCertificate = rootCertificate;
    this.#root = new X509Certificate(rootCertificate);
    this.#issuers = issuers;
    this.#former = former;
  }

  /** Makes a new authority and writes it to `directory` (0700, keys 0600). */
  static async create(directory: string, fleet: string, nowMs: number): Promise<Authority> {
    const validity = validFrom(nowMs, AUTHORITY_LIFE_MS);
    const root = await makeRoot(`fleetblock ${fleet} root`, validity);
    const issuer = (name: IssuerName) => makeIssuer(root, `fleetblock ${fleet} ${name}`, ISSUERS[name], validity);
    const issuers = {
      agents: await issuer('agents'),
      operators: await issuer('operators'),
      servers: await issuer('servers'),
    };
    ensurePrivateDirectory(directory);
    for (const [name, { pem, key }] of [['root', root] as const, ...Object.entries(issuers)]) {
      writeFileAtomic(join(directory, `${name}.pem`), pem, 0o644);
      writeFileAtomic(join(directory, `${name}.key`), privateKeyPem(key.privateKey));
    }
    return new Authority(fleet, root.pem, issuers);
  }

  /** The root's key is not read: once the fleet is made, it may be kept elsewhere. @throws FleetblockError naming the file. */
  static load(directory: string, fleet: string): Authority {
    const rootPath = join(directory, 'root.pem');
    const rootCertificate = readText(rootPath);
    const root = certificateOf(rootCertificate, rootPath);
    const issuer = (name: IssuerName): Issuer => {
      finishReplacing(directory, name);
      const pem = readText(join(directory, `${name}.pem`));
      const keyPath = join(directory, `${name}.key`);
      const key = readKey(keyPath);
      const certificate = certificateOf(pem, join(directory, `${name}.pem`));
      if (!certificate.checkPrivateKey(key.privateKey) || !certificate.verify(root.publicKey))
        throw new FleetblockError(
          'FAILED_PRECONDITION',
          `${keyPath}, ${name}.pem and root.pem do not belong together: restore the directory from one backup`,
        );
      return { name: `fleetblock ${fleet} ${name}`, pem, key };
    };
    const issuers = { agents: issuer('agents'), operators: issuer('operators'), servers: issuer('servers') };
    return new Authority(fleet, rootCertificate, issuers, {
      agent: formerIssuers(directory, 'agents'),
      operator: formerIssuers(directory, 'operators'),
    });
  }

  /**
   * Makes a new issuer in the place of one, signed by the root. What the old one signed stays valid until it expires, unless it is
   * distrusted. For a controller that does not run.
   * @param rootKey path of the root's key, wherever it is kept
   * @throws FleetblockError whose text names the fix; the old issuer is in place then
   */
  static async rotate(
    directory: string,
    fleet: string,
    rotation: {
      readonly name: IssuerName;
      readonly rootKey: string;
      readonly distrust: boolean;
      readonly nowMs: number;
    },
  ): Promise<void> {
    // Checked first: nothing is written to an incomplete directory.
    const before = Authority.load(directory, fleet);
    const { name, rootKey, distrust, nowMs } = rotation;
    const key = readRootKey(rootKey, before.#root);
    const root: Issuer = { name: `fleetblock ${fleet} root`, pem: before.rootCertificate, key };
    const { notBefore } = validFrom(nowMs, AUTHORITY_LIFE_MS);
    // No longer than the root itself.
    const validity = { notBefore, notAfter: before.#root.validToDate };
    replaceIssuer(
      directory,
      name,
      await makeIssuer(root, `fleetblock ${fleet} ${name}`, ISSUERS[name], validity),
      distrust,
    );
  }

  /** SHA-256 over the root's public key: what enrollment tokens carry. */
  get rootPin(): Uint8Array {
    return pinOf(this.#root.publicKey);
  }

  /** Certificates that vouch for agents and for operators: who signed a leaf decides what it can be. */
  get clientIssuers(): ClientIssuers {
    return {
      agent: [new X509Certificate(this.#issuers.agents.pem), ...this.#former.agent],
      operator: [new X509Certificate(this.#issuers.operators.pem), ...this.#former.operator],
    };
  }

  /** @param generation of the host's identity, see HostRecord */
  issueAgent(hostId: string, publicKey: KeyObject, nowMs: number, generation = 0): Promise<IssuedCertificate> {
    const uri = formatSubject({ kind: 'agent', fleet: this.fleet, hostId });
    const names = [{ type: 'url' as const, value: uri }];
    return this.#issue('agents', { commonName: hostId, names, publicKey, generation }, nowMs, AGENT_LIFE_MS);
  }

  /** @throws FleetblockError INVALID_ARGUMENT for a life outside of 12 hours to 30 days. */
  issueOperator(
    role: OperatorRole,
    name: string,
    publicKey: KeyObject,
    nowMs: number,
    lifeMs: number,
  ): Promise<IssuedCertificate> {
    if (!(lifeMs >= OPERATOR_LIFE_MS.least && lifeMs <= OPERATOR_LIFE_MS.most))
      throw new FleetblockError('INVALID_ARGUMENT', "an operator's certificate lasts from 12h to 30d");
    const uri = formatSubject({ kind: 'operator', fleet: this.fleet, role, name });
    const names = [{ type: 'url' as const, value: uri }];
    return this.#issue('operators', { commonName: name, names, publicKey }, nowMs, lifeMs);
  }

  /** A fresh key and certificate for the controller itself. The key stays in this process: every start makes a new one. */
  async issueServer(nowMs: number): Promise<IssuedCertificate & { readonly privateKey: string }> {
    const key = newKeyPair();
    const names = [CONTROLLER_NAME, ENROLLMENT_NAME].map((value) => ({ type: 'dns' as const, value }));
    const leaf = { commonName: CONTROLLER_NAME, names, publicKey: key.publicKey };
    const issued = await this.#issue('servers', leaf, nowMs, SERVER_LIFE_MS);
    return { ...issued, privateKey: privateKeyPem(key.privateKey) };
  }

  async #issue(
    by: IssuerName,
    request: Omit<LeafRequest, 'usage' | 'notBefore' | 'notAfter'>,
    nowMs: number,
    lifeMs: number,
  ): Promise<IssuedCertificate> {
    const issuer = this.#issuers[by];
    const validity = validFrom(nowMs, lifeMs);
    const leaf = await makeLeaf(issuer, { ...request, usage: ISSUERS[by], ...validity });
    return { chain: leaf.pem + issuer.pem, serial: leaf.serial, notAfterMs: validity.notAfter.getTime() };
  }
}

/** PKCS#8, not encrypted. */
export function privateKeyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Whole seconds, as certificates have them. */
function validFrom(nowMs: number, lifeMs: number) {
  const seconds = (ms: number) => new Date(Math.floor(ms / 1000) * 1000);
  return { notBefore: seconds(nowMs - CLOCK_SKEW_MS), notAfter: seconds(nowMs + lifeMs) };
}

function readKey(path: string) {
  const pem = readSecretFile(path, 'the private key');
  try {
    const privateKey = createPrivateKey(pem);
    return { privateKey, publicKey: createPublicKey(privateKey) };
  } catch {
    throw new FleetblockError('FAILED_PRECONDITION', `${path} is not a private key in PEM: restore it from a backup`);
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new FleetblockError('FAILED_PRECONDITION', `cannot read a certificate of the fleet: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function certificateOf(pem: string, path: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new FleetblockError('FAILED_PRECONDITION', `${path} is not a certificate in PEM: restore it from a backup`);
  }
}
