import { describe, expect, it } from 'vitest';
import { KernelError } from '../kernel-map.ts';
import { check, errnoName, failure } from './errno.ts';

describe('errno', () => {
  it.each([
    [7, 'E2BIG'],
    [-28, 'ENOSPC'],
    [11, 'EAGAIN'],
    [95, 'EOPNOTSUPP'],
    [67, 'ENOLINK'],
    [524, 'ENOTSUPP'],
    [4000, 'errno 4000'],
  ])('%i is %s', (number, name) => {
    expect(errnoName(number)).toBe(name);
  });

  it('is only in negative results: others may be descriptors', () => {
    expect(failure(17)).toBeUndefined();
    expect(failure(-17)).toBe('EEXIST');
    expect(check(17, 'opening')).toBe(17);
    expect(() => check(-17, 'opening')).toThrow(new KernelError('EEXIST', 'opening: EEXIST'));
  });
});
