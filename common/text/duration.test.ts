import { expect, it } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';

it.each([
  ['90s', 90_000],
  ['4h', 14_400_000],
  ['1d12h', 129_600_000],
  ['500ms', 500],
  ['1.5h', 5_400_000],
])('%s is %i ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

it.each(['', '4', 'h', '4h ', '-4h', '4 h', '0s', '4y', '1e3s', '9999999w'])(
  '%j is refused, naming the form',
  (text) => {
    expect(() => parseDuration(text)).toThrow(/not a duration: write one like/);
  },
);

it('formats the two largest units', () => {
  expect(formatDuration(129_600_000)).toBe('1d12h');
  expect(formatDuration(14_399_000)).toBe('3h59m');
  expect(formatDuration(10_000)).toBe('10s');
  expect(formatDuration(3_600_000)).toBe('1h');
  expect(formatDuration(12)).toBe('12ms');
});
