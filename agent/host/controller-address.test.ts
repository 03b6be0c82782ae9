import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ADDRESSES_FILE, ControllerAddress } from './controller-address.ts';

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'fleetblock-address-'));
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

const known = (addresses: readonly string[]) => () => Promise.resolve(addresses);
const noServer = () => Promise.reject(new Error('EAI_AGAIN'));
const open = (resolve: (name: string) => Promise<readonly string[]>, controller = 'controller.example:7443') =>
  new ControllerAddress({ controller, stateDir, resolve });

describe('address of the controller', () => {
  it('dials the name while it resolves', async () => {
    const address = open(known(['192.0.2.10']));
    await address.look();
    expect(address.addresses).toEqual(['192.0.2.10']);
    expect([address.target(), address.target()]).toEqual(['controller.example:7443', 'controller.example:7443']);
  });

  it('a boot without a name server finds it where it was last', async () => {
    await open(known(['2001:db8::10', '192.0.2.10'])).look();
    const address = open(noServer);
    // Known before the first look, for the protected addresses.
    expect(address.addresses).toEqual(['192.0.2.10', '2001:db8::10']);
    await address.look();
    expect([1, 2, 3, 4].map(() => address.target())).toEqual([
      '192.0.2.10:7443',
      '[2001:db8::10]:7443',
      'controller.example:7443',
      '192.0.2.10:7443',
    ]);
  });

  it('does not wait for a name server that is silent, and takes its answer when it comes', async () => {
    await open(known(['192.0.2.10'])).look();
    let answer = (_: readonly string[]) => {};
    const address = open(() => new Promise((resolve) => (answer = resolve)));
    // It has not answered yet: a caller that waited for it would hang here.
    await address.look();
    expect(address.target()).toBe('192.0.2.10:7443');
    answer(['192.0.2.11']);
    await address.look();
    expect(address.addresses).toEqual(['192.0.2.11']);
    expect(open(noServer).addresses).toEqual(['192.0.2.11']);
  });

  it('takes nothing from a record of another name, or of nonsense', async () => {
    await open(known(['192.0.2.10'])).look();
    expect(open(noServer, 'other.example:7443').addresses).toEqual([]);
    for (const text of ['{', '[]', '{"host":"controller.example","addresses":["x", 5]}']) {
      writeFileSync(join(stateDir, ADDRESSES_FILE), text);
      const address = open(noServer);
      expect(address.addresses).toEqual([]);
      expect(address.target()).toBe('controller.example:7443');
    }
  });

  it('an address needs no look and no record', async () => {
    const address = open(noServer, '[2001:db8::1]:7443');
    await address.look();
    expect(address.addresses).toEqual(['2001:db8::1']);
    expect(address.target()).toBe('[2001:db8::1]:7443');
    expect(existsSync(join(stateDir, ADDRESSES_FILE))).toBe(false);
  });
});
