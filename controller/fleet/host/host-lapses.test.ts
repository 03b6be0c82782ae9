import { expect, it } from 'vitest';
import { protocol } from '../../../common/rpc/proto.ts';
import type { Lapse } from '../../../proto/gen/fleetblock/v1/Lapse.ts';
import { EventLog } from '../events.ts';
import { Meter } from '../hub/meter.ts';
import { takeStatus } from './host-report.ts';
import { unknownState } from './host-state.ts';

const { requestSerialize, requestDeserialize } = protocol.AgentService.service.Sync;

function host() {
  const state = unknownState();
  const events = new EventLog(() => 0);
  const readers = { hostId: 'h1', events, meter: new Meter() };
  return {
    events: () => events.since(0).map(({ kind, text }) => `${kind} ${text}`),
    says: (lapses: Lapse[], driftRepairs = 0) => {
      // Over the wire, as it comes from an agent.
      const { status } = requestDeserialize(requestSerialize({ status: { lapses, driftRepairs } }));
      if (status) takeStatus(state, status, readers);
    },
  };
}

it('faults row 48: what passed meanwhile is an event with how long it was at most, told once', () => {
  const { says, events } = host();
  const detached: Lapse = { id: 1, kind: 'UNPROTECTED', text: 'eth0: detached', atMostMs: 87, agoMs: 3 };
  says([detached]);
  says([{ ...detached, agoMs: 3003 }]);
  const repaired: Lapse = { id: 2, kind: 'REPAIRED', text: 'pins', atMostMs: 2001, agoMs: 60_000 };
  says([detached, repaired]);
  expect(events()).toEqual([
    'host.unprotected eth0: detached (for at most 87 ms)',
    'host.repaired pins (for at most 3s, 1m ago)',
  ]);
});

it('faults row 49: drift that a lapse reports is one event', () => {
  const { says, events } = host();
  says([]);
  says([{ id: 1, kind: 'DRIFT', text: 'its maps differed', atMostMs: 5000, agoMs: 0 }], 1);
  says([{ id: 1, kind: 'DRIFT', text: 'its maps differed', atMostMs: 5000, agoMs: 3000 }], 1);
  expect(events()).toEqual(['host.drift its maps differed (for at most 5s)']);
  // An agent that tells no lapses.
  says([], 2);
  expect(events().at(-1)).toContain('host.drift its kernel differed');
});
