// What every store does with reports of detectors: how many there are of one kind and of one host is exact, whatever happened before.
import { expect, it } from 'vitest';
import { parsePrefix } from '../../../common/text/prefix.ts';
import { parseSelector } from '../../../common/text/selector.ts';
import type { ApplyReports } from '../../claims/report.ts';
import { ALL, BY, type Harness } from './harness.ts';

/** The share of each reporter. */
export function reportsContract(h: Harness): void {
  const END = 1_800_000_000_000;
  const address = (i: number) => `198.51.100.${i}`;
  const apply = async (
    own: string,
    numbers: readonly number[],
    more: Partial<ApplyReports> & { over?: boolean } = {},
  ) =>
    (
      await h.store.applyReports({
        ...{ ...BY, actor: `agent/${own}`, origin: 'fail2ban:sshd', own: parseSelector(own) },
        rows: numbers.map((i) => ({ prefix: parsePrefix(address(i)), untilMs: more.over ? undefined : END })),
        share: { origins: 'fail2ban:', most: 10 },
        ...more,
      })
    ).outcomes;
  /** How many of ten more this host may report now: half of what is free, as each that it has counts twice. */
  const room = async (own: string, more: Partial<ApplyReports> = {}) => {
    const numbers = Array.from({ length: 10 }, (_, i) => 100 + i);
    const outcomes = await apply(own, numbers, more);
    const added = numbers.filter((_, i) => outcomes[i] === 'ADDED');
    await apply(own, added, { ...more, over: true });
    return added.length;
  };

  it('counts those that are there, of all hosts and of one, again after it was opened again', async () => {
    expect(await room('host:a')).toBe(5);
    await apply('host:a', [1, 2]);
    await apply('host:b', [1, 3, 4], { origin: 'fail2ban:web' });
    // The same reports again add nothing.
    await apply('host:a', [1, 2]);
    for (const _ of ['open', 'opened again']) {
      expect(await room('host:a')).toBe(2);
      expect(await room('host:b', { origin: 'fail2ban:web' })).toBe(1);
      expect(await room('host:c')).toBe(3);
      expect(await room('host:c', { share: { origins: 'fail2ban:sshd', most: 10 } })).toBe(4);
      await h.reopen();
    }
    await apply('host:b', [1, 3, 4], { origin: 'fail2ban:web', over: true });
    expect(await room('host:a')).toBe(3);
  });

  it('counts neither what is for more hosts, nor other origins, nor what was rolled back', async () => {
    const said = { origin: 'fail2ban:sshd', selector: parseSelector('host:a') };
    await h.add([address(1)], { ...said, dryRun: true });
    await h.add([address(1)], { ...said, selector: parseSelector('host:a,b') });
    await h.add([address(1)], { ...said, selector: ALL });
    await h.add([address(1)], { ...said, action: 'allow' });
    await h.add([address(1)], { ...said, origin: 'fail2ban' });
    await h.add([address(1)], { ...said, origin: 'fail2banx:sshd' });
    expect(await room('host:a')).toBe(5);
    await h.add([address(1), address(2)], said);
    expect(await room('host:b')).toBe(4);
    await h.remove([address(1), address(2)], { ...said, dryRun: true });
    expect(await room('host:b')).toBe(4);
    await h.remove([address(1), address(2)], said);
    expect(await room('host:b')).toBe(5);
  });

  it('counts what a door without a host says beside what hosts say', async () => {
    const share = { origins: 'hook:x', most: 10 };
    const door = { origin: 'hook:x', share };
    await apply('all', [1, 2, 3], door);
    await apply('host:a', [1, 4], door);
    expect(await room('all', door)).toBe(5);
    expect(await room('host:b', door)).toBe(4);
    await apply('all', [1], { ...door, over: true });
    expect(await room('all', door)).toBe(6);
  });
}
