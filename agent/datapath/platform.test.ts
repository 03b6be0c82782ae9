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
    expect(() => checkCapabilities([])).toThrow(/needs CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON: run as root/);
    expect(() => checkCapabilities(['BPF', 'NET_ADMIN'])).toThrow(/needs CAP_PERFMON:/);
  });

  it('may be the old CAP_SYS_ADMIN instead of CAP_BPF and CAP_PERFMON', () => {
    expect(() => checkCapabilities(['SYS_ADMIN', 'NET_ADMIN'])).not.toThrow();
    expect(() => checkCapabilities(['SYS_ADMIN'])).toThrow(/needs CAP_NET_ADMIN:/);
    expect(() => checkCapabilities(['BPF', 'NET_ADMIN', 'PERFMON'])).not.toThrow();
  });
});
