import { describe, expect, it } from 'vitest';
import { checkCapabilities, kernelAtLeast, kernelVersion } from './platform.ts';

describe('the kernel', () => {
  it('is read from releases of every form', () => {
    expect(kernelVersion('6.18.44-fc-v445')).toEqual([6, 18]);
    expect(kernelVersion('5.15')).toEqual([5, 15]);
    expect(kernelVersion('odd')).toEqual([0, 0]);
  });

  it.each([
    ['5.14.21', false],
    ['5.15.0-generic', true],
    ['6.1.0', true],
    ['4.19.0', false],
  ])('%s at least 5.15: %s', (release, enough) => {
    expect(kernelAtLeast(release, 5, 15)).toBe(enough);
  });
});

describe('the capabilities', () => {
  it('that are missing are named, with the fix', () => {
    expect(() => checkCapabilities([])).toThrow(/CAP_BPF and CAP_NET_ADMIN: run as root/);
    expect(() => checkCapabilities(['BPF'])).toThrow(/needs CAP_NET_ADMIN:/);
  });

  it('may be the old CAP_SYS_ADMIN instead of CAP_BPF', () => {
    expect(() => checkCapabilities(['SYS_ADMIN', 'NET_ADMIN'])).not.toThrow();
    expect(() => checkCapabilities(['BPF', 'NET_ADMIN'])).not.toThrow();
  });
});
