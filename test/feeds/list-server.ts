// A web server as a program of its own, for feeds of a controller in a namespace: node list-server.ts ADDRESS:PORT DIRECTORY. It serves
// the files of the directory with an ETag, and /to/URL redirects there.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { parseEndpoint } from '../../common/text/endpoint.ts';

const [, , endpoint = '', directory = ''] = process.argv;
const { host, port } = parseEndpoint(endpoint);
createServer((request, response) => {
  const { url = '' } = request;
  if (url.startsWith('/to/')) return response.writeHead(302, { location: url.slice(4) }).end();
  const body = readFileSync(join(directory, url));
  const etag = `"${createHash('sha256').update(body).digest('hex')}"`;
  const known = request.headers['if-none-match'] === etag;
  process.stdout.write(`${known ? 304 : 200} ${url}\n`);
  return known ? response.writeHead(304).end() : response.writeHead(200, { etag }).end(body);
}).listen(port, host, () => process.stdout.write('listening\n'));
