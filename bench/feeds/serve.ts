// The web server of bench/feeds.ts: lists with an ETag. A message says how many rows per thousand are others from now on.
import { createServer } from 'node:http';

const rows = Number(process.argv[2]);
let version = 0;
let perThousand = 0;

const server = createServer((request, response) => {
  const etag = `"${version}"`;
  if (request.headers['if-none-match'] === etag) return response.writeHead(304).end();
  const feed = Number(request.url?.slice(1));
  return response.writeHead(200, { etag }).end(listOf(feed));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(address && typeof address === 'object' ? address.port : 0);
});
process.on('message', (message) => {
  perThousand = Number(message);
  version++;
  process.send?.(version);
});

/** Every feed has addresses of its own: 20.0.0.0 and on; those that changed lie further up. */
function listOf(feed: number): string {
  const lines: string[] = [];
  for (let row = 0; row < rows; row++) {
    const isChanged = row % 1000 < perThousand;
    const address = 0x14000000 + feed * 0x20000 + row + (isChanged ? version * 0x1000000 : 0);
    lines.push(`${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}\n`);
  }
  return lines.join('');
}
