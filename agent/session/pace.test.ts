import { expect, it } from 'vitest';
import { protocol } from '../../common/rpc/proto.ts';
import type { Welcome } from '../../proto/gen/fleetblock/v1/Welcome.ts';
import { paceOf } from './pace.ts';

const { responseSerialize, responseDeserialize } = protocol.AgentService.service.Sync;

/** Over the wire, as it comes from a controller. */
function pace(said: Welcome) {
  const { welcome } = responseDeserialize(responseSerialize({ welcome: said }));
  return welcome && paceOf(welcome);
}

it('faults row 54: what a controller says of times is kept within what a timer and a fleet can bear', () => {
  const most = 2 ** 32 - 1;
  expect(pace({ statusIntervalMs: most, silenceLimitMs: most, reconnectLimitMs: most })).toEqual({
    statusIntervalMs: 60_000,
    silenceLimitMs: 300_000,
    reconnectLimitMs: 600_000,
  });
  expect(pace({ statusIntervalMs: 1, silenceLimitMs: 1, reconnectLimitMs: 1 })).toEqual({
    statusIntervalMs: 100,
    silenceLimitMs: 1000,
    reconnectLimitMs: 1000,
  });
  expect(pace({})).toEqual({ statusIntervalMs: 5000, silenceLimitMs: 15_000, reconnectLimitMs: 0 });
});
