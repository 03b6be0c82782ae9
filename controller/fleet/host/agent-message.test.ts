// What agents say, over the wire's own codec: too much is refused, texts are cut, and whatever is taken is small.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AGENT_LIMITS } from '../../../common/agent-limits.ts';
import { protocol } from '../../../common/rpc/proto.ts';
import type { AgentMessage } from '../../../proto/gen/fleetblock/v1/AgentMessage.ts';
import type { DropEvent } from '../../../proto/gen/fleetblock/v1/DropEvent.ts';
import { checkedMessage } from './agent-message.ts';

const { requestSerialize, requestDeserialize } = protocol.AgentService.service.Sync;
const checked = (message: AgentMessage) => checkedMessage(requestDeserialize(requestSerialize(message)));
const many = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i));

const address = (i: number) => ({ prefix: `10.0.${i >> 8}.${i & 255}/32`, why: 'own address' });
const row = (): DropEvent => ({ source: Uint8Array.of(192, 0, 2, 1), interface: 'eth0', packets: 1 });
const tooMany: [string, AgentMessage][] = [
  ['problems', { status: { problems: many(17, String) } }],
  ['interfaces of a status', { status: { interfaces: many(129, () => ({})) } }],
  ['interfaces of a hello', { hello: { interfaces: many(129, () => ({})) } }],
  ['top sources', { status: { topSources: many(21, () => ({})) } }],
  ['protected addresses', { hello: { protectedAddresses: many(257, address) } }],
  ['the same protected address', { status: { protectedAddresses: many(257, () => address(1)) } }],
  ['ended prefixes', { hello: { endedAlone: { prefixes: many(21, () => '192.0.2.1/32') } } }],
  ['lapses', { status: { lapses: many(17, () => ({})) } }],
  ['detached interfaces', { hello: { detached: { interfaces: many(129, String) } } }],
  ['rows of drops', { dropEvents: { rows: many(1001, row) } }],
  ['characters of an epoch', { hello: { storeEpoch: 'e'.repeat(65) } }],
];
it.each(tooMany)('faults row 59: too many %s are refused', (_what, message) => {
  expect(() => checked(message)).toThrow(/INVALID_ARGUMENT|at most/);
});

it.each([
  { prefix: '10.0.0.0/8', why: 'own address' },
  { prefix: '2001:db8::/32', why: 'gateway' },
  { prefix: 'nonsense', why: 'setting' },
])('faults row 59: $prefix is no $why of a host', (each) => {
  expect(() => checked({ status: { protectedAddresses: [each] } })).toThrow(/is no/);
});

it('takes what a host protects by its settings, once', () => {
  const setting = { prefix: '10.0.0.0/8', why: 'setting' };
  expect(checked({ hello: { protectedAddresses: [setting, setting] } }).hello?.protectedAddresses).toEqual([setting]);
});

it('faults row 59: texts are cut and printable, verdicts are known ones, times are times', () => {
  const { status } = checked({ status: { problems: [`\u001b]0;PWNED\u0007${'x'.repeat(500)}\u202e`] } });
  expect(status?.problems[0]).toMatch(/^ \]0;PWNED x{287}\.\.\.$/);
  expect(checked({ nack: { code: 4711 as 1, text: 'y'.repeat(900) } }).nack).toMatchObject({
    code: 'CODE_UNSPECIFIED',
    text: expect.stringMatching(/^y{297}\.\.\.$/),
  });
  expect(() => checked({ lookupReply: { verdict: '\u001b[2J' } })).toThrow(/pass, drop, monitor, allow/);
  const { lookupReply } = checked({ lookupReply: { verdict: 'drop', entry: 'x', lastHitMs: '18446744073709551615' } });
  expect(lookupReply).toMatchObject({ entry: '', lastHitMs: '8640000000000000' });
  const { dropEvents } = checked({
    dropEvents: { rows: [{ ...row(), lastAgoMs: '18446744073709551615' }, { source: Uint8Array.of(1) }] },
  });
  expect(dropEvents?.rows.map(({ lastAgoMs }) => lastAgoMs)).toEqual(['3153600000000']);
});

it('faults row 59: what ended by itself is named by prefixes alone, and its time can be said', () => {
  const prefixes = ['\u001b[2J', '10.0.0.1/8', '192.0.2.1'];
  const most = '18446744073709551615';
  expect(checked({ hello: { endedAlone: { entries: most, lastAgoMs: most, prefixes } } }).hello?.endedAlone).toEqual({
    entries: `${Number.MAX_SAFE_INTEGER}`,
    lastAgoMs: '3153600000000',
    prefixes: ['192.0.2.1/32'],
  });
});

it('faults row 59: what is taken of any status is small', () => {
  const text = fc.string({ unit: 'binary', size: 'max', maxLength: 5000 });
  const face = fc.record({ name: text, index: fc.nat(), mode: text, problem: text });
  const status = fc.record({
    problems: fc.array(text),
    interfaces: fc.array(face),
    entries: fc.bigInt(0n, 2n ** 64n - 1n),
  });
  fc.assert(
    fc.property(status, (said) => {
      const wire = { ...said, entries: `${said.entries}` };
      const taken = checked({ status: wire }).status;
      for (const each of taken?.problems ?? []) expect(each.length).toBeLessThanOrEqual(AGENT_LIMITS.text);
      for (const each of taken?.interfaces ?? [])
        expect(each.name.length + each.mode.length + each.problem.length).toBeLessThanOrEqual(364);
      expect(Number.isSafeInteger(Number(taken?.entries))).toBe(true);
    }),
  );
});
