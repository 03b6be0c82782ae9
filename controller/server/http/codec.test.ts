// What a handler gets over HTTP is what it gets over gRPC, for any request; and replies lose nothing on their way.
import { fromBinary, toJson } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { protocol } from '../../../common/rpc/proto.ts';
import { codecOf } from './codec.ts';
import { serviceNamed } from './schema.ts';

const { service } = protocol.OperatorService;

function methodNamed(name: string) {
  const found = serviceNamed('OperatorService').methods.find((method) => method.name === name);
  if (!found) throw new TypeError(`no method ${name}`);
  return found;
}

const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
// Lone surrogates are no UTF-8, and names of prototypes are names.
const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('__proto__', 'constructor', '"', '\\u0000'));
const target = fc.oneof(
  fc.record({ allHosts: fc.constant(true) }),
  fc.record({ labels: text }),
  fc.record({ hosts: fc.record({ names: fc.array(text, { maxLength: 3 }) }) }),
);

const requests = {
  Block: fc.record(
    {
      prefixes: fc.array(text, { maxLength: 3 }),
      target,
      action: fc.constantFrom('ACTION_BLOCK', 'ACTION_ALLOW', 'ACTION_UNSPECIFIED'),
      ...{ origin: text, reason: text, ttlMs: uint64, confirmMs: uint64 },
      ...{ monitor: fc.boolean(), dryRun: fc.boolean(), force: fc.boolean() },
      wait: fc.record({ timeoutMs: uint32, all: fc.boolean() }, { requiredKeys: [] }),
    },
    { requiredKeys: [] },
  ),
  LabelHost: fc.record({ name: text, set: fc.dictionary(text, text), remove: fc.array(text) }, { requiredKeys: [] }),
  ImportList: fc.record({
    rows: fc.record({ v4Addresses: fc.uint8Array(), v6Ttls: fc.uint8Array() }, { requiredKeys: [] }),
  }),
};

it.each(['Block', 'LabelHost', 'ImportList'] as const)('%s', (name) => {
  const described = methodNamed(name);
  const definition = service[name];
  const codec = codecOf(described, definition);
  fc.assert(
    fc.property<[object]>(requests[name], (request) => {
      const bytes = definition.requestSerialize(request);
      const json = JSON.stringify(toJson(described.input, fromBinary(described.input, bytes)));
      expect(codec.decode(Buffer.from(json))).toEqual(definition.requestDeserialize(Buffer.from(bytes)));
    }),
  );
});

it('a reply has all of its fields, 64-bit numbers as texts, bytes as base64', () => {
  const codec = codecOf(methodNamed('WatchDrops'), service.WatchDrops);
  const drop = { source: Buffer.from([203, 0, 113, 7]), packets: '18446744073709551615' };
  expect(JSON.parse(codec.encode({ drops: [drop] }))).toEqual({
    host: '',
    drops: [
      { atMs: '0', source: 'ywBxBw==', interface: '', packets: '18446744073709551615', bytes: '0', monitored: false },
    ],
    unreportedPackets: '0',
    lostReports: '0',
  });
});
