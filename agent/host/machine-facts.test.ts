// What an agent says of the machine that it runs on.
import { readFileSync, statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { expect, it } from 'vitest';
import { machineFacts } from './machine-facts.ts';

const hexes = (hostId: string, interfaces: readonly string[] = []) =>
  machineFacts(hostId, interfaces).facts.map((fact) => Buffer.from(fact).toString('hex'));
const withMac = Object.entries(networkInterfaces())
  .filter(([, addresses]) => !/^[0:]*$/.test(addresses?.[0]?.mac ?? ''))
  .map(([name]) => name)
  .slice(0, 3);

it('faults row 33: the same machine says the same each time, and names its network namespace', () => {
  expect(hexes('h0', withMac)).toEqual(hexes('h0', withMac));
  expect(machineFacts('h0', []).networkNamespace).toBe(statSync('/proc/self/ns/net', { bigint: true }).ino);
});

it('faults row 33: what it says for one host tells nothing about another', () => {
  const mine = hexes('h0', withMac);
  for (const fact of hexes('h1', withMac)) expect(mine).not.toContain(fact);
});

it('faults row 33: each interface with a hardware address is a fact; loopback and one that is not there are none', () => {
  const alone = hexes('h0');
  expect(hexes('h0', ['lo', 'no-such-if0'])).toEqual(alone);
  expect(hexes('h0', withMac)).toHaveLength(alone.length + withMac.length);
});

it('faults row 33: neither the id of the machine nor a hardware address is readable in it', () => {
  const said = hexes('h0', withMac).join(' ');
  const macs = withMac.map((name) => (networkInterfaces()[name]?.[0]?.mac ?? '').replaceAll(':', ''));
  const ids = [...macs, machineId()].filter((id) => id !== '');
  for (const id of ids) expect(said).not.toContain(id);
});

function machineId(): string {
  try {
    return readFileSync('/etc/machine-id', 'utf8').trim();
  } catch {
    return '';
  }
}
