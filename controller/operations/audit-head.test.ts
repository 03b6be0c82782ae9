import pino from 'pino';
import { expect, it } from 'vitest';
import { logAuditHead } from './audit-head.ts';

it('logs the head at once and again, and continues when it cannot be read', async () => {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  let asked = 0;
  const stop = logAuditHead(
    {
      auditHead: async () => {
        if (++asked === 2) throw new Error('disk on fire');
        return { sequence: asked, hash: Buffer.alloc(32, 0xab) };
      },
    },
    log,
    5,
  );
  await expect.poll(() => lines.length, { timeout: 30_000 }).toBeGreaterThan(2);
  stop();
  expect(lines[0]).toMatchObject({ records: 1, head: 'ab'.repeat(32), msg: 'audit' });
  expect(lines[1]).toMatchObject({ err: 'disk on fire' });
  expect(lines[2]).toMatchObject({ records: 3 });
});
