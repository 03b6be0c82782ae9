// DetectorService on the wire.
import type { DetectorPolicy__Output } from '../../../proto/gen/fleetblock/v1/DetectorPolicy.ts';
import type { DetectorServiceHandlers } from '../../../proto/gen/fleetblock/v1/DetectorService.ts';
import { attribution } from '../../claims/attribution.ts';
import type { Policies } from '../../detectors/policies.ts';
import { type DetectorPolicy, NO_POLICY } from '../../detectors/policy.ts';
import { type CallDeps, type MethodsOf, unary } from './calls.ts';

/** `policies` checks and keeps them. */
export interface DetectorServiceDeps extends CallDeps {
  readonly policies: Policies;
}

/** What operators declare of detectors. */
export function detectorMethods(deps: DetectorServiceDeps): MethodsOf<DetectorServiceHandlers> {
  const { policies } = deps;
  return {
    SetDetector: unary(deps, async ({ policy, reason }, { caller }) => ({
      policy: await policies.set(policy ? fromWire(policy) : NO_POLICY, attribution(caller, reason)),
    })),
    ListDetectors: unary(deps, async () => ({ detectors: policies.list() })),
    RemoveDetector: unary(deps, async ({ pattern, reason }, { caller }) => ({
      policy: await policies.remove(pattern, attribution(caller, reason)),
    })),
  };
}

function fromWire({ maxDurationMs, ...policy }: DetectorPolicy__Output): DetectorPolicy {
  return { ...policy, maxDurationMs: Number(maxDurationMs) };
}
