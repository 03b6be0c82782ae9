// Webhooks as their senders post them.
import { createHmac, randomUUID } from 'node:crypto';
import { type Reply, send } from '../http/client.ts';
import type { RunningFleet } from '../identity/running.ts';

export const SECRET = 'a secret that is long enough'.replaceAll(' ', '-');

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text);

/** Headers of each scheme for a body; `at`: Unix seconds. */
export const SIGNED = {
  standard: (body: string, { id = randomUUID(), at = now(), key = SECRET } = {}) => ({
    'webhook-id': id,
    'webhook-timestamp': `${at}`,
    'webhook-signature': `v1,${hmac(keyOf(key), `${id}.${at}.${body}`).digest('base64')}`,
  }),
  grafana: (body: string, { at = now(), key = SECRET } = {}) => ({
    'x-grafana-alerting-timestamp': `${at}`,
    'x-grafana-alerting-signature': hmac(key, `${at}:${body}`).digest('hex'),
  }),
  github: (body: string, { key = SECRET } = {}) => ({
    'x-hub-signature-256': `sha256=${hmac(key, body).digest('hex')}`,
  }),
  bearer: (_body: string, { key = SECRET } = {}) => ({ authorization: `Bearer ${key}` }),
} as const;

export function now(): number {
  return Math.floor(Date.now() / 1000);
}

function keyOf(key: string): string | Buffer {
  return key.startsWith('whsec_') ? Buffer.from(key.slice(6), 'base64') : key;
}

/** `headers` default: signed the standard way. */
export function post(
  running: RunningFleet,
  name: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = SIGNED.standard(textOf(body)),
): Promise<Reply> {
  return send(running, `/hooks/${name}`, textOf(body), { headers });
}

/** As it is signed and sent. */
export function textOf(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}
