// The CLI's codec against proto-loader's, which the controller uses: every method, whatever the messages hold.
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { DESCRIPTOR } from '../../../proto/gen/descriptor.ts';
import { protocol } from '../proto.ts';
import { method } from './method.ts';

const root = protobuf.Root.fromJSON(JSON.parse(DESCRIPTOR)).resolveAll();

/** Any message of the type, in the form that the generated types give it. */
function message(type: protobuf.Type, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const fields = type.fieldsArray.map((field) => {
    const one = value(field, depth);
    const many =
      field instanceof protobuf.MapField
        ? fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.string())
        : fc.array(one, { maxLength: 3 });
    return [field.name, field.repeated || field instanceof protobuf.MapField ? many : one] as const;
  });
  const oneofs = type.oneofsArray.map((oneof) => oneof.fieldsArray.map((field) => field.name));
  return fc.tuple(fc.record(Object.fromEntries(fields), { requiredKeys: [] }), fc.nat()).map(([all, choice]) => {
    const drop = oneofs.flatMap((names) => names.filter((_, i) => i !== choice % names.length));
    return Object.fromEntries(Object.entries(all).filter(([name]) => !drop.includes(name)));
  });
}

function value(field: protobuf.Field, depth: number): fc.Arbitrary<unknown> {
  const { resolvedType } = field.resolve();
  if (resolvedType instanceof protobuf.Type) return depth > 3 ? fc.constant({}) : message(resolvedType, depth + 1);
  if (resolvedType instanceof protobuf.Enum) return fc.constantFrom(...Object.keys(resolvedType.values));
  switch (field.type) {
    case 'string':
      return fc.string({ unit: 'grapheme' });
    case 'bytes':
      return fc.uint8Array().map((bytes) => Buffer.from(bytes));
    case 'bool':
      return fc.boolean();
    case 'uint32':
      return fc.nat(0xffffffff);
    case 'uint64':
      return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
    case 'double':
      return fc.double({ noNaN: true });
    default:
      throw new Error(`${field.fullName} is ${field.type}: add it here`);
  }
}

const OPERATOR = [
  'Block',
  'Unblock',
  'ListEntryChunks',
  'ListHostChunks',
  'CreateToken',
  'ImportList',
  'RemoveList',
  'ListListChunks',
  'Export',
  'CheckPrefix',
  'LabelHost',
  'ResyncHosts',
  'WatchEvents',
  'WatchDrops',
  'ListAudit',
] as const;

describe.each(OPERATOR)('%s', (name) => {
  const ours = method('OperatorService', name);
  const theirs = protocol.OperatorService.service[name];
  const { requestType, responseType } = root.lookupService('fleetblock.v1.OperatorService').methods[name] ?? {};

  it('goes to the same place', () => {
    expect(ours.path).toBe(theirs.path);
  });

  it('requests are read as they were meant', () => {
    const type = root.lookupType(`fleetblock.v1.${requestType}`);
    fc.assert(
      fc.property(message(type, 0), (request) => {
        const bytes = Reflect.apply(ours.serialize, ours, [request]);
        const expected = Reflect.apply(theirs.requestSerialize, theirs, [request]);
        expect(Buffer.compare(bytes, expected)).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  it('replies are read as proto-loader reads them', () => {
    const type = root.lookupType(`fleetblock.v1.${responseType}`);
    fc.assert(
      fc.property(message(type, 0), (reply) => {
        const bytes = Reflect.apply(theirs.responseSerialize, theirs, [reply]);
        expect(ours.deserialize(bytes)).toEqual(theirs.responseDeserialize(bytes));
      }),
      { numRuns: 100 },
    );
  });
});
