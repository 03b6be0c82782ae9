// The first contact: a host or an operator's machine that trusts nothing yet gets the fleet's root from the controller and compares it with the
// pin in its token. Nothing is sent but the TLS handshake; what follows trusts this root and nothing else.
import { createHash, timingSafeEqual, X509Certificate } from 'node:crypto';
import { connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { FleetblockError, messageOf } from '../errors.ts';
import { parseEndpoint } from '../text/endpoint.ts';
import { ENROLLMENT_NAME } from './channel.ts';

/** Longest chain that is accepted: leaf, issuer, root, and room for one more. */
const MAX_CHAIN = 4;

/**
 * @param controller HOST:PORT
 * @param pin SHA-256 over the root's SubjectPublicKeyInfo
 * @returns the root, PEM
 * @throws FleetblockError UNAVAILABLE (not reached), UNAUTHENTICATED (no certificate with this pin was shown)
 */
export async function fetchPinnedRoot(controller: string, pin: Uint8Array, timeoutMs: number): Promise<string> {
  const chain = await shownChain(controller, timeoutMs);
  const root = chain.find((certificate) => hasPin(certificate, pin));
  if (!root)
    throw new FleetblockError(
      'UNAUTHENTICATED',
      `the controller at ${controller} is not the one that made this token (its root certificate has another key): check the address, or have a new token made`,
    );
  return root.toString();
}

/** True for the self-signed certificate of the pinned key. */
function hasPin(certificate: X509Certificate, pin: Uint8Array): boolean {
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
  const digest = createHash('sha256').update(spki).digest();
  const matches = digest.length === pin.length && timingSafeEqual(digest, pin);
  // A root signs itself: no other certificate around the same key is let in with it.
  return matches && certificate.verify(certificate.publicKey);
}

async function shownChain(controller: string, timeoutMs: number): Promise<X509Certificate[]> {
  const { host, port } = parseEndpoint(controller);
  // Not verified here: there is nothing to verify with. The call that carries the secret verifies everything against the
  // root found here: chain, name and times.
  const socket = connect({ host, port, servername: ENROLLMENT_NAME, ALPNProtocols: ['h2'], rejectUnauthorized: false });
  try {
    await secured(socket, timeoutMs);
    return certificatesOf(socket.getPeerCertificate(true));
  } catch (error) {
    if (error instanceof FleetblockError) throw error;
    throw new FleetblockError('UNAVAILABLE', `cannot reach the controller at ${controller}: ${messageOf(error)}`, {
      cause: error,
    });
  } finally {
    socket.destroy();
  }
}

function secured(socket: TLSSocket, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
    socket.once('secureConnect', () => resolve());
    // Stays: a late error must not become an uncaught one.
    socket.on('error', reject);
    socket.once('close', () => {
      clearTimeout(timer);
      reject(new Error('the connection was closed: is it the port of a fleetblock-controller?'));
    });
  });
}

function certificatesOf(leaf: DetailedPeerCertificate): X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (let next: DetailedPeerCertificate | undefined = leaf; next?.raw && chain.length < MAX_CHAIN; ) {
    chain.push(new X509Certificate(next.raw));
    // A self-signed certificate is its own issuer there.
    next = next.issuerCertificate === next ? undefined : next.issuerCertificate;
  }
  return chain;
}
