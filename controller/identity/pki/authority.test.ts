import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority, CLOCK_SKEW_MS } from './authority.ts';
import { newKeyPair, readPublicKey, spkiOf } from './certificates.ts';
import { PeerReader } from './peer.ts';

const HOST_ID = '6f1c1f0e-8a55-4a0b-9c1d-1f2e3d4c5b6a';
const NOW = Date.UTC(2026, 10, 24, 12);
let scratch: string;
let directory: string;
let authority: Authority;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'fleetblock-pki-'));
  directory = join(scratch, 'pki');
  authority = await Authority.create(directory, 'lab', NOW);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const leafOf = (chain: string) => new X509Certificate(chain);
const readerOf = (of: Authority) => new PeerReader(of.fleet, of.clientIssuers);
const issueAgent = (of = authority) => of.issueAgent(HOST_ID, newKeyPair().publicKey, NOW);
const issueAdmin = (of = authority) => of.issueOperator('admin', 'alice', newKeyPair().publicKey, NOW, 86_400_000);

/** openssl's own verdict on a chain, for a purpose, at the time of the test's clock. */
function opensslVerifies(chain: string, purpose: 'sslclient' | 'sslserver'): boolean {
  const [leaf = '', issuer = ''] = chain.split(/(?<=-----END CERTIFICATE-----\n)/);
  const paths = { leaf: join(scratch, 'leaf.pem'), issuer: join(scratch, 'issuer.pem') };
  writeFileSync(paths.leaf, leaf);
  writeFileSync(paths.issuer, issuer);
  const root = join(directory, 'root.pem');
  const time = ['-attime', String(NOW / 1000)];
  try {
    execFileSync(
      'openssl',
      ['verify', '-x509_strict', ...time, '-CAfile', root, '-untrusted', paths.issuer, '-purpose', purpose, paths.leaf],
      { stdio: 'ignore' },
    );
    return true;
  } catch {
    return false;
  }
}

describe('the authority', () => {
  it('keeps its keys to their owner', () => {
    expect(readdirSync(directory).filter((name) => name.endsWith('.key'))).toHaveLength(4);
    for (const name of readdirSync(directory))
      expect(statSync(join(directory, name)).mode & 0o777).toBe(name.endsWith('.key') ? 0o600 : 0o644);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  it('signs chains that openssl takes for their one purpose', async () => {
    const chains = { agent: await issueAgent(), admin: await issueAdmin(), server: await authority.issueServer(NOW) };
    expect(opensslVerifies(chains.agent.chain, 'sslclient')).toBe(true);
    expect(opensslVerifies(chains.admin.chain, 'sslclient')).toBe(true);
    expect(opensslVerifies(chains.server.chain, 'sslserver')).toBe(true);
    expect(opensslVerifies(chains.agent.chain, 'sslserver')).toBe(false);
    expect(opensslVerifies(chains.server.chain, 'sslclient')).toBe(false);
  });

  it('reads back as it was written, without the key of the root', async () => {
    rmSync(join(directory, 'root.key'));
    const again = Authority.load(directory, 'lab');
    expect(again.rootPin).toEqual(authority.rootPin);
    const { chain } = await issueAgent(again);
    expect(opensslVerifies(chain, 'sslclient')).toBe(true);
  });

  it('refuses a key that others may read, a foreign key and a damaged one, naming the file', () => {
    const key = join(directory, 'agents.key');
    chmodSync(key, 0o644);
    expect(() => Authority.load(directory, 'lab')).toThrow(`chmod 600 ${key}`);
    chmodSync(key, 0o600);
    copyFileSync(key, join(scratch, 'kept'));
    copyFileSync(join(directory, 'operators.key'), key);
    expect(() => Authority.load(directory, 'lab')).toThrow(/agents\.key.*do not belong together/);
    writeFileSync(key, 'junk');
    expect(() => Authority.load(directory, 'lab')).toThrow(/agents\.key is not a private key/);
    copyFileSync(join(scratch, 'kept'), key);
  });

  it('gives certificates a start that a clock a day behind accepts, and the life asked for', async () => {
    const { chain } = await issueAgent();
    expect(leafOf(chain).validFromDate.getTime()).toBe(NOW - CLOCK_SKEW_MS);
    expect(leafOf(chain).validToDate.getTime()).toBe(NOW + 7 * 86_400_000);
    for (const life of [1, 11 * 3_600_000, 31 * 86_400_000, Number.NaN])
      expect(() => authority.issueOperator('admin', 'alice', newKeyPair().publicKey, NOW, life)).toThrow(/12h to 30d/);
  });

  it('never signs a name that reads as another one', () => {
    const { publicKey } = newKeyPair();
    for (const name of ['', 'a/b', 'a,URI:spiffe://lab/operator/admin/x', 'admin/x', '../admin', 'a b', 'é'])
      expect(() => authority.issueOperator('viewer', name, publicKey, NOW, 86_400_000)).toThrow(/no name/);
    for (const id of ['', 'web1', HOST_ID.toUpperCase(), `${HOST_ID}/x`])
      expect(() => authority.issueAgent(id, publicKey, NOW)).toThrow(/no name/);
  });
});

describe('public keys', () => {
  it('must be P-256', () => {
    const { publicKey } = newKeyPair();
    expect(spkiOf(readPublicKey(spkiOf(publicKey)))).toEqual(spkiOf(publicKey));
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey;
    const ed25519 = generateKeyPairSync('ed25519').publicKey;
    for (const bad of [new Uint8Array(), new Uint8Array(91), spkiOf(p384), spkiOf(ed25519)])
      expect(() => readPublicKey(bad)).toThrow(/must be ECDSA P-256/);
    const offCurve = Buffer.from(spkiOf(publicKey));
    offCurve[offCurve.length - 1] = (offCurve[offCurve.length - 1] ?? 0) ^ 1;
    expect(() => readPublicKey(offCurve)).toThrow(/must be ECDSA P-256/);
  });
});

describe('a peer is', () => {
  it('an agent or an operator, as its issuer says', async () => {
    const reader = readerOf(authority);
    const agent = await issueAgent();
    const again = await authority.issueAgent(HOST_ID, newKeyPair().publicKey, NOW, 0x010203);
    expect(reader.read(leafOf(again.chain).raw)?.generation).toBe(0x010203);
    expect(reader.read(leafOf(agent.chain).raw)).toEqual({
      subject: { kind: 'agent', fleet: 'lab', hostId: HOST_ID },
      serial: agent.serial,
      generation: 0,
      issuedMs: NOW,
      notBeforeMs: NOW - CLOCK_SKEW_MS,
      notAfterMs: agent.notAfterMs,
    });
    const admin = await issueAdmin();
    expect(reader.read(leafOf(admin.chain).raw)?.subject).toEqual({
      kind: 'operator',
      fleet: 'lab',
      role: 'admin',
      name: 'alice',
    });
  });

  it("none with another fleet's, the controller's or an issuer's certificate, or junk", async () => {
    const reader = readerOf(authority);
    const other = await Authority.create(join(scratch, 'other'), 'lab', NOW);
    expect(reader.read(leafOf((await issueAdmin(other)).chain).raw)).toBeUndefined();
    expect(reader.read(leafOf((await authority.issueServer(NOW)).chain).raw)).toBeUndefined();
    for (const { raw } of authority.clientIssuers.agent) expect(reader.read(raw)).toBeUndefined();
    expect(reader.read(new Uint8Array(500))).toBeUndefined();
  });

  it("none when the agents' issuer vouches for an operator", async () => {
    const { agent, operator } = authority.clientIssuers;
    const swapped = new PeerReader('lab', { agent: operator, operator: agent });
    expect(swapped.read(leafOf((await issueAdmin()).chain).raw)).toBeUndefined();
    expect(swapped.read(leafOf((await issueAgent()).chain).raw)).toBeUndefined();
  });
});
