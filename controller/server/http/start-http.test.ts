// Files of a certificate that may not be served from.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createLogger } from '../../../common/logger.ts';
import { startHttp } from './start-http.ts';

it('refuses a private key that other users may read', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'fleetblock-http-'));
  try {
    const files = { certificate: join(directory, 'chain.pem'), key: join(directory, 'key.pem') };
    writeFileSync(files.certificate, '');
    writeFileSync(files.key, '', { mode: 0o644 });
    const authorizer = { authorize: () => expect.fail('nobody calls'), watch: () => () => {} };
    const starting = startHttp({
      settings: { listen: { host: '127.0.0.1', port: 0 }, files, plain: false },
      identity: { privateKey: '', chain: '', root: '' },
      services: [],
      authorizer,
      log: createLogger('test', 'silent'),
    });
    await expect(starting).rejects.toThrow(
      `the private key of --http-key ${files.key} is open to other users: run chmod 600 `,
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
});
