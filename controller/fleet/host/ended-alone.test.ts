import { expect, it } from 'vitest';
import { createLogger } from '../../../common/logger.ts';
import { protocol } from '../../../common/rpc/proto.ts';
import { EventLog } from '../events.ts';
import { noteEndedAlone } from './ended-alone.ts';

const { requestSerialize, requestDeserialize } = protocol.AgentService.service.Sync;
const HOST = { id: '00000000-0000-4000-8000-000000000001', name: 'web1' };

function noted(endedAlone: object | undefined) {
  const records: object[] = [];
  const events = new EventLog(() => 0);
  const store = { recordAudit: async (record: object) => void records.push(record) };
  // Over the wire, as it comes from an agent.
  const { hello } = requestDeserialize(requestSerialize({ hello: endedAlone ? { endedAlone } : {} }));
  if (!hello) throw new Error('no hello');
  noteEndedAlone({ store, events, log: createLogger('test', 'silent') }, HOST, hello);
  return { records, events: events.since(0).map(({ kind, text }) => `${kind} ${text}`) };
}

it('what ended on a host that was cut off is an event and in the audit', () => {
  const { records, events } = noted({ entries: 3, lastAgoMs: 12_000, prefixes: ['10.0.0.0/8', '2001:db8::/32'] });
  expect(events).toEqual([
    'host.ended ended by itself while cut off, the last 12s ago: 10.0.0.0/8 2001:db8::/32 and 1 more',
  ]);
  expect(records).toMatchObject([
    { actor: `agent/${HOST.id}`, verb: 'ended', subject: 'web1: 10.0.0.0/8 2001:db8::/32 and 1 more' },
  ]);
});

it('nothing ended: nothing is said', () => {
  expect(noted(undefined)).toEqual({ records: [], events: [] });
  expect(noted({ entries: 0, prefixes: ['10.0.0.0/8'] })).toEqual({ records: [], events: [] });
});

it('faults row 64: a host that tells too often is in no further record', () => {
  const records: string[] = [];
  const store = {
    recordAudit: async ({ subject }: { subject: string }) => {
      records.push(subject);
    },
  };
  const deps = { store, events: new EventLog(() => 0), log: createLogger('test', 'silent') };
  const { requestSerialize, requestDeserialize } = protocol.AgentService.service.Sync;
  const endedAlone = { entries: 1, lastAgoMs: 1000, prefixes: ['192.0.2.1/32'] };
  const { hello } = requestDeserialize(requestSerialize({ hello: { endedAlone } }));
  let left = 1;
  if (hello) for (let i = 0; i < 10; i++) noteEndedAlone(deps, { id: 'h', name: 'web1' }, hello, () => left-- > 0);
  expect(records).toEqual(['web1: 192.0.2.1/32']);
});
