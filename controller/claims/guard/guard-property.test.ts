// faults row 20 as properties: whatever the machine's network is, every prefix that covers a protected address is refused, and no
// other is refused for that. The oracle counts in whole numbers, and knows nothing of the guard's way.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packEntries } from '../../../common/entries/packed.ts';
import { networkAddresses } from '../../../common/host/addresses.ts';
import { formatPrefix, maskAddress, type Prefix, parsePrefix } from '../../../common/text/prefix.ts';
import { protectedOf } from '../../fleet/reach/local-network.ts';
import { Guard } from './guard.ts';

/** RFC 5735, 4291 and friends, written down a second time. */
const SPECIAL = ['127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '0.0.0.0/8', '255.255.255.255/32'].concat([
  '::1/128',
  'fe80::/10',
  'ff00::/8',
  '::/128',
]);
const SHORTEST = { 4: 8, 6: 19 };

const v4 = fc.uint8Array({ minLength: 4, maxLength: 4 });
const v6 = fc.uint8Array({ minLength: 16, maxLength: 16 });
const text4 = (bytes: Uint8Array) => bytes.join('.');
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const text6 = (bytes: Uint8Array) => hex(bytes).match(/.{4}/g)?.join(':') ?? '';
const address = fc.oneof(v4.map(text4), v6.map(text6));

/** A machine: its addresses, routes and resolvers as the kernel and the files have them. */
const machine = fc.record({
  own: fc.array(address),
  gateways: fc.array(fc.oneof(v4, v6)),
  resolvers: fc.array(address),
});

type Machine = typeof machine extends fc.Arbitrary<infer T> ? T : never;

function networkOf({ own, gateways, resolvers }: Machine) {
  const routes = gateways
    .filter(({ length }) => length === 4)
    .map((bytes) => `eth0\t00000000\t${hex(bytes.toReversed()).toUpperCase()}\t0003\t0\t0\t0\t00000000`);
  const routes6 = gateways
    .filter(({ length }) => length === 16)
    .map((bytes) => `${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 ${hex(bytes)} 00000400`);
  const proc: Readonly<Record<string, string>> = {
    'net/route': ['Iface\tDestination\tGateway\tFlags', ...routes].join('\n'),
    'net/ipv6_route': routes6.join('\n'),
  };
  const resolvConf = ['# made by hand', ...resolvers.map((each) => `nameserver ${each}`), 'search example.org'];
  return protectedOf(
    networkAddresses({
      interfaces: () => own,
      proc: (path) => proc[path] ?? '',
      resolverFiles: () => [resolvConf.join('\n')],
    }),
  );
}

/** What must not be blocked, by the machine's own words. */
function protectedBy({ own, gateways, resolvers }: Machine): Prefix[] {
  const real = gateways.filter((bytes) => bytes.some((byte) => byte !== 0));
  const all = [...own, ...real.map((bytes) => (bytes.length === 4 ? text4(bytes) : text6(bytes))), ...resolvers];
  return [...all, ...SPECIAL].map((each) => parsePrefix(each));
}

const range = ({ address: bytes, length }: Prefix): [bigint, bigint] => {
  const first = BigInt(`0x${hex(bytes)}`);
  return [first, first + (1n << BigInt(bytes.length * 8 - length)) - 1n];
};
function overlap(a: Prefix, b: Prefix): boolean {
  const [[firstA, lastA], [firstB, lastB]] = [range(a), range(b)];
  return a.family === b.family && firstA <= lastB && firstB <= lastA;
}

/** As somebody may type it: IPv4 also mapped into IPv6. */
function typed(prefix: Prefix, mapped: boolean): string {
  if (!mapped || prefix.family === 6) return formatPrefix(prefix);
  return `::ffff:${text4(prefix.address)}/${prefix.length + 96}`;
}

function around(bytes: Uint8Array, length: number): Prefix {
  return { family: bytes.length === 4 ? 4 : 6, address: maskAddress(bytes, length), length };
}

const refusals = (guard: Guard, prefix: Prefix) => {
  const rows = packEntries([{ prefix, action: 'block', ttlMs: 0 }]);
  return [guard.look().refusal(prefix, 'block'), guard.look().refusals(rows, 'block')[0]?.refusal];
};

it('faults row 20: every prefix that covers a protected address is refused, typed in any form, alone and in a list', () => {
  const some = fc.tuple(machine, fc.nat(), fc.nat(), fc.boolean());
  fc.assert(
    fc.property(some, ([network, which, howWide, mapped]) => {
      const guard = new Guard({ addresses: () => networkOf(network) });
      const guarded = protectedBy(network);
      const { address: bytes, length, family } = guarded[which % guarded.length] ?? parsePrefix('::1');
      // Everything from all addresses to the protected one itself.
      const prefix = parsePrefix(typed(around(bytes, howWide % (length + 1)), mapped && howWide % (length + 1) > 0));
      expect(prefix.family).toBe(family);
      for (const refusal of refusals(guard, prefix))
        expect(refusal).toMatch(prefix.length < SHORTEST[family] ? /is wider than/ : / covers /);
    }),
    { numRuns: 5000 },
  );
});

it('faults row 20: a prefix is refused for what it covers exactly when it overlaps something protected', () => {
  const any = fc.oneof(fc.tuple(v4, fc.integer({ min: 8, max: 32 })), fc.tuple(v6, fc.integer({ min: 19, max: 128 })));
  fc.assert(
    fc.property(machine, any, (network, [bytes, length]) => {
      const prefix = around(bytes, length);
      const expected = protectedBy(network).some((each) => overlap(each, prefix));
      for (const refusal of refusals(new Guard({ addresses: () => networkOf(network) }), prefix))
        expect(refusal !== undefined).toBe(expected);
    }),
    { numRuns: 5000 },
  );
});
