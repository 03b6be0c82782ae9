// One GET: where it may go, how long it may take, what it says to whom.
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, describe, expect, it, test } from 'vitest';
import { TestAuthority } from '../../../test/cli/support/certificates.ts';
import { isInside } from './addresses.ts';
import { type Asked, get, LIMITS, LookRefused } from './get.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(answer: RequestListener, server: Server = createServer()): Promise<string> {
  servers.push(server.on('request', answer));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return `127.0.0.1:${address && typeof address === 'object' ? address.port : 0}`;
}

const ask = (url: string, more: Partial<Asked> = {}) =>
  get({
    url: new URL(url),
    secret: {},
    etag: '',
    lastModified: '',
    allowPrivate: true,
    signal: new AbortController().signal,
    ...more,
  });

test.each([
  ...['127.0.0.1', '127.9.9.9', '0.0.0.0', '10.1.2.3', '100.64.0.1', '169.254.169.254', '172.31.0.1', '192.168.1.1'],
  ...['198.18.0.1', '224.0.0.1', '255.255.255.255', '::1', '::', 'fe80::1', 'fec0::1', 'fd00::1', 'ff02::1'],
  ...[
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    '168.63.129.16',
    '::7f00:1',
    '::ffff:0:7f00:1',
    '2002:7f00:1::1',
    '2001:0:1::1',
  ],
])('%s is inside', (address) => expect(isInside(address)).toBe(true));

test.each(['1.1.1.1', '9.9.9.9', '172.32.0.1', '203.0.113.9', '2606:4700::1', '2001:db8::1', '::ffff:9.9.9.9'])(
  '%s is outside',
  (address) => expect(isInside(address)).toBe(false),
);

describe('without leave, nothing is asked of this machine', () => {
  it.each(['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '0'])(
    '%s',
    async (host) => {
      let asked = 0;
      const port = (await serve((_, response) => response.end(`${++asked}`))).split(':')[1];
      await expect(ask(`http://${host}:${port}/`, { allowPrivate: false })).rejects.toThrow(
        /no address of the Internet/,
      );
      expect(asked).toBe(0);
    },
  );
});

describe('redirects', () => {
  it('are followed, and the key stays with the server that it is for', async () => {
    const seen: unknown[] = [];
    const last = await serve((request, response) => {
      seen.push([request.url, request.headers['x-key'], request.headers['if-none-match']]);
      response.end('192.0.2.1\n');
    });
    const first = await serve((request, response) => {
      seen.push([request.url, request.headers['x-key'], request.headers['if-none-match']]);
      response.writeHead(302, { location: request.url === '/a' ? '/b' : `http://${last}/c` }).end();
    });
    const { body } = await ask(`http://${first}/a`, { secret: { 'X-Key': 'secret' }, etag: '"1"' });
    expect(String(body)).toBe('192.0.2.1\n');
    expect(seen).toEqual([
      ['/a', 'secret', '"1"'],
      ['/b', 'secret', '"1"'],
      ['/c', undefined, '"1"'],
    ]);
  });
});

describe('limits', () => {
  it('a server that never ends is cut off at its size', async () => {
    const host = await serve((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, 10)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    const limits = { ...LIMITS, bytes: 4 * 1024 * 1024 };
    await expect(ask(`http://${host}/`, { limits })).rejects.toThrow(/sends more than 4 MiB/);
  });

  it('one that says nothing is left, before its answer and within', async () => {
    const silent = await serve(() => {});
    const stuck = await serve((_, response) => response.write('192.0.2.1\n'));
    const limits = { ...LIMITS, idleMs: 200 };
    await expect(ask(`http://${silent}/`, { limits })).rejects.toThrow(/sent nothing for 200ms/);
    await expect(ask(`http://${stuck}/`, { limits })).rejects.toThrow(/sent nothing for 200ms/);
  });

  it('one that drips is left after the whole time', async () => {
    const host = await serve((_, response) => {
      const dripping = setInterval(() => response.write('\n'), 20);
      response.once('close', () => clearInterval(dripping));
    });
    const limits = { ...LIMITS, totalMs: 500 };
    await expect(ask(`http://${host}/`, { limits })).rejects.toThrow(/did not send all of it in 500ms/);
  });

  it('a feed that is removed breaks its look off', async () => {
    const stop = new AbortController();
    const host = await serve(() => stop.abort());
    await expect(ask(`http://${host}/`, { signal: stop.signal })).rejects.toThrow(/broken off/);
  });
});

describe('Retry-After', () => {
  const retryMs = async (headers: Readonly<Record<string, string>>) => {
    const host = await serve((_, response) => response.writeHead(429, headers).end());
    const error: unknown = await ask(`http://${host}/`).catch((thrown: unknown) => thrown);
    return error instanceof LookRefused ? error.retryMs : undefined;
  };

  it('is in seconds, or a date by the clock of the server itself, and a day at most', async () => {
    expect(await retryMs({ 'retry-after': '120' })).toBe(120_000);
    const dates = { date: 'Fri, 01 Jan 2100 00:00:00 GMT', 'retry-after': 'Fri, 01 Jan 2100 00:10:00 GMT' };
    expect(await retryMs(dates)).toBe(600_000);
    expect(await retryMs({ 'retry-after': '999999999' })).toBe(86_400_000);
    expect(await retryMs({ 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' })).toBeUndefined();
    expect(await retryMs({ 'retry-after': 'soon' })).toBeUndefined();
  });
});

describe('TLS', () => {
  const secure = async (name: string, answer: RequestListener, authority: TestAuthority) => {
    const { certificate, key } = await authority.server(name);
    const host = await serve(answer, createSecureServer({ cert: certificate, key }));
    return host.replace('127.0.0.1', 'localhost');
  };

  it('a certificate that nobody vouches for, or for another name, is refused', async () => {
    const [strange, trusted] = [await TestAuthority.create(), await TestAuthority.create()];
    setDefaultCACertificates([...getCACertificates('default'), trusted.root]);
    const list: RequestListener = (_, response) => response.end('192.0.2.1\n');
    const good = await secure('localhost', list, trusted);
    expect(String((await ask(`https://${good}/`)).body)).toBe('192.0.2.1\n');
    const bad = await secure('localhost', list, strange);
    await expect(ask(`https://${bad}/`)).rejects.toThrow(/self-signed certificate|unable to verify|signature failure/);
    const other = await secure('other.example', list, trusted);
    await expect(ask(`https://${other}/`)).rejects.toThrow(/does not match certificate/);
  });

  it('no redirect leads out of it', async () => {
    const authority = await TestAuthority.create();
    setDefaultCACertificates([authority.root]);
    const redirect: RequestListener = (_, response) => response.writeHead(301, { location: 'http://localhost/' }).end();
    const host = await secure('localhost', redirect, authority);
    await expect(ask(`https://${host}/`)).rejects.toThrow(/from https to http/);
  });
});
