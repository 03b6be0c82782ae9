import { expect, it } from 'vitest';
import { DESCRIPTOR } from '../../proto/gen/descriptor.ts';
import * as fields from './fields.ts';

/** By message: the numbers of its fields by their names, as protobufjs's JSON has them. */
const messages: Record<string, { fields?: Record<string, { id: number }> }> =
  JSON.parse(DESCRIPTOR).nested.fleetblock.nested.v1.nested;

function numbersOf(message: string): Record<string, number> {
  return Object.fromEntries(Object.entries(messages[message]?.fields ?? {}).map(([name, { id }]) => [name, id]));
}

it.each([
  ['ControllerMessage', fields.CONTROLLER_MESSAGE],
  ['Ack', fields.ACK],
  ['Welcome', fields.WELCOME],
  ['Delta', fields.DELTA],
  ['SnapshotBegin', fields.SNAPSHOT_BEGIN],
  ['SnapshotChunk', fields.SNAPSHOT_CHUNK],
  ['SnapshotEnd', fields.SNAPSHOT_END],
  ['Ping', fields.PING],
  ['Lookup', fields.LOOKUP],
  ['DropWatch', fields.DROP_WATCH],
  ['PackedPrefixes', Object.fromEntries(fields.PACKED_PREFIXES.map((name, i) => [name, i + 1]))],
])('%s has these fields, and no other that a codec would miss', (message, numbers) => {
  expect(numbers).toEqual(numbersOf(message));
});

it('an ack is the field of AgentMessage that it is taken for', () => {
  expect(numbersOf('AgentMessage')).toMatchObject(fields.AGENT_MESSAGE);
});
