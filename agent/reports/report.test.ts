// What programs on a host say to the agent, what of it waits for the controller, and in which order it goes there.

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../common/logger.ts';
import type { Reports } from '../../proto/gen/fleetblock/v1/Reports.ts';
import { report } from '../commands/report.ts';
import { Reporting } from '../session/reporting.ts';
import { quickSettings } from './quick.ts';
import { parseLine } from './report.ts';
import { ReportQueue } from './report-queue.ts';
import { ReportSocket } from './report-socket.ts';

const log = createLogger('test', 'silent');
const NOW = 1_700_000_000_000;

describe('a line', () => {
  it.each([
    ['ban 198.51.100.7 fail2ban:sshd', { unban: false, prefix: '198.51.100.7/32', untilMs: 0 }, false],
    ['ban 198.51.100.7 fail2ban:sshd 600', { prefix: '198.51.100.7/32', untilMs: NOW + 600_000 }, false],
    ['ban 2001:db8::/64 fail2ban:sshd 10m wait', { prefix: '2001:db8::/64', untilMs: NOW + 600_000 }, true],
    ['ban ::ffff:198.51.100.7 fail2ban:sshd -1', { prefix: '198.51.100.7/32', untilMs: 0 }, false],
    ['  unban\t198.51.100.7  fail2ban:sshd wait', { unban: true }, true],
  ])('%j is a report', (line, report, wait) => {
    expect(parseLine(line, NOW)).toMatchObject({ report, wait });
  });

  it.each([
    ['', /is no report: write: ban\|unban/],
    ['block 198.51.100.7 fail2ban:sshd', /is no report/],
    ['ban 198.51.100.7', /is no report/],
    ['ban 198.51.100.7 fail2ban:sshd 600 700', /is no report/],
    ['ban 198.51.100.7/24 fail2ban:sshd', /write 198\.51\.100\.0\/24/],
    ['ban 198.51.100.7 sshd', /KIND:NAME/],
    ['ban 198.51.100.7 fail2ban:sshd soon', /is not a duration/],
  ])('%j is refused', (line, reason) => {
    expect(() => parseLine(line, NOW)).toThrow(reason);
  });
});

describe('the quick start', () => {
  const read = (line: string, env = {}) => quickSettings(line.split(' '), env);
  it('reads what fail2ban types', () => {
    const settings = { verb: 'ban', address: '198.51.100.7', source: 'fail2ban:sshd', wait: false };
    const socket = '/run/fleetblock-agent/report.sock';
    expect(read('ban 198.51.100.7 --source fail2ban:sshd -d 600')).toEqual({ ...settings, time: '600', socket });
    expect(read('ban 198.51.100.7 --source fail2ban:sshd -d -1')).toEqual({ ...settings, time: undefined, socket });
    expect(read('ban 198.51.100.7 --source=fail2ban:sshd --wait', { FLEETBLOCK_REPORT_SOCKET: '/x' })).toEqual({
      ...{ ...settings, wait: true, time: undefined, socket: '/x' },
    });
  });

  it.each([
    '--help',
    'ban',
    'ban 198.51.100.7',
    'block 198.51.100.7 --source x:y',
    'ban a b --source x:y',
    'ban a --sauce x',
  ])('leaves %j to the full command line', (line) => {
    expect(read(line)).toBeUndefined();
  });

  it('leaves a file with settings to the full command line', () => {
    expect(read('ban 198.51.100.7 --source x:y', { FLEETBLOCK_AGENT_CONFIG: '/etc/x' })).toBeUndefined();
  });
});

const ban = (prefix: string, source = 'fail2ban:sshd') => ({ unban: false, prefix, source, untilMs: 0 });

describe('the queue', () => {
  it('keeps the last word about an address, and answers who waited for the one before', () => {
    const queue = new ReportQueue();
    const heard: string[] = [];
    queue.add(ban('192.0.2.1/32'), (refusal) => heard.push(`ban ${refusal}`));
    queue.add(ban('192.0.2.2/32'));
    queue.add({ ...ban('192.0.2.1/32'), unban: true }, (refusal) => heard.push(`unban ${refusal}`));
    expect(heard).toEqual(['ban a later report of the same address took its place']);
    expect(queue.take()).toMatchObject({ unban: false, rows: [{ report: { prefix: '192.0.2.2/32' } }] });
    expect(queue.take()).toMatchObject({ unban: true, rows: [{ report: { prefix: '192.0.2.1/32' } }] });
    expect(queue.take()).toBeUndefined();
  });

  it('sends 1,000 of one source at once, and refuses what is over its limit', () => {
    const queue = new ReportQueue(2900);
    for (let i = 0; i < 1500; i++)
      queue.add(ban(`10.0.${i >> 8}.${i & 255}/32`, i % 15 === 0 ? 'x:y' : 'fail2ban:sshd'));
    expect(() => queue.add(ban('192.0.2.1/32'))).toThrow(
      /1400 reports of fail2ban:sshd wait for the controller already, of 1500/,
    );
    expect(() => queue.add(ban('10.0.0.1/32'))).not.toThrow();
    expect([queue.take(), queue.take(), queue.take()].map((batch) => batch?.rows.length)).toEqual([100, 1000, 400]);
    expect(queue.counts).toMatchObject({ waiting: 1500, refused: 1 });
  });

  it('leaves room for other sources', () => {
    const queue = new ReportQueue(10);
    for (let i = 0; i < 5; i++) queue.add(ban(`10.0.0.${i}/32`));
    expect(() => queue.add(ban('10.0.0.9/32'))).toThrow(/5 reports of fail2ban:sshd wait/);
    queue.add(ban('10.0.0.9/32', 'x:y'));
    const batch = queue.take();
    if (batch) queue.putBack(batch);
    expect(queue.counts.waiting).toBe(6);
    expect([queue.take(), queue.take()].map((each) => each?.source)).toEqual(['x:y', 'fail2ban:sshd']);
  });

  it('sends again what was not answered, but for what was said since', () => {
    const queue = new ReportQueue();
    for (const last of [1, 2, 3]) queue.add(ban(`192.0.2.${last}/32`));
    const batch = queue.take();
    queue.add({ ...ban('192.0.2.2/32'), unban: true });
    if (batch) queue.putBack(batch);
    expect(queue.counts.waiting).toBe(3);
    const said = [queue.take(), queue.take()].map((each) => each?.rows.map(({ report }) => report.prefix));
    expect(said).toEqual([['192.0.2.1/32', '192.0.2.3/32'], ['192.0.2.2/32']]);
    expect(queue.take()).toBeUndefined();
  });
});

describe('a session', () => {
  it('sends the next when the last is answered, gathers meanwhile, and waits as long as it is told', async () => {
    const queue = new ReportQueue();
    const sent: Reports[] = [];
    const deps = { queue, log, wallMs: () => NOW, send: async (reports: Reports) => void sent.push(reports) };
    const session = new Reporting(deps);
    queue.add(ban('192.0.2.1/32'));
    expect(sent).toEqual([]);
    session.start();
    queue.add(ban('192.0.2.2/32'));
    queue.add(ban('192.0.2.3/32'));
    expect(sent.map(({ rows }) => rows?.length)).toEqual([1]);
    session.answered({ refused: [], retryMs: 1, problem: 'later', judged: 0 });
    await expect.poll(() => sent.map(({ rows }) => rows?.length)).toEqual([1, 3]);
    session.answered({ refused: [{ row: 1, reason: 'no' }], retryMs: 0, problem: '', judged: 0 });
    expect(queue.counts).toEqual({ waiting: 0, taken: 2, refused: 1, lastRefusal: 'no', lastDelay: 'later' });
    queue.add(ban('192.0.2.4/32'));
    session.stop();
    queue.add(ban('192.0.2.5/32'));
    expect(sent).toHaveLength(3);
    new Reporting(deps).start();
    expect(sent.at(-1)?.rows?.map(({ prefix }) => prefix)).toEqual(['192.0.2.4/32', '192.0.2.5/32']);
  });
});

it('a source that must wait holds up no other', async () => {
  const queue = new ReportQueue();
  const sent: (string | undefined)[] = [];
  const session = new Reporting({
    ...{ queue, log, wallMs: () => NOW },
    send: async ({ source }: Reports) => void sent.push(source),
  });
  const answer = (retryMs: number) => session.answered({ refused: [], retryMs, problem: 'later', judged: 0 });
  session.start();
  queue.add(ban('192.0.2.1/32', 'noisy:x'));
  queue.add(ban('192.0.2.1/32', 'a:x'));
  queue.add(ban('192.0.2.1/32', 'b:x'));
  for (const retryMs of [3_600_000, 0, 0]) answer(retryMs);
  queue.add(ban('192.0.2.2/32', 'noisy:x'));
  queue.add(ban('192.0.2.2/32', 'a:x'));
  answer(0);
  expect(sent).toEqual(['noisy:x', 'a:x', 'b:x', 'a:x']);
  expect(queue.counts).toMatchObject({ waiting: 2, taken: 3 });
  session.stop();
});

it('sends again what was not judged, and answers who waited for the rest', async () => {
  const queue = new ReportQueue();
  const heard: string[] = [];
  const sent: (string | undefined)[][] = [];
  for (const last of [1, 2, 3]) queue.add(ban(`192.0.2.${last}/32`), (refusal) => heard.push(`${last} ${refusal}`));
  const session = new Reporting({
    ...{ queue, log, wallMs: () => NOW },
    send: async ({ rows = [] }: Reports) => void sent.push(rows.map(({ prefix }) => prefix)),
  });
  session.start();
  session.answered({ refused: [{ row: 0, reason: 'no' }], retryMs: 1, problem: 'more than 2 a minute', judged: 2 });
  expect(heard).toEqual(['1 no', '2 ']);
  expect(queue.counts).toMatchObject({ waiting: 1, taken: 1, refused: 1, lastDelay: 'more than 2 a minute' });
  await expect.poll(() => sent.at(-1)).toEqual(['192.0.2.3/32']);
  session.stop();
});

it('a refusal without a reason has that of the row before', () => {
  const queue = new ReportQueue();
  const heard: string[] = [];
  for (const last of [1, 2, 3]) queue.add(ban(`192.0.2.${last}/32`), (refusal) => heard.push(refusal));
  const session = new Reporting({ queue, log, wallMs: () => NOW, send: async () => {} });
  session.start();
  const refused = [
    { row: 0, reason: 'no policy' },
    { row: 2, reason: '' },
  ];
  session.answered({ refused, retryMs: 0, problem: '', judged: 0 });
  expect(heard).toEqual(['no policy', '', 'no policy']);
});

describe('report --wait', () => {
  const kept = process.exitCode;
  afterEach(() => {
    process.exitCode = kept;
  });

  it('has an exit code of its own while the agent keeps the report without an answer', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'fleetblock-report-'));
    const path = join(directory, 'report.sock');
    const socket = new ReportSocket({ path, queue: new ReportQueue(), wallMs: () => NOW, log });
    await socket.serve();
    const settings = { verb: 'ban', address: '192.0.2.1', source: 'x:y', time: undefined, socket: path, wait: true };
    await report(settings, 50);
    expect(process.exitCode).toBe(3);
    socket.close();
    await expect(report(settings, 50)).rejects.toThrow(/no agent takes reports/);
    rmSync(directory, { recursive: true, force: true });
  });
});

describe('the socket', () => {
  let directory = '';
  let socket: ReportSocket | undefined;
  afterEach(() => {
    socket?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('lets those go that have closed their side while there is no answer, and keeps the others', async () => {
    directory = mkdtempSync(join(tmpdir(), 'fleetblock-report-'));
    const path = join(directory, 'report.sock');
    const queue = new ReportQueue();
    socket = new ReportSocket({ path, queue, wallMs: () => NOW, log, idleMs: 50 });
    await socket.serve();
    const waiting = connect(path);
    waiting.write('ban 192.0.2.1 x:y wait\n');
    const answer = text(waiting);
    await expect.poll(() => queue.counts.waiting).toBe(1);
    for (const last of ['\n', '']) {
      const gone = connect({ path, allowHalfOpen: true });
      gone.end(`ban 192.0.2.2 x:y wait${last}`);
      await expect(text(gone)).resolves.toBe('');
    }
    const batch = queue.take();
    if (batch) queue.answered(batch, new Map());
    await expect.poll(() => waiting.bytesRead).toBeGreaterThan(0);
    waiting.end();
    await expect(answer).resolves.toBe('taken\n');
  });

  it('answers each line, in their order, and is its group’s too', async () => {
    directory = mkdtempSync(join(tmpdir(), 'fleetblock-report-'));
    const path = join(directory, 'report.sock');
    const queue = new ReportQueue();
    socket = new ReportSocket({ path, queue, wallMs: () => NOW, log });
    await socket.serve();
    expect(statSync(path).mode & 0o777).toBe(0o660);
    const answer = (refused: ReadonlyMap<number, string>) => {
      const batch = queue.take();
      if (batch) queue.answered(batch, refused);
    };
    queue.onAdded(() => setImmediate(() => answer(new Map([[0, 'not that one']]))));
    const client = connect({ path, allowHalfOpen: true });
    client.end('ban 192.0.2.1 x:y wait\nban 192.0.2.2\nban 192.0.2.3 x:y\nunban 192.0.2.4 x:y');
    expect((await text(client)).split('\n')).toEqual([
      'refused not that one',
      expect.stringMatching(/^refused "ban 192\.0\.2\.2" is no report/),
      'queued',
      'queued',
      '',
    ]);
    const long = connect(path);
    long.write('x'.repeat(10_000));
    await expect(text(long)).resolves.toBe('');
  });
});
