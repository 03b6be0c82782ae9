// The law of reports over a store in memory: what one host says never takes away or outlives what others say.
import { beforeEach, describe, expect, it } from 'vitest';
import { formatPrefix, parsePrefix } from '../../common/text/prefix.ts';
import { formatSelector, parseSelector } from '../../common/text/selector.ts';
import { seeded } from '../../test/sync/seeded.ts';
import { MemoryChange } from '../store/memory/change.ts';
import { MemoryClaims } from '../store/memory/claims.ts';
import { addClaims } from './block.ts';
import type { Claim } from './claim.ts';
import { endClaims } from './end.ts';
import { type ApplyReports, applyReports } from './report.ts';
import { atOnce } from './steps.ts';

const START = 1_700_000_000_000;
const ALL = parseSelector('all');
const X = '198.51.100.7/32';

let state: MemoryClaims;
let now: number;
let head: bigint;
beforeEach(() => {
  state = new MemoryClaims();
  now = START;
  head = 0n;
});

function run<T>(rule: (tx: ReturnType<MemoryClaims['tx']>) => Generator<Promise<void> | undefined, T>): T {
  const change = new MemoryChange(now, head);
  const next = new MemoryClaims(state);
  const result = atOnce(rule(next.tx(change)));
  state = next;
  head = change.head();
  return result;
}

interface Said {
  readonly on?: readonly string[];
  /** Seconds from the start; undefined: it is over. */
  readonly until?: number | undefined;
  readonly quorum?: number;
  readonly most?: number;
}

function report(
  host: string,
  { on = [X], until, quorum = 1, most = 100 }: Said = {},
  more: Partial<ApplyReports> = {},
) {
  const rows = on.map((text) => ({
    prefix: parsePrefix(text),
    untilMs: until === undefined ? undefined : START + until * 1000,
  }));
  return run((tx) =>
    applyReports(tx, {
      ...{ actor: `agent/${host}`, reason: `reported by ${host}`, origin: 'fail2ban:sshd', rows },
      own: { kind: 'hosts', names: [host] },
      beyond: { selector: ALL, quorum, counts: (name) => name !== 'revoked' },
      share: { origins: 'fail2ban:', most },
      ...more,
    }),
  );
}

const text = ({ prefix, origin, selector, expiresMs }: Claim) =>
  `${formatPrefix(prefix)} ${origin} ${formatSelector(selector)} ${(expiresMs - START) / 1000}`;
const claims = () => [...state.claims.values()].map(text).sort();

describe('reports of hosts', () => {
  it('hold on all hosts until the last that is needed takes them back', () => {
    report('a', { until: 600 });
    report('b', { until: 60 });
    expect(claims()).toEqual([
      `${X} fail2ban:sshd all 600`,
      `${X} fail2ban:sshd host:a 600`,
      `${X} fail2ban:sshd host:b 60`,
    ]);
    expect(report('a').outcomes).toEqual(['REMOVED']);
    expect(claims()).toEqual([`${X} fail2ban:sshd all 60`, `${X} fail2ban:sshd host:b 60`]);
    expect(report('a').outcomes).toEqual(['NOT_FOUND']);
    report('b');
    expect(claims()).toEqual([]);
  });

  it('stay on the reporting hosts until enough of them agree, and only as long as they do', () => {
    report('a', { until: 600, quorum: 2 });
    report('revoked', { until: 600, quorum: 2 });
    expect(claims().filter((each) => each.includes(' all '))).toEqual([]);
    report('b', { until: 60, quorum: 2 });
    expect(claims()).toContain(`${X} fail2ban:sshd all 60`);
    report('c', { until: 300, quorum: 2 });
    expect(claims()).toContain(`${X} fail2ban:sshd all 300`);
    report('c', { quorum: 2 });
    expect(claims()).toContain(`${X} fail2ban:sshd all 60`);
    report('b', { quorum: 2 });
    expect(claims()).toEqual([`${X} fail2ban:sshd host:a 600`, `${X} fail2ban:sshd host:revoked 600`]);
  });

  it('never take away what people or other detectors say', () => {
    const by = { actor: 'admin/alice', reason: '', action: 'block', expiresMs: 0, dryRun: false } as const;
    run((tx) => addClaims(tx, { ...by, prefixes: [parsePrefix(X)], origin: 'manual', selector: ALL }));
    report('a', { until: 60 }, { origin: 'fail2ban:web' });
    const before = claims();
    report('a', { until: 60 });
    report('a');
    expect(claims()).toEqual(before);
  });

  it('take away, shorten and take over nothing that a person says under their origin', () => {
    const by = { actor: 'operator/carl', reason: 'by hand', action: 'block', dryRun: false } as const;
    const say = (on: string, seconds: number) =>
      run((tx) =>
        addClaims(tx, {
          ...{ ...by, prefixes: [parsePrefix(X)], origin: 'fail2ban:sshd', selector: parseSelector(on) },
          expiresMs: seconds === 0 ? 0 : START + seconds * 1000,
        }),
      );
    say('all', 0);
    say('host:a', 600);
    const before = claims();
    expect(report('a').outcomes).toEqual(['OTHERS']);
    expect(report('b').outcomes).toEqual(['NOT_FOUND']);
    for (const host of ['a', 'b']) report(host, { until: 60 });
    expect(claims()).toEqual([...before, `${X} fail2ban:sshd host:b 60`]);
    report('a', { until: 700 });
    report('a');
    report('b');
    expect(claims()).toEqual([`${X} fail2ban:sshd all ${-START / 1000}`, `${X} fail2ban:sshd host:a 700`]);
    expect([...state.claims.values()].map(({ actor, reason }) => `${actor} ${reason}`)).toEqual([
      'operator/carl by hand',
      'operator/carl by hand',
    ]);
  });

  it('stay when the quorum is raised and a stranger says that they are over', () => {
    report('a', { until: 600 });
    const before = claims();
    expect(report('b', { quorum: 2 }).outcomes).toEqual(['NOT_FOUND']);
    expect(claims()).toEqual(before);
  });

  it('are named on all hosts by one that still stands', () => {
    const wide = () => [...state.claims.values()].find(({ selector }) => selector.kind === 'all');
    report('a', { until: 600 });
    report('b', { until: 600 });
    report('c', { until: 60 });
    report('a', {}, { reason: 'no longer reported by a' });
    expect(wide()).toMatchObject({ actor: 'agent/b', reason: 'reported by b', createdMs: START });
    report('b', {}, { reason: 'no longer reported by b' });
    expect(wide()).toMatchObject({ actor: 'agent/c', reason: 'reported by c' });
  });

  it('said again after a moment are no change', () => {
    report('a', { until: 600 });
    const at = head;
    expect(report('a', { until: 601.9 }).outcomes).toEqual(['UNCHANGED']);
    expect(head).toBe(at);
    expect(report('a', { until: 602 }).outcomes).toEqual(['UPDATED']);
  });

  it('repeated change nothing, make no revision, and extend an end but never shorten it', () => {
    report('a', { until: 600 });
    const at = head;
    expect(report('a', { until: 600 }).outcomes).toEqual(['UNCHANGED']);
    expect(report('a', { until: 60 }).outcomes).toEqual(['UNCHANGED']);
    expect(head).toBe(at);
    expect(report('a', { until: 700 }).outcomes).toEqual(['UPDATED']);
    expect(claims()[0]).toBe(`${X} fail2ban:sshd all 700`);
  });

  it('end by themselves on all hosts when too few are left', () => {
    report('a', { until: 60, quorum: 2 });
    report('b', { until: 600, quorum: 2 });
    now = START + 60_000;
    run((tx) => endClaims(tx, now));
    expect(claims()).toEqual([`${X} fail2ban:sshd host:b 600`]);
  });

  it('are as many as are still free, so that one host alone gets half, whatever its sources are called', () => {
    const on = Array.from({ length: 30 }, (_, i) => `198.51.100.${i}/32`);
    const full = (outcomes: readonly string[]) => outcomes.filter((each) => each === 'FULL').length;
    expect(full(report('a', { on, until: 60, most: 20 }).outcomes)).toBe(20);
    expect(full(report('a', { on, until: 60, most: 20 }, { origin: 'fail2ban:web' }).outcomes)).toBe(30);
    expect(full(report('b', { on, until: 60, most: 20 }).outcomes)).toBe(25);
    expect(full(report('c', { on, until: 60, most: 20 }).outcomes)).toBe(27);
    expect(report('a', { on: on.slice(0, 10), until: 90, most: 20 }).outcomes).not.toContain('FULL');
    state = new MemoryClaims();
    expect(full(report('a', { on, until: 60, most: 20 }, { beyond: undefined }).outcomes)).toBe(20);
  });

  it('in any order amount to what a plain model says', () => {
    const random = seeded(12);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] ?? (from[0] as T);
    for (let life = 0; life < 40; life++) {
      state = new MemoryClaims();
      const quorum = pick([1, 2, 3]);
      const model = new Map<string, number>();
      for (let step = 0; step < 40; step++) {
        const host = pick(['a', 'b', 'c', 'd']);
        const on = `198.51.100.${pick([1, 2, 3])}/32`;
        const until = pick([undefined, 60, 120, 600]);
        report(host, { on: [on], until, quorum });
        const key = `${on} ${host}`;
        if (until === undefined) model.delete(key);
        else model.set(key, Math.max(until, model.get(key) ?? 0));
      }
      const expected = [...model].map(([key, end]) => `${key.replace(' ', ' fail2ban:sshd host:')} ${end}`);
      for (const on of ['198.51.100.1/32', '198.51.100.2/32', '198.51.100.3/32']) {
        const ends = [...model].flatMap(([key, end]) => (key.startsWith(`${on} `) ? [end] : [])).sort((a, b) => b - a);
        if (ends.length >= quorum) expected.push(`${on} fail2ban:sshd all ${ends[quorum - 1]}`);
      }
      expect(claims()).toEqual(expected.sort());
    }
  });
});
