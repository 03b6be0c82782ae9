// One document over HTTP, or nothing: bounded in size, time and redirects, from the Internet alone unless asked, whole or an error.
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { isIP } from 'node:net';
import { FleetblockError, messageOf, systemCode } from '../../../common/errors.ts';
import { formatDuration } from '../../../common/text/duration.ts';
import { VERSION } from '../../../common/version.ts';
import { assertOutside, lookupOutside } from './addresses.ts';

/** Bytes as they come, milliseconds without any, milliseconds in all. */
export interface Limits {
  readonly bytes: number;
  readonly idleMs: number;
  readonly totalMs: number;
}

export const LIMITS: Limits = { bytes: 64 * 1024 * 1024, idleMs: 30_000, totalMs: 300_000 };
const MAX_REDIRECTS = 5;
/** A Retry-After further away is a mistake, milliseconds. */
const LONGEST_RETRY_MS = 86_400_000;
/** A longer mark of a version is not worth keeping. */
const LONGEST_MARK = 512;

/** What is asked for. */
export interface Asked {
  readonly url: URL;
  /** Sent to the first server alone, never where a redirect leads. */
  readonly secret: Readonly<Record<string, string>>;
  readonly etag: string;
  readonly lastModified: string;
  /** Loopback and private addresses, too. */
  readonly allowPrivate: boolean;
  readonly signal: AbortSignal;
  readonly limits?: Limits;
}

/** An answer. `body` is as it came: packed, if the server packed it. */
export interface Answer {
  /** The version that was asked about is still the present one. */
  readonly unchanged: boolean;
  readonly body: Buffer;
  readonly packed: boolean;
  readonly etag: string;
  readonly lastModified: string;
  /** It said how long it is, or where it ends; otherwise a broken connection looks like its end. */
  readonly saysItsEnd: boolean;
}

/** The server does not want to be asked again before some time. */
export class LookRefused extends FleetblockError {
  readonly retryMs: number;

  /** `retryMs`: from now. */
  constructor(message: string, retryMs: number) {
    super('UNAVAILABLE', message);
    this.retryMs = retryMs;
  }
}

/** @throws FleetblockError UNAVAILABLE, PERMISSION_DENIED, RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED; LookRefused */
export async function get(asked: Asked): Promise<Answer> {
  const { totalMs } = asked.limits ?? LIMITS;
  const late = AbortSignal.timeout(totalMs);
  const signal = AbortSignal.any([asked.signal, late]);
  let url = asked.url;
  try {
    for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
      const response = await answerOf({ ...asked, signal }, url);
      const next = redirectOf(response, url);
      if (!next) return await read(response, asked, url);
      response.destroy();
      url = next;
    }
  } catch (error) {
    if (asked.signal.aborted) throw new FleetblockError('ABORTED', 'the look was broken off');
    if (late.aborted)
      throw new FleetblockError(
        'DEADLINE_EXCEEDED',
        `${url.host} did not send all of it in ${formatDuration(totalMs)}`,
      );
    if (error instanceof FleetblockError) throw error;
    throw new FleetblockError('UNAVAILABLE', `${url.host}: ${messageOf(error)}`, { cause: error });
  }
  throw new FleetblockError('UNAVAILABLE', `${asked.url.host} redirects more than ${MAX_REDIRECTS} times`);
}

function answerOf(asked: Asked, url: URL): Promise<IncomingMessage> {
  const { allowPrivate, signal, secret, etag, lastModified } = asked;
  const { idleMs } = asked.limits ?? LIMITS;
  const name = url.hostname.replace(/^\[|\]$/g, '');
  // An address is not looked up.
  if (!allowPrivate && isIP(name) > 0) assertOutside(name, name);
  const request = (url.protocol === 'https:' ? requestSecure : requestPlain)(url, {
    agent: false,
    signal,
    ...(!allowPrivate && { lookup: lookupOutside }),
    headers: {
      'user-agent': `fleetblock/${VERSION}`,
      accept: '*/*',
      'accept-encoding': 'gzip',
      ...(etag && { 'if-none-match': etag }),
      ...(lastModified && { 'if-modified-since': lastModified }),
      ...(url.origin === asked.url.origin && secret),
    },
  });
  return new Promise((resolve, reject) => {
    let incoming: IncomingMessage | undefined;
    request.setTimeout(idleMs, () => {
      const text = `${url.host} sent nothing for ${formatDuration(idleMs)}`;
      (incoming ?? request).destroy(new FleetblockError('DEADLINE_EXCEEDED', text));
    });
    request.on('error', reject);
    request.on('response', (response) => {
      incoming = response;
      // Until it is read, what breaks it is of no interest.
      response.on('error', () => {});
      resolve(response);
    });
    request.end();
  });
}

/** @throws FleetblockError UNAVAILABLE: to where a feed is not fetched from */
function redirectOf({ statusCode = 0, headers }: IncomingMessage, from: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode)) return undefined;
  const { location = '' } = headers;
  const to = location !== '' && URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (!to || !['http:', 'https:'].includes(to.protocol))
    throw new FleetblockError('UNAVAILABLE', `${from.host} redirects to nowhere (${statusCode})`);
  if (from.protocol === 'https:' && to.protocol === 'http:')
    throw new FleetblockError('UNAVAILABLE', `${from.host} redirects from https to http, which anyone can forge`);
  return to;
}

async function read(response: IncomingMessage, asked: Asked, { host }: URL): Promise<Answer> {
  const { statusCode = 0, headers } = response;
  const wasAsked = asked.etag !== '' || asked.lastModified !== '';
  const encoding = headers['content-encoding'] ?? 'identity';
  if (statusCode !== 200) response.destroy();
  if (statusCode === 304 && wasAsked) return answer(response, true, Buffer.alloc(0));
  if (statusCode !== 200) throw refusal(response, host);
  if (!['identity', 'gzip', 'x-gzip'].includes(encoding)) {
    response.destroy();
    throw new FleetblockError(
      'UNAVAILABLE',
      `${host} sent it packed by ${encoding.slice(0, 40)}, which was not asked for`,
    );
  }
  return answer(response, false, await bodyOf(response, asked.limits ?? LIMITS, host));
}

async function bodyOf(response: IncomingMessage, limits: Limits, host: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response) {
      bytes += chunk.length;
      if (bytes > limits.bytes)
        throw new FleetblockError('RESOURCE_EXHAUSTED', `${host} sends more than ${limits.bytes >> 20} MiB`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (systemCode(error) !== 'ECONNRESET') throw error;
    throw new FleetblockError('UNAVAILABLE', `${host} cut it off after ${bytes} bytes`, { cause: error });
  } finally {
    response.destroy();
  }
  return Buffer.concat(chunks);
}

function answer({ headers }: IncomingMessage, unchanged: boolean, body: Buffer): Answer {
  const kept = (text = '') => (text.length <= LONGEST_MARK ? text : '');
  return {
    unchanged,
    body,
    packed: headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity',
    etag: kept(headers.etag),
    lastModified: kept(headers['last-modified']),
    saysItsEnd: headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined,
  };
}

function refusal({ statusCode, statusMessage = '', headers }: IncomingMessage, host: string): FleetblockError {
  const text = `${host} answered ${statusCode} ${statusMessage.slice(0, 40)}`.trim();
  const retryMs = retryAfter(headers['retry-after'], headers.date);
  return retryMs > 0 ? new LookRefused(text, retryMs) : new FleetblockError('UNAVAILABLE', text);
}

/** Milliseconds; 0: not said. A date is compared with the server's own: its clock may be wrong, or ours. */
function retryAfter(text = '', date = ''): number {
  const seconds = /^[0-9]{1,9}$/.test(text)
    ? Number(text)
    : (Date.parse(text) - (Date.parse(date) || Date.now())) / 1000;
  return Number.isNaN(seconds) ? 0 : Math.min(Math.max(0, seconds * 1000), LONGEST_RETRY_MS);
}
