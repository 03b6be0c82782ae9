import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interfaceIndex, interfaceName, isInterfaceName, pinName } from './interface-names.ts';

describe('interface names', () => {
  it.each([
    ['eth0', true],
    ['enp1s0f0np0.100', true],
    ['sixteen-bytes-xx', false],
    ['', false],
    ['.', false],
    ['..', false],
    ['a/b', false],
    ['a b', false],
    ['eth0:1', false],
  ])('%j can be one: %s', (name, can) => {
    expect(isInterfaceName(name)).toBe(can);
  });

  it('become pin names without dots, each its own', () => {
    expect(pinName('eth0.100')).toBe('eth0%2E100');
    const names = fc.string({ unit: fc.constantFrom('a', '.', '%', '2', 'E', '5'), minLength: 1, maxLength: 15 });
    fc.assert(
      fc.property(names, names, (a, b) => {
        expect(pinName(a)).not.toContain('.');
        expect(pinName(a) === pinName(b)).toBe(a === b);
      }),
    );
  });

  it('are looked up in this network namespace', () => {
    expect(interfaceName(interfaceIndex('lo'))).toBe('lo');
    expect(interfaceIndex('none0')).toBe(0);
    expect(interfaceName(0)).toBeUndefined();
  });
});
