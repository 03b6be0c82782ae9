import { expect, it } from 'vitest';
import { HostReports } from './host-reports.ts';

it('takes the next reports once the stream has taken the answer to the last ones', async () => {
  const writes: (() => void)[] = [];
  const answer = { refused: [], judged: 0, retryMs: 0, problem: '' };
  const reports = new HostReports(
    () => Promise.resolve(answer),
    (_message, written) => writes.push(written),
  );
  const said = { source: 'fail2ban:sshd', unban: false, rows: [] };
  reports.on(said);
  await expect.poll(() => writes.length).toBe(1);
  expect(() => reports.on(said)).toThrow(/wait for the answer/);
  writes[0]?.();
  expect(() => reports.on(said)).not.toThrow();
});
