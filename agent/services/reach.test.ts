import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { reach } from './reach.ts';

const never = new AbortController().signal;

it('says whether somebody listens', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await reach(`127.0.0.1:${port}`, never);
  await new Promise((resolve) => server.close(resolve));
  await expect(reach(`127.0.0.1:${port}`, never)).rejects.toThrow(/cannot reach the controller.*ECONNREFUSED/);
});

it('is over with the signal', async () => {
  await expect(reach('127.0.0.1:1', AbortSignal.abort())).rejects.toThrow(/cannot reach the controller/);
});
