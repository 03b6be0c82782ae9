// Renewal over the whole controller: a stream that outlives its first certificate, and a key that changes under it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Enrollment, loadEnrollment, storeEnrollment } from '../../../agent/identity/enrollment.ts';
import { certificateProblem, keepRenewed, renew, renewalDueMs } from '../../../agent/identity/renewal.ts';
import { createLogger } from '../../../common/logger.ts';
import { type ClientIdentity, CONTROLLER_NAME } from '../../../common/rpc/channel.ts';
import { protocol } from '../../../common/rpc/proto.ts';
import { parsePrefix } from '../../../common/text/prefix.ts';
import { channelOptions, clientCredentials } from '../../../lab/grpc-channel.ts';
import { RunningFleet } from '../running.ts';

const DAY_MS = 86_400_000;
let running: RunningFleet;
let scratch: string;
/** Hosts that were enrolled six days ago. */
const old: string[] = [];

beforeAll(async () => {
  running = await RunningFleet.start(6 * DAY_MS);
  for (let i = 0; i < 12; i++) old.push(await running.addHost());
  await running.serve();
  scratch = mkdtempSync(join(tmpdir(), 'fleetblock-renewal-'));
});
afterAll(async () => {
  await running.stop();
  rmSync(scratch, { recursive: true, force: true });
});

let made = 0;
async function enrolledHost(bornMs = Date.now()): Promise<{ stateDir: string; enrollment: Enrollment }> {
  const hostId = old.pop() ?? '';
  const identity = await running.fleet.agent(hostId, bornMs);
  const enrollment = { controller: running.address, hostId, hostName: 'x', fleet: 'lab', identity };
  const stateDir = mkdtempSync(join(scratch, `host${++made}-`));
  storeEnrollment(stateDir, enrollment);
  return { stateDir, enrollment: loadEnrollment(stateDir) };
}

function openSync(identity: ClientIdentity) {
  const client = new protocol.AgentService(
    running.address,
    clientCredentials(identity),
    channelOptions(CONTROLLER_NAME),
  );
  const stream = client.Sync();
  stream.on('error', () => undefined);
  const ended = new Promise<string>((resolve) =>
    stream.on('status', ({ code }) => {
      client.close();
      resolve(status[code]);
    }),
  );
  let changes = 0;
  const welcomed = new Promise<void>((resolve) => {
    stream.on('data', (message) => {
      if (message.delta || message.snapshotEnd) changes++;
      if (message.ping) stream.write({ pong: { nonce: message.ping.nonce } });
      resolve();
    });
  });
  stream.write({ hello: { protocol: 1 } });
  return { stream, ended, welcomed, changes: () => changes };
}

it('enrolling again ends what the old certificates may do: their streams, calls and renewals', async () => {
  const lost = await enrolledHost(Date.now() - DAY_MS);
  const { ended, welcomed } = openSync(lost.enrollment.identity);
  await welcomed;
  const host = await running.store.findHost(lost.enrollment.hostId);
  await running.enrollAgain(host?.name ?? '');
  expect(await ended).toBe('UNAUTHENTICATED');
  await expect(renew(lost.enrollment, lost.stateDir)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  const fresh = await running.fleet.agent(lost.enrollment.hostId, Date.now(), 1);
  const next = openSync(fresh);
  await next.welcomed;
  next.stream.cancel();
  await next.ended;
});

it('faults row 74: a host may renew a handful of times at once, and others are not delayed by it', async () => {
  const { stateDir, enrollment } = await enrolledHost();
  const other = await enrolledHost();
  const outcomes = await Promise.allSettled(Array.from({ length: 40 }, () => renew(enrollment, stateDir)));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(6);
  for (const outcome of outcomes)
    if (outcome.status === 'rejected')
      expect(outcome.reason).toMatchObject({
        code: 'RESOURCE_EXHAUSTED',
        message: expect.stringMatching(/too many (renewals|connections) of/),
      });
  expect((await renew(other.enrollment, other.stateDir)).hostId).toBe(other.enrollment.hostId);
});

describe('a renewal', () => {
  it('gives a new key and certificate for the same host, which work at once', async () => {
    const { stateDir, enrollment } = await enrolledHost();
    const renewed = await renew(enrollment, stateDir);
    expect(loadEnrollment(stateDir)).toEqual(renewed);
    expect(renewed.identity.privateKey).not.toBe(enrollment.identity.privateKey);
    const { stream, ended, welcomed } = openSync(renewed.identity);
    await welcomed;
    stream.cancel();
    expect(await ended).toBe('CANCELLED');
  });

  it('leaves no gap: the stream outlives the certificate it began with', async () => {
    const { stateDir, enrollment } = await enrolledHost(Date.now() - 4 * DAY_MS);
    const left = await enrolledHost(Date.now() - 4 * DAY_MS);
    const kept = openSync(enrollment.identity);
    const cut = openSync(left.enrollment.identity);
    await Promise.all([kept.welcomed, cut.welcomed]);
    await renew(enrollment, stateDir);
    running.fleet.clock.offsetMs = 4 * DAY_MS;
    expect(await cut.ended).toBe('UNAUTHENTICATED');
    // It is served what is decided after the end of the certificate that it began with.
    const before = kept.changes();
    await running.store.addClaims({
      prefixes: [parsePrefix('203.0.113.1')],
      action: 'block',
      origin: 'manual',
      selector: { kind: 'all' },
      reason: '',
      actor: 'test',
      expiresMs: 0,
      dryRun: false,
    });
    await expect.poll(kept.changes).toBeGreaterThan(before);
    running.fleet.clock.offsetMs = 0;
    kept.stream.cancel();
    await kept.ended;
  });

  it('is for the host of the certificate alone, and only while it stands', async () => {
    const { stateDir, enrollment } = await enrolledHost();
    const other = await enrolledHost();
    // Signed for another host's id than the certificate's.
    await expect(renew({ ...enrollment, hostId: other.enrollment.hostId }, stateDir)).rejects.toThrow(/not signed by/);
    const hosts = await running.store.hosts();
    const host = hosts.find(({ id }) => id === enrollment.hostId);
    await running.store.revokeHost(host?.name ?? '', { actor: 'test', reason: '' });
    await expect(renew(enrollment, stateDir)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(loadEnrollment(stateDir)).toEqual(enrollment);
  });

  it('comes by itself in the second half of the life', async () => {
    const { stateDir, enrollment } = await enrolledHost(Date.now() - 5 * DAY_MS);
    expect(renewalDueMs(enrollment, 0.5)).toBeLessThan(Date.now());
    const stop = new AbortController();
    const done = keepRenewed({ stateDir, log: createLogger('test', 'silent') }, stop.signal);
    await expect.poll(() => loadEnrollment(stateDir).identity.privateKey).not.toBe(enrollment.identity.privateKey);
    const first = loadEnrollment(stateDir).identity.privateKey;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(loadEnrollment(stateDir).identity.privateKey).toBe(first);
    expect(certificateProblem(loadEnrollment(stateDir), Date.now())).toBe('');
    stop.abort();
    await done;
  });

  it('that fails is said so, before it is too late and after', async () => {
    const { enrollment } = await enrolledHost();
    expect(certificateProblem(enrollment, Date.now() + 4 * DAY_MS)).toBe('');
    expect(certificateProblem(enrollment, Date.now() + 6 * DAY_MS)).toMatch(/ends in .* could not be renewed/);
    expect(certificateProblem(enrollment, Date.now() + 8 * DAY_MS)).toMatch(/has expired: it keeps dropping.*join/);
  });
});
