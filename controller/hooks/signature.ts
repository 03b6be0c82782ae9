// How the sender of a webhook shows that it has the secret. An admin says which way: a sender cannot choose a weaker one.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What is proven about a request. */
export interface Signed {
  /** Says the same request again; undefined: the form has nothing to tell that by. */
  readonly once?: { readonly id: string; readonly signedMs: number };
}

/** Header by header, and the body as it came. Undefined: not signed by this secret. */
type Verify = (headers: IncomingHttpHeaders, body: Uint8Array, secret: string) => Signed | undefined;

/** In one header; senders have one for each key that they are changing. What a stranger writes after them costs nothing. */
const MOST_SIGNATURES = 8;

const SCHEMES = {
  /** standardwebhooks.com: over `ID.TIMESTAMP.BODY`, several signatures in one header. */
  standard: (headers, body, secret) => {
    const [id, time, signatures] = [
      text(headers, 'webhook-id'),
      text(headers, 'webhook-timestamp'),
      text(headers, 'webhook-signature'),
    ];
    const right = `v1,${hmac(standardKey(secret), `${id}.${time}.`, body).toString('base64')}`;
    const good = signatures.split(' ', MOST_SIGNATURES).some((each) => equal(each, right));
    return good && id !== '' ? timed(id, time) : undefined;
  },
  /** Grafana, with its timestamp: over `TIMESTAMP:BODY`. */
  grafana: (headers, body, secret) => {
    const [time, signature] = [
      text(headers, 'x-grafana-alerting-timestamp'),
      text(headers, 'x-grafana-alerting-signature'),
    ];
    const right = hmac(secret, `${time}:`, body).toString('hex');
    return equal(signature, right) ? timed(right, time) : undefined;
  },
  /** GitHub, and what imitates it: over the body alone, which has no time. */
  github: (headers, body, secret) =>
    equal(text(headers, 'x-hub-signature-256'), `sha256=${hmac(secret, '', body).toString('hex')}`) ? {} : undefined,
  /** The secret itself, for senders that sign nothing (Alertmanager). */
  bearer: (headers, _body, secret) => (equal(text(headers, 'authorization'), `Bearer ${secret}`) ? {} : undefined),
} as const satisfies Readonly<Record<string, Verify>>;

export type Scheme = keyof typeof SCHEMES;

export function isScheme(text: string): text is Scheme {
  return Object.hasOwn(SCHEMES, text);
}

/** By any of the secrets; undefined: by none. Takes as long whichever it is. */
export function verified(
  scheme: Scheme,
  headers: IncomingHttpHeaders,
  body: Uint8Array,
  secrets: readonly string[],
): Signed | undefined {
  const found = secrets.map((secret) => SCHEMES[scheme](headers, body, secret));
  return found.find((each) => each !== undefined);
}

/** Undefined: the time is no number of Unix seconds. */
function timed(id: string, time: string): Signed | undefined {
  return /^[0-9]{1,12}$/.test(time) ? { once: { id, signedMs: Number(time) * 1000 } } : undefined;
}

/** Standard Webhooks writes keys in base64, after `whsec_`. */
function standardKey(secret: string): string | Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : secret;
}

function hmac(key: string | Buffer, before: string, body: Uint8Array): Buffer {
  return createHmac('sha256', key).update(before).update(body).digest();
}

/** In constant time, whatever their lengths. */
function equal(said: string, right: string): boolean {
  const digest = (each: string) => createHash('sha256').update(each).digest();
  return timingSafeEqual(digest(said), digest(right));
}

/** Empty: there is none. Node joins those that come twice, which no signature matches. */
function text(headers: IncomingHttpHeaders, name: string): string {
  return headers[name]?.toString() ?? '';
}
