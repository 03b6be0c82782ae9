import { expect, it } from 'vitest';
import { goDurationMs } from './go-duration.ts';

it.each([
  ['3h59m57.5s', 14_397_500],
  ['+4h', 14_400_000],
  ['1s500ms1500us', 1501.5],
  ['-10s', -10_000],
  ['-0s', -0],
])('reads %s', (text, ms) => {
  expect(goDurationMs(text)).toBe(ms);
});

it.each(['', '-', '4', 'h', '4h ', '4h-3m', '4d', `${'9'.repeat(400)}h`])('reads nothing from %j', (text) => {
  expect(goDurationMs(text)).toBeUndefined();
});
