// Refusals in the audit: each of them, until a caller makes too many.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FleetblockError } from '../../../common/errors.ts';
import { createLogger } from '../../../common/logger.ts';
import { RefusalRecorder } from './refusals.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('faults row 65: refusals of one caller are limited, and one record says how many are left out', () => {
  const records: string[] = [];
  const store = {
    recordAudit: async ({ actor, reason }: { actor: string; reason: string }) => {
      records.push(`${actor} ${reason}`);
    },
  };
  const clock = { wallMs: () => Date.now(), monotonicMs: () => Date.now() };
  const recorder = new RefusalRecorder(store, clock, createLogger('test', 'silent'));
  const error = new FleetblockError('FAILED_PRECONDITION', 'the guard');
  const refuse = (actor: string) => recorder.recordRefused({ actor, from: '192.0.2.1:5', path: '/a/Block', error });
  for (let i = 0; i < 1000; i++) refuse('operator/carl');
  refuse('operator/dora');
  expect(records.filter((record) => record.startsWith('operator/carl'))).toHaveLength(30);
  expect(records.at(-1)).toContain('operator/dora');
  vi.advanceTimersByTime(60_000);
  expect(records.at(-1)).toBe('operator/carl 970 more refusals within a minute are in no record of their own');
});
